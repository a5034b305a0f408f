"""What passes between the core and the screens: `View` out, `Touched` in. JSON lines on a Unix socket.

A screen is a function of its view. It holds no rule and no money: what may be pressed, what is switched off
and why, all stands in the view. Words are keys into `config/phrases/<language>.toml`; only names that are
data (a fee, a masked person) arrive as text in the language of the view.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from kiosk.money import Money as Money

MAX_LINE_BYTES: Final = 256 * 1024  # one view with 50 bills stays far below
PREVIEW: Final = "preview.jpg"  # beside the screens' socket while codes are looked for: what the camera sees


class Language(enum.Enum):
    ZH = "zh"
    EN = "en"


class TextSize(enum.Enum):
    STANDARD = "standard"  # 标准
    LARGE = "large"  # 大字, the default
    XLARGE = "xlarge"  # 特大


class Contrast(enum.Enum):
    """`ui_tokens.json` palettes."""

    DAY = "day"
    BLACK = "black"
    WHITE = "white"  # white ground, black only
    LOW = "low"


class Tender(enum.Enum):
    CASH = "cash"
    CODE = "code"
    CARD = "card"


class How(enum.Enum):
    """What becomes of an open item."""

    PAID = "paid"  # the office gave it to the customer, in cash or on the account
    NOT_OWED = "not_owed"  # the customer has it, or nobody is owed anything


class Rating(enum.Enum):
    """How a customer found the visit; four faces."""

    VERY_GOOD = "very_good"  # 非常满意
    GOOD = "good"  # 满意
    FAIR = "fair"  # 一般
    BAD = "bad"  # 不满意


class Message(msgspec.Struct, frozen=True):
    """A phrase with its values: `Message("cash.remaining", {"amount_fen": 1750})`.

    Values whose name ends in `_fen` are money and are shown as ¥17.50; all others as they are."""

    key: str
    values: dict[str, str | int] = {}


# ---------------------------------------------------------------------------------------------------
# Intents: what a person can want


class Intent(msgspec.Struct, frozen=True, tag_field="want"):
    pass


class ChooseFee(Intent, frozen=True, tag="choose_fee"):
    fee: str


class PressKey(Intent, frozen=True, tag="key"):
    """One character of an account number."""

    key: str


class EraseKey(Intent, frozen=True, tag="erase"):
    pass


class EraseAll(Intent, frozen=True, tag="erase_all"):
    pass


class SubmitAccount(Intent, frozen=True, tag="submit_account"):
    pass


class ChooseBill(Intent, frozen=True, tag="choose_bill"):
    """Puts a tick to a bill, or takes it off."""

    number: str


class PayTicked(Intent, frozen=True, tag="pay_ticked"):
    """All bills with a tick, in one payment."""


class AllRight(Intent, frozen=True, tag="all_right"):
    """都对: the customer confirms the items that are shown."""


class SomethingWrong(Intent, frozen=True, tag="something_wrong"):
    """有错"""


class ChooseTender(Intent, frozen=True, tag="choose_tender"):
    tender: Tender


class Back(Intent, frozen=True, tag="back"):
    pass


class StopPaying(Intent, frozen=True, tag="stop_paying"):
    """The customer wants no more notes taken. With money inside, the core asks once more."""


class StopForSure(Intent, frozen=True, tag="stop_for_sure"):
    pass


class GoOnPaying(Intent, frozen=True, tag="go_on_paying"):
    pass


class PrintAgain(Intent, frozen=True, tag="print_again"):
    pass


class Done(Intent, frozen=True, tag="done"):
    """The customer is finished: back to the first page, everything personal gone."""


class PayAnother(Intent, frozen=True, tag="pay_another"):
    pass


class StillHere(Intent, frozen=True, tag="still_here"):
    """Yes, I want to go on (answer to the idle question); any other touch counts as the same."""


class CallStaff(Intent, frozen=True, tag="call_staff"):
    pass


class StopCalling(Intent, frozen=True, tag="stop_calling"):
    pass


class AnswerCall(Intent, frozen=True, tag="answer_call"):
    """Staff at this kiosk: I am here."""


class EndCall(Intent, frozen=True, tag="end_call"):
    """Staff at this kiosk: the caller was helped."""


class OpenHelp(Intent, frozen=True, tag="open_help"):
    """A page of help above the present one. `item`: which topic or question."""

    room: str
    item: str = ""


class LeaveHelp(Intent, frozen=True, tag="leave_help"):
    """Back to the page that was there all the time."""


class ApproverHere(Intent, frozen=True, tag="approver_here"):
    """A supervisor came to the screen of a customer."""


class Approve(Intent, frozen=True, tag="approve"):
    reason: str


class RefuseApproval(Intent, frozen=True, tag="refuse_approval"):
    pass


class Rate(Intent, frozen=True, tag="rate"):
    rating: Rating


class SayIt(Intent, frozen=True, tag="say_it"):
    """The complaint or suggestion goes off, with the telephone number that was typed or without any."""

    contact: bool


class SetLanguage(Intent, frozen=True, tag="set_language"):
    language: Language


class SetTextSize(Intent, frozen=True, tag="set_text_size"):
    size: TextSize


class SetContrast(Intent, frozen=True, tag="set_contrast"):
    contrast: Contrast


class OpenStaff(Intent, frozen=True, tag="open_staff"):
    """The title of the first page was held down for some seconds: the staff's way in, no button for customers."""


