"""The restart table of acceptors.md §8.3: core and driver end at some point of a note, with or without the unit.

A note whose outcome the unit can tell is credited once or returned; where nobody can know, it is doubtful, with
a slip. Real core and journal, real driver, simulated unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.facts import ClaimIssued, NoteCredited, NoteHeld, NoteStacking
from tests.hardware.acceptors.whole_visits import KINDS, House

# The process ends when such a fact is about to be written, or was written and nothing was done yet.
POINTS = {
    "held, nothing written": (NoteHeld, "before"),
    "intent written, not sent": (NoteStacking, "after"),
    "taken, credit not written": (NoteCredited, "before"),
    "credit written, not acknowledged": (NoteCredited, "after"),
}
# Where the process ends · whether the unit loses power with it · what becomes of the note: of most kinds, of others.
# "nothing": the journal never heard of the note, and it went back.
ROWS = (
    ("held, nothing written", "stays", "returned", {"ssp": "nothing", "ict": "nothing"}),
    ("held, nothing written", "fails", "nothing", {}),
    ("intent written, not sent", "stays", "returned", {"ict": "doubtful"}),
    ("intent written, not sent", "fails", "returned", {"ict": "doubtful"}),
    ("stacking", "stays", "credited", {"ict": "doubtful"}),
    ("stacking", "fails", "returned", {"ict": "doubtful"}),
    ("past_lever", "stays", "credited", {"ict": "doubtful"}),
    ("past_lever", "fails", "credited", {"ict": "doubtful"}),
    # EBDS: any message of a new process may acknowledge. ID-003: a unit may store the note and say no more of it.
    ("taken, credit not written", "stays", "credited", {"ict": "doubtful", "ebds": "doubtful"}),
    (
        "taken, credit not written",
        "fails",
        "credited",
        {"ict": "doubtful", "ebds": "doubtful", "id003": "doubtful"},
    ),
    ("credit written, not acknowledged", "stays", "credited", {}),
    ("credit written, not acknowledged", "fails", "credited", {}),
)
# Fifteen seconds later a unit that goes on has given back by itself what it held.
LATER = {
    ("held, nothing written", "stays"): dict.fromkeys(KINDS, "nothing"),
    ("intent written, not sent", "stays"): {"id003": "doubtful"},  # it shows a return only while it lasts
}
TABLE = [
    (point, power, kind, others.get(kind, most)) for point, power, most, others in ROWS for kind in KINDS
]


@pytest.mark.parametrize("away_s", [0.0, 15.0], ids=["back at once", "back later"])
@pytest.mark.parametrize(("point", "power", "kind", "outcome"), TABLE)
def test_each_row_ends_as_the_table_says(
    tmp_path: Path, point: str, power: str, kind: str, outcome: str, away_s: float
) -> None:
    house = House(tmp_path, kind)
    if point in POINTS:
        house.core.dies_at = POINTS[point]
    else:
        house.die_in(point)
    house.insert(2000)
    house.until(lambda: house.driver is None, "the process has ended")
    if power == "fails":
        house.sim.do("power_cut")
    house.for_s(away_s)
    if power == "fails":
        house.sim.do("power_on")
    house.come_back()
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()
    if away_s:
        outcome = LATER.get((point, power), {}).get(kind, outcome)
    assert house.became() == outcome
    assert bool(house.core.facts(ClaimIssued)) == (outcome == "doubtful")
