"""What a person can want: a touch on the glass, a key, a code of a member of staff. Screens → core."""

from __future__ import annotations

import enum

import msgspec

from kiosk.contract.terms import Contrast, How, Language, Rating, Tender, TextSize
from kiosk.money import Money


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


class PayAhead(Intent, frozen=True, tag="pay_ahead"):
    """The balance shall be topped up, without a bill: how much comes next."""


class PayPart(Intent, frozen=True, tag="pay_part"):
    """Less than the whole bill: how much comes next."""


class ChooseAmount(Intent, frozen=True, tag="choose_amount"):
    amount: Money


class OtherAmount(Intent, frozen=True, tag="other_amount"):
    """None of those on the tiles: by the keys."""


class SubmitAmount(Intent, frozen=True, tag="submit_amount"):
    pass


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
    """The title of the first page, or of one of a payment, was held down for some seconds: the staff's way in, no
    button for customers."""


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


class CancelPayment(Intent, frozen=True, tag="cancel_payment"):
    """Somebody of the staff ends the payment that runs."""

    reason: str


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
    | CancelPayment | PayAhead | PayPart | ChooseAmount | OtherAmount | SubmitAmount
)  # fmt: skip
