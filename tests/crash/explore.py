"""One seed is one story; at each point of it where the core could die, a copy of the world dies and recovers.

The copy starts from what outlives a cut, so nothing that came before is played again.
"""

from __future__ import annotations

import gc
import random
import shutil
import zlib
from typing import Any, Final

from tests.crash import faults, staff, stories
from tests.crash.books import DoesNotAddUp
from tests.crash.found import Found, Violation
from tests.crash.ledgers import Ledger, OnDisk, folder
from tests.crash.line import new_server
from tests.crash.things import Clock, Things, Unit
from tests.crash.uploads import Lasting, Uploads, money_story, play, send_off
from tests.crash.world import World, durable_part
from tests.kiosk.honest_world import Bank

VISITS: Final = (1, 2)
DIES_AGAIN: Final = 0.35  # chance that the recovery is cut as well
RECOVERY_POINTS: Final = 24  # about as many cut points as a recovery has
FAULT_IN_THE_DARK: Final = 0.25
FAULT_IN_RECOVERY: Final = 0.4
ONE_MORE_CUSTOMER: Final = 0.08
STAFF_COME: Final = 0.2  # after a customer, or in their place when the kiosk is back
SOMEBODY_LOOKS: Final = 0.1  # at each page of a recovery; the others draw a page when it is touched
MOVES_IN_RECOVERY: Final = 8
ON_DISK_EVERY: Final = 25  # stories: this one has the real journal on real SQLite
NOTHING_HALF_DONE: Final = ("before it is heard", "before the touch", "before the write", "after customer")
UNIT_ALONE: Final = (("", False), ("onward", False), ("onward", True), ("back", False))


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
        found.on_disk += on_disk
        found.pairs.add(kind_of(world, where))
        if only is None or only == found.cuts:
            _die_and_recover(world, where, f"{seed}/{found.cuts}", found)

    on_disk = seed % ON_DISK_EVERY == 0
    things = Things(Unit(chance.random() < 0.5), Bank([]), OnDisk() if on_disk else Ledger(), number=seed)
    if chance.random() < 0.15:
        things.clock = Clock(ms=1_000)  # no battery, no network yet: 1970
    world = World(things, chance, cut_here)
    world.online = chance.random() < 0.8
    gc.disable()  # thousands of small worlds; they are swept away together
    try:
        world.comes_up()
        world.events()
        for _ in range(chance.choice(VISITS)):
            stories.visit(world)
            if chance.random() < STAFF_COME:
                staff.shift(world)
        stories.ending(world)
    except DoesNotAddUp as wrong:
        found.violations.append(Violation(str(seed), str(wrong), world.things.story.lines()))
    finally:
        things.ledger.gone()
        gc.enable()
    return found


def _die_and_recover(world: World, where: str, name: str, found: Found) -> None:
    """Twice where a unit with a note inside may do different things while nobody speaks to it."""
    chance = random.Random(name)
    note_inside = world.unit.at not in ("idle", "box_out")
    for patience, forgets in chance.sample(UNIT_ALONE, 2 if note_inside else 1):
        deaths = [chance.randrange(1, RECOVERY_POINTS)] if chance.random() < DIES_AGAIN else []
        copy = World(world.things.fork(), chance, deaths=deaths)
        copy.online = chance.random() < 0.8
        copy.open = chance.random() < ONE_MORE_CUSTOMER
        copy.draws = chance.random() < SOMEBODY_LOOKS
        if chance.random() < FAULT_IN_THE_DARK:
            copy.dark = chance.choice(faults.IN_THE_DARK)
        if where.startswith(NOTHING_HALF_DONE):
            copy.known = None if world.things.ledger.perhaps else durable_part(world.engine.state)
        try:
            copy.dies(where, patience=patience, forgets=forgets)
            copy.events()
            if chance.random() < FAULT_IN_RECOVERY:
                chance.choice(faults.FAULTS)(copy)
                copy.events()
            if copy.open:
                somebody_comes(copy)
            stories.ending(copy)
        except DoesNotAddUp as wrong:
            found.violations.append(Violation(name, str(wrong), copy.things.story.lines()))
        finally:
            copy.things.ledger.gone()
        found.recoveries += copy.died


def somebody_comes(world: World) -> None:
    staff.shift(world) if world.chance.random() < STAFF_COME else stories.visit(world)


def kind_of(world: World, where: str) -> int:
    """The place, and what is the case there, without ids, amounts and times; the same in every process."""
    things, unit = world.things, world.unit
    facts = things.ledger.facts
    case = [where.split(" id")[0], unit.at, unit.counts, things.ledger.fault, world.online, len(things.jobs)]
    case += [len(things.bank.calls), sorted(order.state.value for order in things.bank.orders.values())]
    if hasattr(world, "engine"):
        state = world.engine.state
        case += [
            state.stage, state.note and state.note.stage, state.astray is not None, state.house.broken != "",
            sorted(charge.stage.value for charge in state.charges.values()), state.house.acceptor.usable,
            sorted(paper.stage.value for paper in state.papers.values()), state.box_out,
            state.desk and state.desk.room,
            [type(fact).__name__ for fact in facts[-3:]],
        ]  # fmt: skip
    return zlib.crc32(repr(case).encode())


# ---- records on their way


def explore_upload(seed: int, only: int | None = None) -> Found:
    """The same for records on their way to the server."""
    found = Found()
    chance = stories.begins(f"line/{seed}")
    last: Any = None

    def cut_here(uploads: Uploads, where: str) -> None:
        nonlocal last
        now = (*uploads.lasting.fingerprint(), len(uploads.waiting))
        if now == last:
            return
        last = now
        found.cuts += 1
        found.on_the_way += 1
        found.pairs.add(zlib.crc32(repr((where, uploads.kind())).encode()))
        if only is None or only == found.cuts:
            _dies_while_sending(uploads, where, f"line-{seed}/{found.cuts}", found)

    lasting = Lasting(
        folder(), new_server(), money_story(chance, seed - seed // 50)
    )  # also of each 50th each twist
    dice = random.getstate()
    random.seed(f"line/{seed}")  # pauses of the outbox
    try:
        uploads = Uploads(lasting, chance, cut_here)
        play(uploads)
        uploads.hook = None
        send_off(uploads)
        found.recoveries += uploads.died
    except DoesNotAddUp as wrong:
        found.violations.append(Violation(f"line-{seed}", str(wrong), lasting.story.lines()))
    finally:
        random.setstate(dice)
        shutil.rmtree(lasting.home, ignore_errors=True)
    return found


def _dies_while_sending(uploads: Uploads, where: str, name: str, found: Found) -> None:
    chance = random.Random(name)
    dice = random.getstate()
    lasting = uploads.lasting.fork()
    lasting.late += uploads.waiting
    lasting.story.tell("CUT", where)
    try:
        copy = Uploads(lasting, chance)
        if chance.random() < DIES_AGAIN:
            copy.deaths = [copy.points + chance.randrange(1, RECOVERY_POINTS)]
        if chance.random() < FAULT_IN_RECOVERY:
            play(copy, MOVES_IN_RECOVERY)
        send_off(copy)
        found.recoveries += copy.died + 1
    except DoesNotAddUp as wrong:
        found.violations.append(Violation(name, str(wrong), lasting.story.lines()))
    finally:
        random.setstate(dice)
        shutil.rmtree(lasting.home, ignore_errors=True)