class EnterTyped(Intent, frozen=True, tag="enter_typed"):
    """Staff: what was typed is complete."""


class StaffGo(Intent, frozen=True, tag="staff_go"):
    """To another page of the staff area; `item`: which open item, on the page of one."""

    room: str
    item: str = ""


class CountBoxes(Intent, frozen=True, tag="count_boxes"):
    boxes: tuple[int, ...]


class CloseException(Intent, frozen=True, tag="close_exception"):
    """`cause`: an id of `config/office.toml`."""

    exception: str
    cause: str


class HandOver(Intent, frozen=True, tag="hand_over"):
    """Who counted these collections gives them into another hand; who takes them signs in next."""

    collections: tuple[str, ...]


class VoidReceipt(Intent, frozen=True, tag="void_receipt"):
    """The receipt that was found shall be void; a second person signs next."""

    reason: str


class SettleItem(Intent, frozen=True, tag="settle_item"):
    item: str
    how: How


class PrintNumber(Intent, frozen=True, tag="print_number"):
    number: str


class OpenDay(Intent, frozen=True, tag="open_day"):
    """`override`: the reason to open although the opening list is not right (`config/office.toml`)."""

    override: str = ""


class LookAtDay(Intent, frozen=True, tag="look_at_day"):
    """Staff want to know what the day came to up to now; nothing is closed."""


class CloseDay(Intent, frozen=True, tag="close_day"):
    pass


class CheckAnswer(enum.Enum):
    """What somebody who tests the devices says to a step."""

    YES = "yes"
    NO = "no"
    AGAIN = "again"
    SKIP = "skip"  # or go on, behind a step that has ended badly
    STOP = "stop"


class AnswerCheck(Intent, frozen=True, tag="answer_check"):
    answer: CheckAnswer


class SignOut(Intent, frozen=True, tag="sign_out"):
    pass


AnyIntent = (
    ChooseFee | PressKey | EraseKey | EraseAll | SubmitAccount | ChooseBill | PayTicked | AllRight | SomethingWrong
    | ChooseTender | Back | StopPaying | StopForSure | GoOnPaying | PrintAgain | Done | PayAnother
    | StillHere | CallStaff | StopCalling | SetLanguage | SetTextSize | SetContrast
    | ApproverHere | Approve | RefuseApproval | AnswerCall | EndCall | OpenHelp | LeaveHelp | Rate | SayIt
    | OpenStaff | EnterTyped | StaffGo | CountBoxes | HandOver | SettleItem | PrintNumber | OpenDay | CloseDay | SignOut
    | AnswerCheck | CloseException | LookAtDay | VoidReceipt
)  # fmt: skip


