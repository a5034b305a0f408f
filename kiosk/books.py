"""What staff ask the journal's records for: the figures of a day, and a receipt by its number."""

from __future__ import annotations

from kiosk import day_report
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import DayClosed, Purpose
from kiosk.flow.stimuli import DayAddedUp
from kiosk.journal.store import Journal, fact_of


def since_close(journal: Journal) -> day_report.Report:
    """Added up from the records after the last close. Raises Damaged for a record that can not be read."""
    closed_at = journal.last_of("day_closed")
    start, signed_in = None, ""
    if closed_at:
        closed = fact_of(next(journal.records(closed_at - 1, limit=1)))
        assert isinstance(closed, DayClosed)
        if closed.standing.blocks is None:  # closed by software that did not count numbers
            return day_report.fold(fact_of(record) for record in journal.records())
        start, signed_in = day_report.after(closed), closed.by
    return day_report.fold((fact_of(record) for record in journal.records(closed_at)), start, signed_in)


def last_written_ms(journal: Journal) -> int:
    """What the clock showed at the last record; 0: there is none."""
    last = journal.head.seq
    return next(journal.records(last - 1, limit=1)).wall_ms if last else 0


def added_up(journal: Journal, purpose: Purpose) -> DayAddedUp:
    report = since_close(journal)
    return DayAddedUp(purpose, report.figures, report.standing, journal.head.seq - journal.uploaded.seq)


def receipt_of(journal: Journal, number: str) -> ReceiptIssued | None:
    """Raises Damaged for a record that can not be read."""
    seq = journal.last_with("receipt_issued", "receipt", number)
    if not seq:
        return None
    receipt = fact_of(next(journal.records(seq - 1, limit=1)))
    assert isinstance(receipt, ReceiptIssued)
    return receipt
