"""Pulses: the note is in the box before anybody is asked. It is paid if somebody pays, and kept apart if not."""

import pytest

from hardware import contracts as hw
from kiosk.contract import StopForSure, StopPaying
from kiosk.facts import (
    Account,
    ClaimIssued,
    NoteCredited,
    NoteDoubtful,
    PaymentAbandoned,
    PaymentCompleted,
    PulseCounted,
)
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


def pulse(count):
    return hw.PulseSeen(device="acceptor", count=count)


def test_each_pulse_is_on_disk_before_the_next_one_comes(kiosk):
    kiosk.to_cash()
    for count in range(1, 21):
        kiosk.hear(pulse(count))
        assert [fact.count for fact in kiosk.facts(PulseCounted)] == [*range(1, count + 1)]
        assert kiosk.page.status.key == "cash.note_counting"
    kiosk.hear(pulses(20, 20))
    [credited] = kiosk.facts(NoteCredited)
    assert {fact.note for fact in kiosk.facts(PulseCounted)} == {credited.note}, (
        "one id from the first pulse on"
    )
    assert kiosk.page.status.key != "cash.note_counting"


def test_the_core_dies_between_two_pulses_and_the_note_is_doubtful_with_what_was_counted(kiosk):
    kiosk.to_cash()
    kiosk.hear(*map(pulse, range(1, 13)))
    [payment] = {fact.payment for fact in kiosk.facts(PulseCounted)}
    kiosk.restart()
    kiosk.open_for_business(counter=None)
    [doubt] = kiosk.facts(NoteDoubtful)
    assert (doubt.code, doubt.value, doubt.in_box, doubt.because) == (12, None, True, "pulses_cut")
    assert doubt.payment == payment
    [slip] = kiosk.facts(ClaimIssued)
    assert slip.subject == doubt.note and slip.amount is None
    kiosk.restart()
    kiosk.open_for_business(counter=None)
    assert len(kiosk.facts(NoteDoubtful)) == 1, "it is settled once"


def test_who_stops_while_a_note_is_counted_is_asked_and_gets_its_money(kiosk):
    kiosk.to_cash(bill("36.00"))
    kiosk.hear(*map(pulse, range(1, 11)))
    kiosk.want(StopPaying())
    assert not kiosk.facts(PaymentAbandoned), "a note is on its way into the box"
    kiosk.want(StopForSure())
    kiosk.hear(*map(pulse, range(11, 21)), pulses(20, 20))
    [done] = kiosk.facts(PaymentCompleted)
    assert done.paid == yuan(20)


def test_a_note_that_went_in_before_anybody_paid_is_nobodys_although_somebody_pays_by_its_end(kiosk):
    kiosk.hear(*map(pulse, range(1, 11)))
    kiosk.to_cash()
    kiosk.hear(*map(pulse, range(11, 21)), pulses(20, 20))
    [doubt] = kiosk.facts(NoteDoubtful)
    assert doubt.value == yuan(20) and not kiosk.facts(NoteCredited)


def test_a_train_whose_end_was_never_told_is_not_continued_by_the_next_one(kiosk):
    kiosk.to_cash(bill("36.00"))
    kiosk.hear(*map(pulse, range(1, 8)))
    kiosk.hear(*map(pulse, range(1, 21)), pulses(20, 20))
    [doubt], [credited] = kiosk.facts(NoteDoubtful), kiosk.facts(NoteCredited)
    assert (doubt.code, credited.value) == (7, yuan(20)) and doubt.note != credited.note
