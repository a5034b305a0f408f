"""One seed is one story; at each point of it where the core could die, a copy of the world dies and recovers.

The copy starts from what outlives a cut, so nothing that came before is played again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Final

from tests.crash import stories
from tests.crash.books import DoesNotAddUp
from tests.crash.things import Clock, Things, Unit
from tests.crash.world import World, durable_part, name_of
from tests.kiosk.honest_world import Bank
from tests.kiosk.world import NOW_MS

VISITS: Final = (1, 2)
DIES_AGAIN: Final = 0.35  # chance that the recovery is cut as well
RECOVERY_POINTS: Final = 24  # about as many cut points as a recovery has
FAULT_IN_RECOVERY: Final = 0.4
ONE_MORE_CUSTOMER: Final = 0.08
UNIT_ALONE: Final = (("", False), ("onward", False), ("onward", True), ("back", False))


@dataclass
class Violation:
    name: str  # seed, or seed/cut: what --replay takes
    what: str
    story: list[tuple[str, Any]]

    def __str__(self) -> str:
        lines = [f"DOES NOT ADD UP in {self.name}", ""]
        lines += [f"{number:4}  {who:11} {readable(what)}" for number, (who, what) in enumerate(self.story, 1)]
        return "\n".join([*lines, "", f"  ==> {self.what}", "", f"  script/crash --replay {self.name}", ""])


@dataclass
class Found:
    cuts: int = 0  # different cut points
    recoveries: int = 0  # with what the devices may have done meanwhile, and cuts during recovery
    violations: list[Violation] = field(default_factory=list)


def explore(seed: int, only: int | None = None) -> Found:
    """The story of `seed`, cut everywhere; with `only`, cut at that point alone."""
    found = Found()
    chance = stories.begins(seed)
    last: Any = None

    def cut_here(world: World, where: str) -> None:
        nonlocal last
        now = world.things.fingerprint()
        if now == last:
            return
        last = now
        found.cuts += 1
        if only is None or only == found.cuts:
            _die_and_recover(world, where, f"{seed}/{found.cuts}", found)

    things = Things(Unit(chance.random() < 0.5), Bank([]))
    if chance.random() < 0.15:
        things.clock = Clock(ms=1_000)  # no battery, no network yet: 1970
    world = World(things, chance, cut_here)
    world.online = chance.random() < 0.8
    try:
        world.comes_up()
        world.events()
        for _ in range(chance.choice(VISITS)):
            stories.visit(world)
        stories.ending(world)
    except DoesNotAddUp as wrong:
        found.violations.append(Violation(str(seed), str(wrong), world.things.story.lines()))
    return found


def _die_and_recover(world: World, where: str, name: str, found: Found) -> None:
    """Once for each thing that a unit with a note inside may do while nobody speaks to it."""
    for patience, forgets in UNIT_ALONE if world.unit.at not in ("idle", "box_out") else UNIT_ALONE[:1]:
        chance = random.Random(f"{name}/{patience}{forgets}")
        deaths = [chance.randrange(1, RECOVERY_POINTS)] if chance.random() < DIES_AGAIN else []
        copy = World(world.things.fork(), chance, deaths=deaths)
        copy.online = chance.random() < 0.8
        if where.startswith(("before it", "before the touch", "after customer")):
            copy.known = None if world.things.ledger.perhaps else durable_part(world.engine.state)
        try:
            copy.dies(where, patience=patience, forgets=forgets)
            copy.events()
            if chance.random() < FAULT_IN_RECOVERY:
                chance.choice(stories.FAULTS)(copy)
                copy.events()
            if chance.random() < ONE_MORE_CUSTOMER:
                stories.visit(copy)
            stories.ending(copy)
        except DoesNotAddUp as wrong:
            found.violations.append(Violation(name, str(wrong), copy.things.story.lines()))
        found.recoveries += copy.died


def readable(what: Any) -> str:
    if isinstance(what, str):
        return what
    if isinstance(what, list | tuple):
        return "; ".join(readable(part) for part in what)
    shown = []
    for field_name in what.__struct_fields__:
        value = getattr(what, field_name)
        if field_name in SHOWN and value not in (None, ""):
            shown.append(f"{field_name} {getattr(value, 'value', value) if value != NOW_MS else 'now'}")
    return " ".join([name_of(what), *shown])


SHOWN: Final = frozenset(
    "note payment value amount code counter because by charge state job number attempt subject claim receipt paid "
    "to_fee to_prepaid to_change recovered serial_number in_box online delay key fee tender sent perhaps due".split()
)