class Touched(msgspec.Struct, frozen=True, tag_field="type", tag="touched"):
    """Screens → core. `view` is the number of the view that the person saw: a touch on an older page is void,
    except for settings and the call for staff."""

    view: int
    intent: AnyIntent


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """First line of a connection, either way. `speaks` must be `SPEAKS`."""

    who: str
    speaks: int


class Drawn(msgspec.Struct, frozen=True, tag_field="type", tag="drawn"):
    """Screens → core: this view is on the glass. The core takes no money while nobody draws."""

    view: int


SPEAKS: Final = 1
FromScreens = Touched | Hello | Drawn


# ---------------------------------------------------------------------------------------------------
# Pages


class Button(msgspec.Struct, frozen=True):
    """Something to press; where it stands is the screen's matter. `off`: why it can not be pressed now."""

    intent: AnyIntent
    label: Message
    off: Message | None = None


class FeeTile(msgspec.Struct, frozen=True):
    fee: str
    name: str
    icon: str  # water, electricity, gas, property, tuition, admin, other
    off: Message | None = None


class Home(msgspec.Struct, frozen=True, tag_field="page", tag="home"):
    """您要缴什么费？ `ways`: which tenders work now, with the reason where one does not."""

    fees: tuple[FeeTile, ...]
    ways: tuple[TenderTile, ...]
    service_phone: str
    privacy: Button | None = None


class TenderTile(msgspec.Struct, frozen=True):
    tender: Tender
    off: Message | None = None
    note: Message | None = None  # such as: an overpaid part becomes prepaid balance


class EnterAccount(msgspec.Struct, frozen=True, tag_field="page", tag="enter_account"):
    """Scan the bill or type the number. `groups`: how the digits are spaced, such as (4, 4, 2)."""

    fee_name: str
    icon: str
    account_name: str  # 户号, 学号, …
    typed: str
    groups: tuple[int, ...]
    can_scan: bool
    problem: Message | None = None  # what was wrong with the last entry and what to do
    submit: Button | None = None


class LookingUp(msgspec.Struct, frozen=True, tag_field="page", tag="looking_up"):
    fee_name: str
    account: str  # masked


class BillRow(msgspec.Struct, frozen=True):
    number: str
    name: str
    period: str
    amount: Money  # with late fee, less concessions
    overdue: bool = False
    ticked: bool = False
    region: str = ""


class ChooseBills(msgspec.Struct, frozen=True, tag_field="page", tag="choose_bill"):
    customer: str  # masked
    rows: tuple[BillRow, ...]
    total: Money  # of those with a tick
    pay: Button
    problem: Message | None = (
        None  # why the bill that was pressed can not be paid here, or not with the others
    )


class CheckItem(enum.Enum):
    """The six items that a customer confirms before paying, in this order."""

    NAME = "name"
    IDENTITY = "identity"
    FEE = "fee"
    AMOUNT = "amount"
    PERIOD = "period"
    CONTACT = "contact"


class CheckRow(msgspec.Struct, frozen=True):
    """`value` is masked where personal. Empty: nothing is known, the screen says so (contact is optional)."""

    item: CheckItem
    value: str
    second: str = ""  # a second line: the amount in capitals, when it is due


class SumLine(msgspec.Struct, frozen=True):
    """A part of the amount, or something that could be taken off it; `why` in words of the fee."""

    label: Message
    amount: Money | None = None  # None: nothing comes of it
    why: str = ""


class CheckItems(msgspec.Struct, frozen=True, tag_field="page", tag="check"):
    """请核对. All six; how many fit a page is the screen's matter; `AllRight` comes once, after the last."""

    rows: tuple[CheckRow, ...]
    amount: Money
    right: Button
    wrong: Button
    age: Message | None = None  # offline: how old the bill data is
    sums: tuple[SumLine, ...] = ()  # how the amount came about, after the six items


