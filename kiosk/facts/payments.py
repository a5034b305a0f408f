"""A payment: what is to be paid, and what became of it."""

from __future__ import annotations

import msgspec

from kiosk.contract import Language, Tender, TextSize
from kiosk.facts.kinds import Account, Durable, Posting
from kiosk.money import Money
from kiosk.rules.fee import Overpaid


class BillPart(msgspec.Struct, frozen=True):
    """One bill of a payment. `amount`: what was open of it, or the part of that which was to be paid; `late` was
    added, `off` was waived."""

    bill: str
    fee: str
    fee_name: str
    biller: str
    account: str  # masked
    period: str
    amount: Money
    late: Money = Money(0)
    off: Money = Money(0)

    @property
    def due(self) -> Money:
        return self.amount + self.late - self.off


class PartPaid(msgspec.Struct, frozen=True):
    """What became of one bill of a payment. `settles`: how much of the bill is open no more; with a late fee less
    than `to_fee`, with a concession more."""

    bill: str
    fee: str
    to_fee: Money
    settles: Money


class PaymentOpened(Durable, frozen=True, tag="payment_opened"):
    """The customer confirmed the six items and chose how to pay. Personal data is masked."""

    payment: str
    visit: str
    tender: Tender
    fee: str
    fee_name: str
    biller: str
    account: str
    customer: str
    identity: str
    bill: str
    period: str
    due: Money
    overpaid: Overpaid
    overpaid_limit: Money  # most that one note may bring above what is still due
    partial: bool  # whether less than `due` may be paid
    checks: dict[str, bool]  # CheckItem → the customer's own yes
    data_from: str  # server, or bundle when offline
    data_ms: int  # how old that was
    language: Language  # so that a restart shows the page as this customer had it
    text_size: TextSize
    approved_by: str = ""  # number of the supervisor; empty: it needed none
    parts: tuple[BillPart, ...] = ()  # each bill of it; a record of before has one, `bill`, and none here
    ahead: bool = False  # a balance is topped up: there is no bill, `due` is what the customer chose
    reference: str = ""  # the account, as the office numbers it; means nothing outside


class PaymentAbandoned(Durable, frozen=True, tag="payment_abandoned"):
    """Closed without any money."""

    payment: str
    because: str


class PaymentCompleted(Durable, frozen=True, tag="payment_completed"):
    """Everything that was paid found its place. `to_fee` may be less than due where the fee allows it."""

    payment: str
    bill: str
    paid: Money
    to_fee: Money
    to_prepaid: Money
    to_change: Money
    tender: str = ""  # as it was opened
    fee: str = ""
    parts: tuple[PartPaid, ...] = ()  # a record of before has none: `bill` alone, of which `to_fee` was paid
    ahead: bool = False  # as it was opened: nothing of it is `to_fee`

    @property
    def postings(self) -> tuple[Posting, ...]:
        parts = (
            Posting(Account.CUSTOMER, self.paid),
            Posting(Account.FEE, -self.to_fee),
            Posting(Account.PREPAID, -self.to_prepaid),
            Posting(Account.CHANGE_OWED, -self.to_change),
        )
        return tuple(p for p in parts if p.amount)
