"""What facts of notes do to the state: the note that is held, the box, the payment, what is in doubt (`cash.py`)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from kiosk.facts import (
    DoubtSettled,
    Fact,
    NoteCredited,
    NoteDoubtful,
    NoteHeld,
    NoteReturned,
    NoteReturning,
    NoteStacking,
)
from kiosk.facts.office import Sort
from kiosk.facts.passing import AcceptorIs, NoteNotice, NoteToldAgain, StopAsked, StopDecided
from kiosk.flow import till
from kiosk.flow.state import Item, Note, NoteStage, State
from kiosk.flow.table import Evolver
from kiosk.flow.visit_state import once_more
from kiosk.money import Money


def _holding(state: State, fact: NoteHeld) -> State:
    note = Note(fact.note, fact.payment, fact.code, fact.value, fact.counter, fact.unit)
    return replace(till.counted_from(state, fact), note=note, last_taken=None)


def _note_stage(stage: NoteStage) -> Evolver:
    def evolve(state: State, fact: Any) -> State:
        if state.note is None:
            return state
        ordered = state.note.ordered or stage is NoteStage.STACKING
        return replace(state, note=replace(state.note, stage=stage, ordered=ordered))

    return evolve


def _has_credit(state: State, fact: NoteCredited) -> State:
    payments, offline = state.payments, state.offline_taken
    payment = payments.get(fact.payment)
    if payment is not None:
        payments = {**payments, payment.id: replace(payment, credited=payment.credited + fact.value)}
        offline += fact.value if payment.offline else Money(0)
    state = replace(state, note=None, last_taken=state.note, payments=payments, offline_taken=offline)
    state = _without_train(state, fact.note)
    return _boxed(state, fact.value)


def _is_doubtful(state: State, fact: NoteDoubtful) -> State:
    state, value = _without_train(state, fact.note), fact.value or Money(0)
    note = Note(fact.note, fact.payment, fact.code, value, None)
    if state.note and state.note.id == fact.note:
        note = replace(state.note, code=fact.code)
        state = replace(state, note=None)
    box = state.box if fact.in_box else 0
    item = Item(fact.note, Sort.NOTE, fact.value, fact.because, in_box=fact.in_box, box=box)
    state = replace(state, items={**state.items, item.id: item})
    if fact.in_box:
        return _boxed(replace(state, last_taken=note), fact.value)
    return replace(state, astray=note)


def _without_train(state: State, note: str) -> State:
    """The note that these pulses told has found its place."""
    return replace(state, train=None) if state.train is not None and state.train.note == note else state


def _doubt_settled(state: State, fact: DoubtSettled) -> State:
    """In the box it stays owed, and open; given back, nothing is owed and nothing is open."""
    found, items = state.astray, dict(state.items)
    item = items.pop(fact.note, None)
    if item is not None and fact.in_box:
        items[fact.note] = replace(item, in_box=True, box=state.box)
    state = replace(state, astray=None, items=items)
    return _boxed(replace(state, last_taken=found), fact.value) if fact.in_box else state


def _boxed(state: State, value: Money | None) -> State:
    """One note more in the box, whoever it belongs to."""
    state = till.with_note(state, value)
    acceptor, astray = state.house.acceptor, state.astray
    if acceptor.counter is not None:
        acceptor = replace(acceptor, counter=acceptor.counter + 1)
    same_unit = astray is None or not (astray.unit and acceptor.unit) or astray.unit == acceptor.unit
    if astray is not None and astray.counter is not None and same_unit:
        astray = replace(astray, counter=astray.counter + 1)  # this one is not it
    house = replace(state.house, acceptor=acceptor)
    return replace(state, house=house, astray=astray)


def _acceptor_is(state: State, fact: AcceptorIs) -> State:
    acceptor = state.house.acceptor
    counter = acceptor.counter if fact.counter is None else fact.counter
    unit = fact.unit or acceptor.unit
    acceptor = replace(acceptor, settled=fact.settled, obstacle=fact.obstacle, counter=counter, unit=unit)
    if fact.settled:
        state = replace(state, retold=None)
    return replace(state, house=replace(state.house, acceptor=acceptor))


def _noticed(state: State, fact: NoteNotice) -> State:
    if state.visit is None:
        return state
    problem = once_more(state.visit.problem, fact.problem)
    return replace(state, visit=replace(state.visit, problem=problem))


def _asking(state: State, fact: StopAsked) -> State:
    return replace(state, visit=replace(state.visit, asking_to_stop=fact.asking)) if state.visit else state


def _stopping(state: State, fact: StopDecided) -> State:
    payment = state.payments.get(fact.payment)
    if payment is None:
        return state
    state = replace(state, payments={**state.payments, payment.id: replace(payment, stopping=True)})
    return _asking(state, StopAsked(False))


EVOLVE: dict[type[Fact], Evolver] = {
    NoteHeld: _holding,
    NoteStacking: _note_stage(NoteStage.STACKING),
    NoteReturning: _note_stage(NoteStage.RETURNING),
    NoteReturned: lambda s, f: replace(s, note=None),
    NoteCredited: _has_credit,
    NoteDoubtful: _is_doubtful,
    DoubtSettled: _doubt_settled,
    NoteToldAgain: lambda s, f: replace(s, retold=s.last_taken, last_taken=None),
    NoteNotice: _noticed,
    AcceptorIs: _acceptor_is,
    StopAsked: _asking,
    StopDecided: _stopping,
}
