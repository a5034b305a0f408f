"""Facts about receipts as numbered papers (票据): blocks of numbers, the five checks, numbers that were voided."""

from __future__ import annotations

from typing import Final

import msgspec

from kiosk.facts.kinds import Account, Durable, Passing, Posting
from kiosk.money import Money

RECEIPT_VOID: Final = "receipt_void"  # why a refund slip is issued
PAYMENT_CANCELLED: Final = "payment_cancelled"  # the same


class ReceiptChecked(Durable, frozen=True, tag="receipt_checked"):
    """The five checks before printing, each answered by itself. One that failed keeps the paper from being printed."""

    receipt: str
    seal: bool
    figures_capitals: bool
    customer: bool
    fee: bool
    stub: bool

    @property
    def good(self) -> bool:
        return self.seal and self.figures_capitals and self.customer and self.fee and self.stub


class NumbersReceived(Durable, frozen=True, tag="numbers_received"):
    """The server handed out receipt numbers `first` to `last` of a series, to this epoch of this kiosk alone."""

    block: int  # counts from 1 in each epoch
    series: str
    first: int
    last: int


class NumbersRefused(Durable, frozen=True, tag="numbers_refused"):
    """A block that can not be used: it overlaps another one, or is no range. Staff ask the office."""

    block: int
    series: str
    first: int
    last: int
    because: str  # overlap, no_range


class Block(msgspec.Struct, frozen=True):
    """Receipt numbers from the server, `first` to `last`; `next` is the first that is not used."""

    series: str
    first: int
    last: int
    next: int

    @property
    def left(self) -> int:
        return self.last - self.next + 1


class Stock(msgspec.Struct, frozen=True):
    """Numbers of blocks, of an epoch or of a day: with what was left before, `received` = `used` + `gaps` + `left`.
    `void` of the used ones carry no payment any more; `gaps` were passed over, and no paper carries them."""

    received: int = 0
    used: int = 0
    void: int = 0
    left: int = 0
    gaps: int = 0


# ---------------------------------------------------------------------------------------------------
# Numbers that count no more


class ReceiptVoided(Durable, frozen=True, tag="receipt_voided"):
    """Two persons made a receipt void: what was paid with it is owed to the customer, and so is the bill to its
    biller. The number stays used. A refund slip (`ClaimIssued`) stands in the same commit."""

    receipt: str
    payment: str
    bill: str
    fee: str
    to_fee: Money
    to_prepaid: Money
    settles: Money  # how much of the bill is open again
    because: str  # id of a reason in the configuration
    by: str
    second: str

    @property
    def amount(self) -> Money:
        return self.to_fee + self.to_prepaid

    @property
    def postings(self) -> tuple[Posting, ...]:
        parts = (
            Posting(Account.FEE, self.to_fee),
            Posting(Account.PREPAID, self.to_prepaid),
            Posting(Account.CHANGE_OWED, -self.amount),
        )
        return tuple(p for p in parts if p.amount)


class ReceiptAsked(Passing, frozen=True, tag="receipt_asked"):
    """Looked up outside of the flow, in the records; the answer comes as a stimulus. `code`: what its QR code says
    and its signature; empty: the number was typed."""

    lookup: str
    number: str
    code: str = ""


class VoidReasoned(Passing, frozen=True, tag="void_reasoned"):
    because: str
