"""Whoever lets go of an acceptor (the core that is stopped, a device test that is broken off) leaves one that takes
no notes, and no note in it. Closed in the very moment in which it begins to take notes, when its last word was still
that it takes none."""

import time

import pytest

from hardware.contracts import AtRest, Taken
from kiosk.money import Money
from tests.hardware.acceptors.test_every_protocol_on_the_shelf import PATIENCE_S, WITH_ESCROW, Lobby


def in_time(true, what):
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.002)


def enabled(lobby):
    lobby.until(AtRest)
    lobby.acceptor.enable(Money.yuan(100))
    in_time(lambda: 2000 in lobby.sim.state()["enabled"], "it takes notes")
    return lobby


@pytest.mark.parametrize("driver", [*WITH_ESCROW, "pulse"])
def test_it_takes_no_more(driver, tmp_path):
    lobby = enabled(Lobby(driver, tmp_path))
    lobby.acceptor.close()
    assert lobby.sim.state()["enabled"] == []
    lobby.sim.stop()


@pytest.mark.parametrize("driver", WITH_ESCROW)
def test_a_note_that_goes_in_meanwhile_comes_back(driver, tmp_path):
    lobby = enabled(Lobby(driver, tmp_path))
    lobby.sim.do("insert", fen=2000)
    lobby.acceptor.close()
    in_time(lambda: lobby.sim.state()["returned_fen"] == 2000, "the note is back")
    assert lobby.sim.state()["enabled"] == []
    lobby.sim.stop()


def test_a_note_on_its_way_to_its_pulses_is_still_heard(tmp_path):
    lobby = enabled(Lobby("pulse", tmp_path))
    lobby.sim.do("insert", fen=2000)
    lobby.acceptor.close()
    assert lobby.until(Taken).value == Money.yuan(20)
    assert lobby.sim.state()["enabled"] == []
    lobby.sim.stop()