class PayBy(msgspec.Struct, frozen=True, tag_field="page", tag="pay_by"):
    amount: Money
    ways: tuple[TenderTile, ...]
    notes: tuple[Money, ...]  # which notes the machine takes
    problem: Message | None = None


class Approving(msgspec.Struct, frozen=True, tag_field="page", tag="approving"):
    """Above `above` a supervisor looks at the bill with the customer; somebody is called. Nothing is charged."""

    amount: Money
    above: Money
    status: Message
    here: Button


class CashRunning(msgspec.Struct, frozen=True, tag_field="page", tag="cash"):
    due: Money
    inserted: Money
    remaining: Money
    notes: tuple[Money, ...]  # what may be inserted now
    status: Message  # what the machine is doing or waiting for
    problem: Message | None = None  # the last note came back, and why
    asking_to_stop: Message | None = (
        None  # "20 yuan are inside; if you stop now …": answer GoOnPaying / StopForSure
    )


class ShowCode(msgspec.Struct, frozen=True, tag_field="page", tag="show_code"):
    """Hold your payment code in front of the window."""

    amount: Money
    problem: Message | None = None


class UseCard(msgspec.Struct, frozen=True, tag_field="page", tag="card"):
    """At the card terminal, whose own display leads. `stop`: as long as no card is in it."""

    amount: Money
    status: Message
    stop: Button | None = None


class Working(msgspec.Struct, frozen=True, tag_field="page", tag="working"):
    """Money is moving: no way back, no time-out."""

    amount: Money
    status: Message


class Unknown(msgspec.Struct, frozen=True, tag_field="page", tag="unknown"):
    """We are asking the bank; the money is safe. `number` is what to tell staff."""

    amount: Money
    number: str
    status: Message
    leave: Button | None = None


class PaperStage(enum.Enum):
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"  # nothing came out: printer not ready
    PERHAPS = "perhaps"  # may have come out: look into the slot


class Tick(msgspec.Struct, frozen=True):
    """One of the five checks of a receipt: seal, figures_capitals, customer, fee, stub."""

    name: str
    good: bool


class ReceiptPage(msgspec.Struct, frozen=True, tag_field="page", tag="receipt"):
    number: str
    amount: Money
    stage: PaperStage
    ticks: tuple[Tick, ...]
    status: Message
    qr: str = ""  # proof of the receipt, to photograph when there is no paper
    prepaid: Money | None = None  # what went to the prepaid balance
    change_owed: Money | None = None
    claim: str = ""  # number of the claim slip for change owed
    again: Button | None = None
    done: Button | None = None


class ClaimPage(msgspec.Struct, frozen=True, tag_field="page", tag="claim"):
    """Money is owed to the customer or in doubt: amount, number, why, who follows it up, QR."""

    number: str
    amount: Money
    reason: Message
    stage: PaperStage
    status: Message
    qr: str
    again: Button | None = None
    done: Button | None = None


class ThankYou(msgspec.Struct, frozen=True, tag_field="page", tag="thank_you"):
    amount: Money | None
    number: str
    message: Message
    another: Button
    done: Button
    faces: tuple[Choice, ...] = ()  # how it was; none once it was said
    rated: Message | None = None
    say: Button | None = None  # something more to say


class OutOfService(msgspec.Struct, frozen=True, tag_field="page", tag="out_of_service"):
    """With money of the person in front inside, its amount, a number that staff find it by, and the same as QR."""

    reason: Message
    number: str = ""
    service_phone: str = ""
    amount: Money | None = None
    qr: str = ""
    done: Button | None = None


class Choice(msgspec.Struct, frozen=True):
    """A large tile."""

    button: Button
    icon: str


class HelpMenu(msgspec.Struct, frozen=True, tag_field="page", tag="help_menu"):
    """Topics, questions of a topic, or what an opinion is about: one is chosen."""

    title: Message
    choices: tuple[Choice, ...]
    inside: Money | None = None


class HelpText(msgspec.Struct, frozen=True, tag_field="page", tag="help_text"):
    """An answer, or the privacy notice. `heading` stands above the sentences, which are data of the site."""

    title: Message
    heading: str
    sentences: tuple[str, ...]
    go_on: Button
    inside: Money | None = None


