"""Whatever was open when the core died is settled from the journal and from what the devices say."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import (
    Account,
    ChargeUnknown,
    ClaimIssued,
    NoteCredited,
    NoteDoubtful,
    NoteHeld,
    NoteReturned,
)
from kiosk.flow import commands as cmd
from kiosk.flow.delays import Delay
from kiosk.parcels import ChargeIs
from tests.kiosk.world import Kiosk, bill, held, taken, yuan


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


FOUND = hw.Found(device="acceptor", identity="sim")


def at_rest(counter):
    return hw.AtRest(device="acceptor", counter=counter)


# The restart table of acceptors.md §8.3: what the journal had, what the device says → what becomes of ¥20.
STACKING = [
    pytest.param([taken(20, recovered=True)], "credited", id="12h then 81h"),
    pytest.param([hw.Returned(device="acceptor"), at_rest(7)], "returned", id="11h, returned by reset"),
    pytest.param([at_rest(8)], "credited", id="idle, counter one more"),
    pytest.param([at_rest(7)], "returned", id="idle, counter the same"),
    pytest.param([at_rest(None)], "doubtful", id="idle, no counter"),
    pytest.param([at_rest(3)], "doubtful", id="idle, counter of another unit"),
    pytest.param([held(20), hw.Returned(device="acceptor"), at_rest(7)], "returned", id="still in escrow"),
]


@pytest.mark.parametrize("says, outcome", STACKING)
def test_a_note_whose_intent_was_written_is_settled_by_what_the_device_says(kiosk, says, outcome):
    kiosk.to_cash()
    kiosk.hold(20, counter=7)
    kiosk.restart()
    assert isinstance(kiosk.page, c.CashRunning) and kiosk.wanted.accept_up_to is None
    kiosk.hear(FOUND, *says)
    found = {
        "credited": kiosk.facts(NoteCredited),
        "returned": kiosk.facts(NoteReturned),
        "doubtful": kiosk.facts(NoteDoubtful),
    }
    assert [name for name, facts in found.items() if facts] == [outcome]
    assert kiosk.page.inserted == (yuan(20) if outcome == "credited" else yuan(0))
    assert bool(kiosk.facts(ClaimIssued)) == (outcome == "doubtful")
    assert kiosk.engine.state.note is None


def test_a_unit_that_reads_its_counter_only_at_rest_is_counted_on_from_there(kiosk):
    kiosk.open_for_business(counter=7)
    kiosk.to_cash()
    kiosk.insert(5, 1)
    kiosk.hold(20)
    assert kiosk.facts(NoteHeld)[-1].counter == 9
    kiosk.restart()
    kiosk.hear(FOUND, at_rest(10))
    assert kiosk.page.inserted == yuan(26) and not kiosk.facts(NoteDoubtful)


def test_a_note_that_was_to_be_given_back_counts_as_returned_once_nothing_is_inside(kiosk):
    kiosk.hear(held(100))
    kiosk.restart()
    kiosk.hear(FOUND, at_rest(0))
    assert len(kiosk.facts(NoteReturned)) == 1 and not kiosk.facts(NoteCredited)


def test_a_stacked_note_of_which_nothing_is_written_is_doubtful(kiosk):
    kiosk.restart()
    kiosk.hear(FOUND, taken(100, recovered=True))
    assert kiosk.facts(NoteDoubtful)[0].because == "taken_without_intent"
    assert kiosk.balance(Account.DOUBTFUL) == -yuan(100)


def test_the_customer_sees_the_same_payment_in_the_same_language_and_can_go_on(kiosk):
    kiosk.want(c.SetLanguage(c.Language.EN))
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20)
    kiosk.restart()
    kiosk.open_for_business()
    assert (kiosk.page.inserted, kiosk.page.remaining) == (yuan(20), yuan(16))
    assert kiosk.engine.view.language is c.Language.EN
    kiosk.insert(10, 5, 1)
    assert isinstance(kiosk.page, c.ReceiptPage)


def test_a_payment_without_money_of_before_the_restart_ends_at_the_first_page(kiosk):
    kiosk.to_cash()
    kiosk.restart()
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.Home)


def test_an_open_charge_is_asked_for_by_its_id_and_never_sent_again(kiosk):
    kiosk.to_code()
    charge = kiosk.show_code()
    kiosk.restart()
    kiosk.open_for_business()
    assert kiosk.facts(ChargeUnknown)[0].charge == charge and isinstance(kiosk.page, c.Unknown)
    kiosk.time_is_up(Delay.ASK_CHARGE)
    assert kiosk.count(cmd.SendCharge) == 0 and kiosk.last(cmd.QueryCharge).charge == charge
    kiosk.charge_is(charge, ChargeIs.NEVER)
    assert isinstance(kiosk.page, c.ShowCode) and kiosk.page.problem.key == "code.declined_never"


def test_a_finished_visit_does_not_come_back(kiosk):
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())
    kiosk.restart()
    assert isinstance(kiosk.page, c.Home)


def story(kiosk):
    """One visit with an overpaid bill, as far as it comes."""
    kiosk.to_cash(bill("37.50"))
    for amount in (20, 10, 5, 1, 1, 1):
        kiosk.insert(amount)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())


class Cut(Exception):
    pass


@pytest.mark.parametrize("when", ["before", "after"])
def test_power_cut_at_every_write_loses_no_fen(tmp_path, when):
    """Before or after each commit; the device model is a counter that knows what is really in its box."""
    cut_at, finished = 0, False
    while not finished:
        cut_at += 1
        folder = tmp_path / f"{cut_at}"
        folder.mkdir()
        kiosk = Kiosk(folder)
        box = []
        finished = _play_until_cut(kiosk, cut_at, when, box)
        kiosk.restart()
        kiosk.open_for_business(counter=len(box))
        credited = sum(f.value.fen for f in kiosk.facts(NoteCredited))
        doubtful = sum(f.value.fen for f in kiosk.facts(NoteDoubtful))
        assert credited + doubtful == sum(box), f"cut {cut_at} {when}"
        assert not kiosk.facts(NoteDoubtful), "the counter decides each of these"
        owed = -sum(kiosk.balance(a).fen for a in (Account.CUSTOMER, Account.FEE, Account.PREPAID))
        assert owed == sum(box)
        assert len(kiosk.facts(NoteHeld)) - len(kiosk.facts(NoteCredited)) == len(kiosk.facts(NoteReturned))
        kiosk.journal.verify()
        kiosk.journal.close()
    assert cut_at > 15


def _play_until_cut(kiosk, cut_at, when, box):
    """True when the story ended before the cut came."""
    writes = 0
    append = kiosk.journal.append

    def cutting(facts):
        nonlocal writes
        writes += 1
        if writes == cut_at and when == "before":
            raise Cut
        written = append(facts)
        if writes == cut_at:
            raise Cut
        return written

    def do(command):
        kiosk.commands.append(command)
        if isinstance(command, cmd.TakeNote):
            box.append(kiosk.engine.state.note.value.fen)

    kiosk.journal.append = cutting
    kiosk.do = do
    counted = kiosk.hold
    kiosk.hold = lambda amount, counter=None: counted(amount, len(box))
    try:
        story(kiosk)
    except Cut:
        return False
    return True
