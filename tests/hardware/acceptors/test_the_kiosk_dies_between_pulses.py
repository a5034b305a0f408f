"""The restart table of acceptors.md §8.3 for an acceptor that only pulses: core and driver end at some pulse.

Nobody can ask the unit afterwards, so nothing but what is on disk speaks: the note is doubtful with its count and
a slip, and never paid by guess. Real core and journal, real driver, simulated unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.acceptors.pulse import CALM_NS, Pulse
from hardware.acceptors.pulse_sim import PulseSim, Settings
from hardware.acceptors.pulse_train import MS, Edge, Plan
from hardware.contracts import PulseSeen, Taken
from kiosk.facts import ClaimIssued, NoteCredited, NoteDoubtful, PulseCounted
from kiosk.money import Money
from tests.kiosk.world import Kiosk, bill, yuan

PLAN = Plan(pulse_ms=50, pause_ms=100, notes={n // 5: Money.yuan(n) for n in (5, 10, 20, 50)})
SETTINGS = Settings(fen_per_pulse=500, notes_fen=(500, 1000, 2000, 5000))
PULSES = 4  # of a note of ¥20
STEP_NS = 20 * MS
WHOLE_NOTE_S = 5.0


class Lobby:
    """A unit, its line, the driver and the core; `dies_at` names the event that ends the process."""

    def __init__(self, folder: Path) -> None:
        self.now_ns = 1_000_000_000
        self.unit = PulseSim("acceptor", SETTINGS, self.now_ns)
        self.core = Kiosk(folder)
        self.dies_at: tuple[PulseSeen | type[Taken], str] | None = None
        self.begin()

    def begin(self) -> None:
        self.driver: Pulse | None = Pulse("acceptor", PLAN, "pulses")
        self.driver.watching(self.unit.level, self.now_ns)

    def for_s(self, seconds: float) -> None:
        for _ in range(round(seconds * 1e9) // STEP_NS):
            self.now_ns += STEP_NS
            driver = self.driver
            self.unit.do("inhibit", on=driver is None or driver.inhibited)
            edges = [Edge(*edge) for edge in self.unit.advance(self.now_ns)]
            if driver is not None:
                driver.heard(edges, self.now_ns)
                self.tell(driver)

    def tell(self, driver: Pulse) -> None:
        for event in driver.drain():
            moment = self.dies_at and (event == self.dies_at[0] or type(event) is self.dies_at[0])
            if not (moment and self.dies_at and self.dies_at[1] == "before"):
                self.core.hear(event)
            if moment:
                self.driver = self.dies_at = None
                return

    def come_back(self) -> None:
        self.core.restart()
        self.begin()
        self.for_s(2 * CALM_NS / 1e9 + WHOLE_NOTE_S)


MOMENTS = [
    *(
        (PulseSeen(device="acceptor", count=n), when)
        for n in range(1, PULSES + 1)
        for when in ("before", "after")
    ),
    (Taken, "before"),
    (Taken, "after"),
]


@pytest.mark.parametrize("unit", ["goes on meanwhile", "goes on after", "loses power too"])
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_what_was_written_is_kept_and_nothing_is_paid_by_guess(
    tmp_path: Path, moment: tuple[PulseSeen | type[Taken], str], unit: str
) -> None:
    lobby = Lobby(tmp_path)
    lobby.for_s(2.0)
    lobby.core.to_cash(bill("36.00"))
    assert lobby.driver is not None
    lobby.driver.enable(yuan(100))
    lobby.for_s(1.0)

    lobby.dies_at = moment
    lobby.unit.do("insert", fen=2000)
    while lobby.driver is not None:
        lobby.for_s(0.02)
    written = [fact.count for fact in lobby.core.facts(PulseCounted)]
    if unit == "loses power too":
        lobby.unit.do("power_cut")
    if unit != "goes on after":
        lobby.for_s(WHOLE_NOTE_S)
    lobby.come_back()

    credited, doubtful = lobby.core.facts(NoteCredited), lobby.core.facts(NoteDoubtful)
    if moment == (Taken, "after"):
        assert [note.value for note in credited] == [yuan(20)] and not doubtful
        return
    assert not credited
    assert all(note.value is None and note.in_box for note in doubtful)
    assert len(lobby.core.facts(ClaimIssued)) == len(doubtful)
    assert max(written, default=0) <= sum(note.code for note in doubtful) <= PULSES
    if not written:
        assert moment[1] == "before", "only what nobody could write may be unknown"