class SayContact(msgspec.Struct, frozen=True, tag_field="page", tag="say_contact"):
    """A telephone number, if the customer wants an answer. `send` is off until it can be one."""

    subject: str
    typed: str
    send: Button
    without: Button
    problem: Message | None = None


class SayDone(msgspec.Struct, frozen=True, tag_field="page", tag="say_done"):
    """The case number, on the screen, as QR, and on paper where there is a printer."""

    number: str
    subject: str
    contact: str  # masked; empty: none
    status: Message
    qr: str
    go_on: Button


class HelpOffer(msgspec.Struct, frozen=True, tag_field="page", tag="help_offer"):
    """The kiosk offers help by itself: call somebody, be shown how, or go on. `inside`: money of this person."""

    reason: Message
    call: Button | None  # None: somebody is called already
    how: Button | None
    go_on: Button
    inside: Money | None = None


class HelpHow(msgspec.Struct, frozen=True, tag_field="page", tag="help_how"):
    """What to do on the page below, step by step."""

    steps: tuple[Message, ...]
    go_on: Button
    inside: Money | None = None


class StaffEntry(msgspec.Struct, frozen=True, tag_field="page", tag="staff_entry"):
    """Staff type a number. `typed` is dots for a PIN; `done`: what was entered before, newest last."""

    title: Message
    asks: Message
    typed: str
    submit: Button
    done: tuple[StaffLine, ...] = ()
    problem: Message | None = None


class StaffLine(msgspec.Struct, frozen=True):
    """`value` stands at the right; `look` at it: something is open or differs."""

    label: Message
    value: str = ""
    button: Button | None = None
    look: bool = False


class StaffBoard(msgspec.Struct, frozen=True, tag_field="page", tag="staff_board"):
    """Lines for staff; as many leaves as they need."""

    title: Message
    lines: tuple[StaffLine, ...]
    main: Button | None = None
    second: Button | None = None
    note: Message | None = None  # what to do, or what happened
    problem: Message | None = None


AnyPage = (
    Home | EnterAccount | LookingUp | ChooseBills | CheckItems | PayBy | CashRunning | ShowCode | UseCard
    | Working | Unknown | ReceiptPage | ClaimPage | ThankYou | OutOfService | StaffEntry | StaffBoard
    | Approving | HelpOffer | HelpHow | HelpMenu | HelpText | SayContact | SayDone
)  # fmt: skip


class IdleQuestion(msgspec.Struct, frozen=True):
    """还要继续吗？ covers the page: personal data is hidden behind it."""

    seconds: int
    stay: Button
    leave: Button | None  # None while money is inside


class Banner(enum.Enum):
    """Lines that stand above any page, most serious first."""

    TRAINING = "training"  # people practise: no real money
    SIMULATED = "simulated"  # the devices are simulated: no real money
    OFFLINE = "offline"
    STAFF_CALLED = "staff_called"
    STAFF_COMING = "staff_coming"  # one of them has answered
    NO_RECEIPTS = "no_receipts"


class View(msgspec.Struct, frozen=True, tag_field="type", tag="view"):
    """Core → screens: everything that is on the glass. `number` rises with each change."""

    number: int
    page: AnyPage
    language: Language
    text_size: TextSize
    contrast: Contrast
    step: tuple[int, int] | None = None  # 第2步 共5步
    back: Button | None = None
    staff_called: bool = False
    banners: tuple[Banner, ...] = ()
    idle: IdleQuestion | None = None
    help: Button | None = None  # on every page of a customer
    headset: bool = False  # headphones are in the kiosk's jack
    asleep: bool = False  # nobody there: dark glass, and any touch wakes it


class Keyed(msgspec.Struct, frozen=True, tag_field="type", tag="keyed"):
    """Core → screens: a key of the tactile keypad, by its name in `hardware.panel.contract`. What it does is what
    the same button on the glass would do."""

    key: str


FromCore = View | Hello | Keyed
