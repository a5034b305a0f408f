"""The cash box and what is counted out of it. Each box is an epoch; its contents are never a register.

in the machine ─┬─ taken out: reported ──────────────┐
                └─ taken out: noticed by serial,      ├─ closed with its counts ── counted by a person ── slip;
                   counter, or a box put back ────────┘   (unattended, if nobody       a difference is an
                                                           was signed in)              open item for staff
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from hardware.contracts import AtRest, BoxIn, BoxOut
from kiosk.contract import Back, CountBoxes, EnterTyped, SettleItem
from kiosk.facts import BoxRemoved, BoxReturned, Fact, NoteHeld
from kiosk.facts.office import (
    BoxCounted,
    BoxGone,
    CountBegun,
    CountTakenBack,
    DenominationCounted,
    How,
    ItemSettled,
    Notes,
    SecondWanted,
    SettlingBegun,
    Sort,
    StaffRefused,
    StaffWent,
    total,
)
from kiosk.facts.passing import AcceptorIs
from kiosk.flow import papers, stock
from kiosk.flow.desk import at, desk_of
from kiosk.flow.permits import May, may
from kiosk.flow.state import Act, Bag, ClosedBox, Desk, Item, Room, Stage, State
from kiosk.flow.stimuli import Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.money import Money
from kiosk.parcels import Person

STAFF = stages(Stage.STAFF)


# ---------------------------------------------------------------------------------------------------
# The box comes and goes


def _removed(state: State, how: BoxGone) -> BoxRemoved:
    return BoxRemoved(state.box, state.box_notes, state.box_unknown, how, state.signed_in)


def _box_out(state: State, event: BoxOut, given: Given) -> Facts:
    if not state.box_out:
        yield _removed(state, BoxGone.REPORTED)
    yield AcceptorIs(settled=state.house.acceptor.settled, obstacle="box_out")


def _box_in(state: State, event: BoxIn, given: Given) -> Facts:
    if state.box_out:
        yield BoxReturned(state.box)
    elif state.notes_in_box:
        yield from _noticed(state, BoxGone.PUT_BACK)
    yield AcceptorIs(settled=state.house.acceptor.settled)


def _noticed(state: State, how: BoxGone) -> Iterator[Fact]:
    """It was out and is in again, and nobody told."""
    yield _removed(state, how)
    yield BoxReturned(state.box + 1)


def at_rest(state: State, rest: AtRest) -> Iterator[Fact]:
    """The unit is settled, so its box is in. Does it count what the records count? An empty box that changed
    unseen is no collection. `state` holds the notes that this very rest decided about."""
    known, says = state.unit_count, rest.counter
    if state.box_out:
        yield BoxReturned(state.box)
    elif not state.notes_in_box:
        return
    elif state.unit and rest.serial_number and rest.serial_number != state.unit:
        yield from _noticed(state, BoxGone.UNIT)
    elif known is not None and says is not None and says != known:
        yield from _noticed(state, BoxGone.COUNTER)


def counted_from(state: State, held: NoteHeld) -> State:
    """What the unit counted when the first note of this box came: from there the records count on."""
    if not state.notes_in_box:
        return replace(state, unit=held.unit, unit_count=held.counter)
    if state.unit_count is None and held.unit == state.unit:
        return replace(state, unit_count=held.counter)
    return state


def with_note(state: State, value: Money | None) -> State:
    """One note more in the box, whoever it belongs to."""
    if value is None:
        state = replace(state, box_unknown=state.box_unknown + 1)
    else:
        state = replace(state, box_notes=total(state.box_notes, {str(value.fen): 1}))
    state = replace(state, day=replace(state.day, used=True))
    if state.unit_count is not None:
        state = replace(state, unit_count=state.unit_count + 1)
    return state


# ---------------------------------------------------------------------------------------------------
# Counting: blind, denomination by denomination


def denominations(state: State, boxes: tuple[int, ...]) -> tuple[str, ...]:
    """What is asked for, smallest first: all that this site takes, and what else lies in there."""
    plan = state.site.devices.acceptor
    known = {str(note.fen) for note in plan.notes} if plan else set()
    return tuple(sorted(known.union(expected(state, boxes)), key=int))


def expected(state: State, boxes: tuple[int, ...]) -> Notes:
    return total(*(box.notes for box in state.boxes if box.box in boxes))


def asked(state: State, desk: Desk) -> str | None:
    """The denomination that is counted now; None: all are."""
    return next((fen for fen in denominations(state, desk.boxes) if fen not in desk.counted), None)


def _begin(state: State, want: CountBoxes, given: Given) -> Facts:
    there = {box.box for box in state.boxes}
    if want.boxes and set(want.boxes) <= there and len(set(want.boxes)) == len(want.boxes):
        yield CountBegun(want.boxes)


def _counted_one(state: State, want: EnterTyped, given: Given) -> Facts:
    desk = desk_of(state)
    fen = asked(state, desk)
    if fen is None:
        yield _collection(state, desk, given)
    elif desk.typed:
        yield DenominationCounted(fen, int(desk.typed))
    else:
        yield StaffRefused("desk.count_missing")


def _collection(state: State, desk: Desk, given: Given) -> BoxCounted:
    lying = [item for item in state.items.values() if item.in_box and item.box in desk.boxes]
    owed = [item.amount for item in state.items.values() if item.sort is Sort.CHANGE and item.amount]
    return BoxCounted(
        collection=f"{stock.issuer(state)}-B{state.collections + 1:06d}",
        kiosk=state.site.kiosk,
        boxes=desk.boxes,
        by=desk.person,
        issued_ms=given.now_ms,
        expected=expected(state, desk.boxes),
        unknown=sum(box.unknown for box in state.boxes if box.box in desk.boxes),
        counted=total(desk.counted),
        doubtful=tuple(item.claim or item.id for item in lying),
        change_owed=Money.total(owed),
        unprinted=state.unprinted,
        language=state.settings.language,
    )


def _take_back(state: State, want: Back, given: Given) -> Facts:
    yield CountTakenBack()


def ways(sort: Sort) -> tuple[How, ...]:
    """What a supervisor may decide: change is always owed, a difference to nobody."""
    if sort is Sort.CHANGE:
        return (How.PAID,)
    return (How.NOT_OWED,) if sort is Sort.DIFFERENCE else (How.PAID, How.NOT_OWED)


def _settle(state: State, want: SettleItem, given: Given) -> Facts:
    """Change owed is paid for its slip; what is a correction needs two persons."""
    item = state.items.get(want.item)
    if item is None or want.how not in ways(item.sort) or not may(state, settles(item.sort)):
        return
    if item.sort is Sort.CHANGE:
        yield ItemSettled(item.id, item.sort, item.amount, item.in_box, want.how, desk_of(state).person)
    else:
        yield SettlingBegun(item.id, want.how)
        yield SecondWanted(Act.SETTLE.value)


def settles(sort: Sort) -> May:
    return May.REFUND if sort is Sort.CHANGE else May.SETTLE


def signed(state: State, second: Person, given: Given) -> Facts:
    desk = desk_of(state)
    item, how = state.items.get(desk.item), desk.how
    if item is None or how is None:  # it has found its answer by itself meanwhile
        yield StaffWent(Room.ITEMS.value)
        return
    yield ItemSettled(item.id, item.sort, item.amount, item.in_box, how, desk.person, second.number)


def _counting(state: State, want: Any) -> bool:
    return desk_of(state).room is Room.COUNT and may(state, May.COLLECT)


ROWS = (
    Row(BoxOut, _box_out),
    Row(BoxIn, _box_in),
    Row(CountBoxes, _begin, STAFF, lambda s, _w: may(s, May.COLLECT)),
    Row(EnterTyped, _counted_one, STAFF, _counting),
    Row(Back, _take_back, STAFF, lambda s, w: _counting(s, w) and bool(desk_of(s).counted)),
    Row(SettleItem, _settle, STAFF),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _box_removed(state: State, fact: BoxRemoved) -> State:
    """Some units count from zero again with an empty box: the next note tells."""
    gone = ClosedBox(fact.box, fact.notes, fact.unknown, fact.by)
    return replace(
        state,
        box=fact.box + 1,
        box_notes={},
        box_unknown=0,
        box_out=True,
        boxes=(*state.boxes, gone),
        unit_count=None,
    )


def _counted(state: State, fact: BoxCounted) -> State:
    items = {
        name: replace(item, box=0) if item.box in fact.boxes else item for name, item in state.items.items()
    }
    if not fact.agrees:
        items[fact.collection] = Item(fact.collection, Sort.DIFFERENCE, fact.difference, "counted")
    state = papers.issued(state, fact)
    state = replace(
        state,
        boxes=tuple(box for box in state.boxes if box.box not in fact.boxes),
        items=items,
        bags={**state.bags, fact.collection: Bag(fact.by, fact.counted)},
        collections=state.collections + 1,
    )
    return at(state, room=Room.COUNTED, result=fact.collection)


def _item_settled(state: State, fact: ItemSettled) -> State:
    astray = state.astray if state.astray is None or state.astray.id != fact.item else None
    items = {name: item for name, item in state.items.items() if name != fact.item}
    return at(replace(state, items=items, astray=astray), room=Room.ITEMS, item="", number="", attempt="")


def _one_less(state: State, fact: CountTakenBack) -> State:
    return at(state, counted=dict(list(desk_of(state).counted.items())[:-1]))


EVOLVE: dict[type[Fact], Evolver] = {
    BoxRemoved: _box_removed,
    BoxReturned: lambda s, f: replace(s, box_out=False),
    BoxCounted: _counted,
    ItemSettled: _item_settled,
    SettlingBegun: lambda s, f: at(s, item=f.item, how=f.how),
    CountBegun: lambda s, f: at(s, room=Room.COUNT, boxes=f.boxes, counted={}),
    DenominationCounted: lambda s, f: at(s, counted={**desk_of(s).counted, f.fen: f.count}),
    CountTakenBack: _one_less,
}

MACHINE = Machine(ROWS, EVOLVE)
