"""What can stand on the glass: each page with all that it shows. Core → screens."""

from __future__ import annotations

import enum

import msgspec

from kiosk.contract.intents import AnyIntent
from kiosk.contract.terms import Message, Tender
from kiosk.money import Money


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
    ahead: Button | None = None  # the account itself owes nothing: its balance may be topped up


class ChooseHowMuch(msgspec.Struct, frozen=True, tag_field="page", tag="choose_how_much"):
    """An amount on tiles; `about`: what it is for, and whose account."""

    about: Message
    choices: tuple[Button, ...]
    other: Button
    problem: Message | None = None


class TypeHowMuch(msgspec.Struct, frozen=True, tag_field="page", tag="type_how_much"):
    """An amount by the keys, in whole yuan; `typed` empty: nothing yet."""

    about: Message
    typed: str
    submit: Button
    problem: Message | None = None


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
    part: Button | None = None  # less than the whole bill


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
    | Approving | HelpOffer | HelpHow | HelpMenu | HelpText | SayContact | SayDone | ChooseHowMuch | TypeHowMuch
)  # fmt: skip
