"""What the core asks of the outside, once each. Everything continuous (lamps, accepting, timers) is in `wanted`."""

from __future__ import annotations

import msgspec

from kiosk.facts import ClaimIssued, ReceiptIssued
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
    issued: ReceiptIssued | ClaimIssued
    attempt: int


class FetchBills(Command, frozen=True):
    lookup: str
    fee: str
    account: str


class SendCharge(Command, frozen=True):
    charge: str
    payment: str
    bill: str
    amount: Money
    code: str


class QueryCharge(Command, frozen=True):
    charge: str
