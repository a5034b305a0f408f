"""What the core asks of the outside, once each. Everything continuous (lamps, accepting, timers) is in `wanted`."""

from __future__ import annotations

import msgspec

from hardware.terminals.contract import Mark
from kiosk.facts import Issued
from kiosk.facts.office import Purpose
from kiosk.money import Money


class Command(msgspec.Struct, frozen=True):
    pass


class TakeNote(Command, frozen=True):
    note: str


class GiveBackNote(Command, frozen=True):
    note: str


class ConfirmTaken(Command, frozen=True):
    """The note is written: the device may be told so."""

    note: str


class PrintPaper(Command, frozen=True):
    job: str
    issued: Issued
    attempt: int


class PrintTestPage(Command, frozen=True):
    """Nothing of money; `job` is also the code that it carries."""

    job: str


class FetchBills(Command, frozen=True):
    lookup: str
    fee: str
    account: str
    receipt: str  # number of the next receipt: the server says whether it is used


class SendCharge(Command, frozen=True):
    charge: str
    payment: str
    bill: str
    amount: Money
    code: str


class QueryCharge(Command, frozen=True):
    charge: str


class PayCard(Command, frozen=True):
    """Sent once in the life of a charge; `before` is on disk."""

    charge: str
    amount: Money
    before: Mark


class CancelCard(Command, frozen=True):
    charge: str


class QueryCard(Command, frozen=True):
    charge: str
    amount: Money
    before: Mark


class CheckPin(Command, frozen=True):
    """`verifier` empty: there is no such person; it takes as long all the same. Answered by `PinChecked`."""

    attempt: str
    pin: str
    verifier: str


class SealContact(Command, frozen=True):
    """So that only the server can read it, and keep it beside the journal. Answered by `ContactSealed`."""

    attempt: str
    contact: str


class AddUpDay(Command, frozen=True):
    """Answered by `DayAddedUp`."""

    purpose: Purpose


class FindReceipt(Command, frozen=True):
    """A receipt of this kiosk, by its whole number. Answered by `ReceiptFound`."""

    lookup: str
    number: str
