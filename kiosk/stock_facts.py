"""Facts about receipts as numbered papers (票据): blocks of numbers, the five checks, numbers that were voided."""

from __future__ import annotations

from kiosk.fact_kinds import Durable


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
