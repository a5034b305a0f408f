"""The server's own reading of the facts in kiosks' journals, independent of any kiosk's version.

Only what the projections need is named; fields that a newer kiosk adds are skipped. What does not fit
raises `kiosk.codec.Malformed`, and the record goes to the staff's list."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from kiosk import codec
from kiosk.money import Money

ZERO: Final = Money(0)
Notes = dict[  # denomination in fen → how many
    Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,9}$")], Annotated[int, msgspec.Meta(ge=0, le=10**6)]
]


class PaymentOpened(msgspec.Struct):
    payment: str
    tender: str
    fee: str
    account: str
    bill: str
    due: Money
    customer: str = ""
    reference: str = ""  # the customer, as this server numbers it


class PaymentAbandoned(msgspec.Struct):
    payment: str


class PaymentCancelled(msgspec.Struct):
    """Somebody of the staff ended it; how it closed is told by what follows."""

    payment: str
    because: str
    by: str


class PartPaid(msgspec.Struct):
    """One bill of a payment; `settles`: how much of it is open no more."""

    bill: str
    fee: str
    to_fee: Money
    settles: Money


class PaymentCompleted(msgspec.Struct):
    payment: str
    bill: str
    paid: Money
    to_fee: Money
    to_prepaid: Money = ZERO
    to_change: Money = ZERO
    parts: tuple[PartPaid, ...] = ()

    @property
    def adds_up(self) -> bool:
        if any(part.to_fee < ZERO or part.settles < ZERO for part in self.parts):
            return False
        if self.parts and Money.total(part.to_fee for part in self.parts) != self.to_fee:
            return False
        return self.paid == self.to_fee + self.to_prepaid + self.to_change


class NoteHeld(msgspec.Struct):
    note: str
    payment: str
    value: Money
    box: int | None = None


class NoteStep(msgspec.Struct):
    """note_stacking, note_returning, note_returned"""

    note: str


class NoteCredited(msgspec.Struct):
    note: str
    payment: str
    value: Money


class NoteDoubtful(msgspec.Struct):
    note: str
    payment: str
    value: Money | None
    in_box: bool
    because: str = ""


class DoubtSettled(msgspec.Struct):
    """The acceptor that was away with a doubtful note says where it is."""

    note: str
    value: Money
    in_box: bool


class ChargeStep(msgspec.Struct):
    """charge_requested, charge_unknown, charge_declined, charge_closed"""

    charge: str
    payment: str = ""


class ChargeTook(msgspec.Struct):
    """charge_confirmed, charge_doubtful"""

    charge: str
    payment: str
    amount: Money | None  # None: doubtful, a card terminal's record can not tell
    because: str = ""
    tender: Literal["code", "card"] = "code"


class NumbersReceived(msgspec.Struct):
    """numbers_received, numbers_refused"""

    block: int
    series: str
    first: int
    last: int
    because: str = ""


class ReceiptChecked(msgspec.Struct):
    receipt: str
    seal: bool
    figures_capitals: bool
    customer: bool
    fee: bool
    stub: bool


class ReceiptVoided(msgspec.Struct):
    """`by` and `second` made it void together; `settles`: how much of the bill is open again."""

    receipt: str
    payment: str
    bill: str
    fee: str
    to_fee: Money
    to_prepaid: Money
    settles: Money
    by: str
    second: str


class ReceiptIssued(msgspec.Struct):
    receipt: str
    payment: str
    paid: Money


class ClaimIssued(msgspec.Struct):
    claim: str
    payment: str
    amount: Money | None
    because: str = ""
    subject: str = ""  # id of the note, charge or payment that it is about


class Printed(msgspec.Struct):
    """print_started, print_done, print_failed"""

    number: str
    perhaps: bool = False


class BoxRemoved(msgspec.Struct):
    box: int
    notes: Notes
    unknown: int = 0
    how: str = ""
    by: str = ""


class BoxCounted(msgspec.Struct):
    collection: str
    boxes: tuple[int, ...]
    by: str
    expected: Notes
    unknown: int
    counted: Notes


class BagHandedOver(msgspec.Struct):
    """`by` counted each of `collections`; `to` took them."""

    handover: str
    collections: tuple[str, ...]
    notes: Notes
    by: str
    to: str


class ExceptionOpened(msgspec.Struct):
    exception: str
    exception_kind: str
    opened_ms: int
    due_ms: int
    subject: str = ""
    detail: str = ""
    severity: str = ""
    roles: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


class ExceptionClosed(msgspec.Struct):
    """`by` empty: it ended with what it was about."""

    exception: str
    cause: str
    closed_ms: int
    by: str = ""


class ItemSettled(msgspec.Struct):
    item: str
    sort: str  # note, charge, change, difference
    amount: Money | None
    in_box: bool
    how: str  # paid, not_owed
    by: str
    second: str = ""

    def __post_init__(self) -> None:
        """A difference is negative where notes are missing; nothing else is."""
        if self.sort != "difference" and self.amount is not None and self.amount < ZERO:
            raise ValueError(f"amount is {self.amount}, which is below zero")


class ClaimClosed(msgspec.Struct):
    claim: str


class DayOpened(msgspec.Struct):
    day: int
    by: str


class DayClosed(msgspec.Struct):
    report: str
    day: int
    by: str
    late: bool
    figures: dict[str, Any]
    not_uploaded: int = 0


class SignInFailed(msgspec.Struct):
    person: str


class DoorOpened(msgspec.Struct):
    """`by` empty: nobody was signed in."""

    what: str
    by: str = ""


class AmountDecided(msgspec.Struct):
    visit: str
    bill: str
    amount: Money
    granted: bool
    by: str
    reason: str = ""


class SubmissionBlocked(msgspec.Struct):
    visit: str
    fee: str
    because: str


class StaffCalled(msgspec.Struct):
    call: str
    called_ms: int
    where: str
    because: str = ""


class CallAnswered(msgspec.Struct):
    call: str
    by: str
    waited_ms: int


class CallEnded(msgspec.Struct):
    call: str
    by: str = ""


class VisitRated(msgspec.Struct):
    visit: str
    rating: Literal["very_good", "good", "fair", "bad"]


class OpinionGiven(msgspec.Struct):
    case: str
    topic: str
    topic_name: str = ""
    visit: str = ""
    contact_digest: str = ""


class Anything(msgspec.Struct):
    """A fact that moves nothing here; it must be a JSON object all the same."""


def read(kind: type, body: str) -> msgspec.Struct:
    """Raises Malformed; also for an amount below zero, which no fact has but a difference that is settled."""
    fact: msgspec.Struct = codec.decode(body, kind)
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if isinstance(value, Money) and value < ZERO and kind is not ItemSettled:
            raise codec.Malformed(f"{name} is {value}, which is below zero")
        if isinstance(value, int) and abs(value) >= 2**63:
            raise codec.Malformed(f"{name} is {value}, which no column holds")
    return fact
