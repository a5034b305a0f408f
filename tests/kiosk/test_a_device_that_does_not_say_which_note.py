"""After a restart some acceptors say that a note is ours, and not which (ID-003's VEND VALID, SSP's E2 00)."""

import pytest

from hardware import contracts as hw
from kiosk.facts import NoteCredited, NoteDoubtful
from kiosk.flow import commands as cmd
from tests.kiosk.world import Kiosk, taken, yuan

FOUND = hw.Found(device="acceptor", identity="sim")
AT_REST = hw.AtRest(device="acceptor")
UNNAMED = hw.Taken(device="acceptor", code=hw.UNNAMED, value=None, recovered=True)


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Kiosk(tmp_path, ready=False)
    kiosk.open_for_business(counter=None)
    kiosk.to_cash()
    return kiosk


def test_it_is_the_one_that_was_on_its_way_into_the_box(kiosk):
    kiosk.hold(20)
    kiosk.restart()
    kiosk.hear(UNNAMED, FOUND, AT_REST)
    [credit] = kiosk.facts(NoteCredited)
    assert credit.value == yuan(20) and not kiosk.facts(NoteDoubtful)
    assert kiosk.page.inserted == yuan(20)


def test_written_but_not_acknowledged_before_the_cut_it_is_no_second_one(kiosk):
    kiosk.insert(20)
    kiosk.restart()
    kiosk.hear(UNNAMED, FOUND, AT_REST)
    assert kiosk.count(cmd.ConfirmTaken) == 1, "the device is acknowledged this time"
    assert len(kiosk.facts(NoteCredited)) == 1 and not kiosk.facts(NoteDoubtful)


def test_a_note_that_was_to_go_back_is_kept_apart(tmp_path):
    kiosk = Kiosk(tmp_path)
    kiosk.hold(20)  # nobody is paying
    assert isinstance(kiosk.commands[-1], cmd.GiveBackNote)
    kiosk.restart()
    kiosk.hear(UNNAMED, FOUND, AT_REST)
    [doubt] = kiosk.facts(NoteDoubtful)
    assert doubt.in_box and doubt.because == "taken_against_order"


def test_a_note_that_was_never_seen_is_doubtful(kiosk):
    kiosk.restart()
    kiosk.hear(UNNAMED, FOUND, AT_REST)
    [doubt] = kiosk.facts(NoteDoubtful)
    assert doubt.in_box and doubt.because == "taken_without_intent"


def test_a_named_note_of_another_kind_is_still_not_it(kiosk):
    kiosk.hold(20)
    kiosk.restart()
    kiosk.hear(taken(10, recovered=True), FOUND, AT_REST)
    [doubt] = kiosk.facts(NoteDoubtful)
    assert doubt.because == "another_note"
