"""The bag goes from who counted it into another hand. Both stand there: one is signed in, the other signs now
(`second.py`)."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.contract import HandOver
from kiosk.facts import Fact
from kiosk.facts.office import BagHandedOver, HandOverBegun, SecondWanted, StaffRefused, total
from kiosk.flow import papers, stock
from kiosk.flow.desk import at, desk_of, proved
from kiosk.flow.permits import May, may
from kiosk.flow.state import Act, Room, Stage, State
from kiosk.flow.stimuli import Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.parcels import Person

STAFF = stages(Stage.STAFF)


def own_bags(state: State) -> tuple[str, ...]:
    """What the person who is signed in counted, and still has."""
    return tuple(number for number, bag in state.bags.items() if bag.by == state.signed_in)


def _begin(state: State, want: HandOver, given: Given) -> Facts:
    if not want.collections or not set(want.collections) <= set(state.bags):
        yield StaffRefused("desk.bag_not_counted")
    elif not set(want.collections) <= set(own_bags(state)):
        yield StaffRefused("desk.bag_not_yours")
    else:
        yield HandOverBegun(tuple(dict.fromkeys(want.collections)))
        yield SecondWanted(Act.HAND_OVER.value)


def signed(state: State, taker: Person, given: Given) -> Facts:
    desk = desk_of(state)
    yield BagHandedOver(
        handover=f"{stock.issuer(state)}-H{state.handovers + 1:06d}",
        kiosk=state.site.kiosk,
        collections=desk.bags,
        notes=total(*(state.bags[number].notes for number in desk.bags)),
        by=desk.person,
        to=taker.number,
        issued_ms=given.now_ms,
        language=state.settings.language,
    )


ROWS = (Row(HandOver, _begin, STAFF, lambda s, _w: may(s, May.GIVE_BAG)),)


def _handed_over(state: State, fact: BagHandedOver) -> State:
    state = papers.issued(proved(state, fact.to), fact)
    state = replace(
        state,
        bags={number: bag for number, bag in state.bags.items() if number not in fact.collections},
        handovers=state.handovers + 1,
    )
    return at(state, room=Room.HANDED_OVER, bags=(), result=fact.handover, number="", attempt="")


EVOLVE: dict[type[Fact], Evolver] = {
    HandOverBegun: lambda s, f: at(s, bags=f.collections),
    BagHandedOver: _handed_over,
}

MACHINE = Machine(ROWS, EVOLVE)
