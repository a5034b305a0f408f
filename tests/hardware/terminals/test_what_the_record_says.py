"""No answer came: the terminal's record before and after decides, or says that it can not."""

from __future__ import annotations

import pytest

from hardware.terminals.contract import CardApproved, CardDeclined, CardDoubtful, DeclinedBecause, Mark
from hardware.terminals.verdict import Entry, verdict
from kiosk.money import Money

DUE = Money.yuan("37.50")
BEFORE = Mark("T1", 41)

CASES = {
    "nothing was added": (Mark("T1", 41), True, DUE, CardDeclined, DeclinedBecause.NEVER),
    "one more, refused": (Mark("T1", 42), False, DUE, CardDeclined, DeclinedBecause.DECLINED),
    "one more, ours": (Mark("T1", 42), True, DUE, CardApproved, None),
    "one more, another amount": (Mark("T1", 42), True, Money.yuan(38), CardDoubtful, "another_amount"),
    "one more, amount not told": (Mark("T1", 42), True, None, CardDoubtful, "another_amount"),
    "two more": (Mark("T1", 43), True, DUE, CardDoubtful, "several_since"),
    "fewer than before": (Mark("T1", 0), False, None, CardDoubtful, "several_since"),
    "another terminal": (Mark("T2", 42), True, DUE, CardDoubtful, "another_terminal"),
}


@pytest.mark.parametrize(("mark", "approved", "amount", "kind", "because"), CASES.values(), ids=CASES)
def test_verdict(mark, approved, amount, kind, because):
    said = verdict("terminal", "p1", DUE, BEFORE, Entry(mark, approved, amount))
    assert isinstance(said, kind) and said.payment == "p1"
    assert because is None or said.because == because


def test_the_number_after_the_last_one_is_one():
    said = verdict("terminal", "p1", DUE, Mark("T1", 999_999), Entry(Mark("T1", 1), True, DUE))
    assert isinstance(said, CardApproved)


def test_what_was_refused_is_not_said_to_be_taken():
    said = verdict("terminal", "p1", DUE, BEFORE, Entry(Mark("T1", 50), False, DUE))
    assert isinstance(said, CardDoubtful) and said.amount is None
