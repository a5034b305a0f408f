"""The staff among the customers: they sign in, open the day, empty the box, count it, hand the bag over, settle what
is in doubt, make a receipt void, close the day. Whatever page stands there by then, they press what they meant to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.flow import handover, till
from kiosk.flow.state import Room
from kiosk.parcels import Person
from tests.crash import faults, twists
from tests.crash.people import ATTENDANT, BADGES, PIN, SUPERVISOR, WRONG_PIN
from tests.crash.world import World

OVERRIDE: Final = "customers_wait"
WHY_VOID: Final = "wrong_account"
MOST_NOTES: Final = 20  # denominations that a box is counted by, with room
SLIPS: Final = 0.1  # chance of a wrong PIN, a note counted wrongly, the same person twice
BY_BADGE: Final = 0.7
OFFICE_LOOKS: Final = 3  # every third story


def shift(w: World) -> None:
    w.things.story.tell("-----", "the staff come")
    w.events()
    w.touch(c.Done())  # whatever the last customer left on the screen
    for act in w.chance.sample(ACTS, w.chance.choice((1, 2, 2, 3))):
        act(w)
        w.events()
        faults.perhaps(w)
    if w.things.number % OFFICE_LOOKS == 0:
        twists.office_closes(w)
    if w.chance.random() < 0.5:  # the others forget it
        w.touch(c.SignOut())


# ---- who they are


def is_in(w: World, person: Person) -> None:
    """Signs in, unless it is this person who stands there already."""
    if w.engine.state.signed_in == person.number:
        return
    w.touch(c.SignOut())
    w.touch(c.OpenStaff())
    proves(w, person)


def proves(w: World, person: Person) -> None:
    if w.chance.random() < BY_BADGE:
        w.feed(hw.CodeRead(device="camera", text=BADGES[person.number]))
    if w.engine.state.desk is not None and w.engine.state.desk.room in (Room.NUMBER, Room.SECOND):
        types(w, person.number)
    types(w, WRONG_PIN if w.chance.random() < SLIPS else PIN)
    faults.perhaps(w)
    w.events()


def types(w: World, digits: str) -> None:
    if w.engine.state.desk is not None:  # else the keys would be a customer's
        for digit in digits:
            w.touch(c.PressKey(digit))
        w.touch(c.EnterTyped())


def anybody(w: World) -> Person:
    return w.chance.choice((ATTENDANT, SUPERVISOR))


def second(w: World, first: Person) -> Person:
    other = SUPERVISOR if first is ATTENDANT else ATTENDANT
    return first if w.chance.random() < SLIPS else other


# ---- what they do


def open_day(w: World) -> None:
    is_in(w, anybody(w))
    w.touch(c.OpenDay())
    w.touch(c.OpenDay(OVERRIDE))
    faults.perhaps(w)


def close_day(w: World) -> None:
    is_in(w, anybody(w))
    w.touch(c.CloseDay())
    faults.perhaps(w)


def close_day_twice(w: World) -> None:
    """Pressed again before the first answer is there."""
    is_in(w, anybody(w))
    w.touch(c.CloseDay())
    w.touch(c.CloseDay())


def count(w: World) -> None:
    """Pulls the box, and counts what lies in all that were pulled."""
    is_in(w, anybody(w))
    faults.box(w)
    w.events()
    w.touch(c.CountBoxes(tuple(box.box for box in w.engine.state.boxes)))
    lying = w.unit.outside()
    for _ in range(MOST_NOTES):
        desk = w.engine.state.desk
        if desk is None or desk.room is not Room.COUNT:
            break
        fen = till.asked(w.engine.state, desk)
        number = lying.count(int(fen) // 100) if fen else 0
        types(w, str(number + (w.chance.random() < SLIPS / 2)) if fen else "")
        if w.chance.random() < SLIPS:
            faults.perhaps(w)


def hand_over(w: World) -> None:
    holders = [bag.by for bag in w.engine.state.bags.values()]
    first = SUPERVISOR if SUPERVISOR.number in holders else ATTENDANT
    is_in(w, first)
    w.touch(c.HandOver(handover.own_bags(w.engine.state)))
    proves(w, second(w, first))


def settle(w: World) -> None:
    is_in(w, SUPERVISOR)
    items = sorted(w.engine.state.items)
    if not items:
        return
    item = w.engine.state.items[w.chance.choice(items)]
    w.touch(c.StaffGo(Room.ITEMS.value))
    w.touch(c.SettleItem(item.id, w.chance.choice(till.ways(item.sort))))
    if w.engine.state.desk is not None and w.engine.state.desk.room is Room.SECOND:
        proves(w, second(w, SUPERVISOR))


def void(w: World) -> None:
    is_in(w, SUPERVISOR)
    if not w.things.ledger.books.receipts:
        return
    w.touch(c.StaffGo(Room.VOID.value))
    types(w, str(int(w.chance.choice(sorted(w.things.ledger.books.receipts))[-8:])))
    w.events()
    w.touch(c.VoidReceipt(WHY_VOID))
    if w.engine.state.desk is not None and w.engine.state.desk.room is Room.SECOND:
        proves(w, second(w, SUPERVISOR))


def print_what_waits(w: World) -> None:
    is_in(w, anybody(w))
    waiting = w.engine.state.unprinted
    if waiting:
        w.touch(c.PrintNumber(w.chance.choice(sorted(waiting))))


ACTS: Final[tuple[Callable[[World], None], ...]] = (
    open_day, count, count, hand_over, settle, void, close_day, close_day_twice, print_what_waits,
)  # fmt: skip
