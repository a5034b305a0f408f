"""Pulses: the note is in the box before anybody is asked. It is paid if somebody pays, and kept apart if not."""

import pytest

from hardware import contracts as hw
from kiosk.facts import Account, ClaimIssued, NoteCredited, NoteDoubtful
from tests.kiosk.world import Kiosk, bill, yuan


def pulses(count, amount=None):
    value = None if amount is None else yuan(amount)
    return hw.Taken(device="acceptor", code=count, value=value, was_held=False)


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def test_a_note_is_paid_as_soon_as_it_was_counted(kiosk):
    kiosk.to_cash()
    kiosk.hear(*(hw.PulseSeen(device="acceptor", count=n) for n in range(1, 21)), pulses(20, 20))
    assert kiosk.page.inserted == yuan(20)
    assert [fact.value for fact in kiosk.facts(NoteCredited)] == [yuan(20)]
    assert kiosk.balance(Account.CASH_BOX) == yuan(20)


def test_more_than_was_left_to_pay_is_paid_all_the_same(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.hear(pulses(100, 100))
    assert kiosk.balance(Account.CASH_BOX) == yuan(100)
    assert not kiosk.facts(NoteDoubtful), "it is in the box, and it is known whose it is"


def test_a_count_that_is_no_note_is_doubtful_with_its_count(kiosk):
    kiosk.to_cash()
    kiosk.hear(pulses(19))
    [doubt] = kiosk.facts(NoteDoubtful)
    assert (doubt.code, doubt.value, doubt.in_box) == (19, None, True)
    assert kiosk.facts(ClaimIssued) and kiosk.page.inserted == yuan(0)


def test_a_note_while_nobody_pays_is_doubtful(kiosk):
    kiosk.hear(pulses(20, 20))
    [doubt] = kiosk.facts(NoteDoubtful)
    assert doubt.value == yuan(20) and doubt.because == "taken_without_intent"
