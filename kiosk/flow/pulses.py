"""Notes told by pulses: there is no escrow, the note is in the box before its first pulse. Each pulse is written.

first pulse ── counted … counted ─┬─ told as a note ── paid to whoever paid with notes at its first pulse
                                  ├─ told as no note ─────── doubtful with its count
                                  └─ never told: restarted ─ doubtful with its count
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from hardware.contracts import AtRest, PulseSeen, Taken
from kiosk.contract import Tender
from kiosk.facts import Fact, NoteCredited, NoteHeld, PulseCounted
from kiosk.flow import cash, till
from kiosk.flow.state import State, Train
from kiosk.flow.stimuli import Given
from kiosk.flow.table import Evolver, Facts, Machine, Row


def _pulse(state: State, pulse: PulseSeen, given: Given) -> Facts:
    train = state.train
    if train is not None and pulse.count <= train.count:  # the end of the train before was never told
        yield from _torn(state, train, given)
        train = None
    if train is None:
        train = Train(given.ids[0], _payer(state))
    yield PulseCounted(train.note, train.payment, pulse.count, state.box)


def _payer(state: State) -> str:
    payment = state.payment
    return payment.id if payment is not None and payment.tender is Tender.CASH else cash.NO_PAYMENT


def _torn(state: State, train: Train, given: Given) -> Iterator[Fact]:
    return cash.doubtful(state, train.note, train.payment, train.count, None, True, "pulses_cut", given)


def _counted(taken: Taken) -> bool:
    return not taken.was_held


def _pays(state: State, taken: Taken) -> bool:
    """An acceptor without escrow asked nobody; the note is for whoever paid with notes when it came."""
    payment = state.train.payment if state.train else _payer(state)
    return _counted(taken) and taken.value is not None and state.note is None and payment in state.payments


def _pay(state: State, taken: Taken, given: Given) -> Facts:
    assert taken.value is not None
    train = state.train or Train(given.ids[0], _payer(state))
    unit = state.house.acceptor.unit
    yield NoteHeld(train.note, train.payment, taken.code, taken.value, None, state.box, unit)
    yield NoteCredited(train.note, train.payment, taken.value, "device")


def _no_note(state: State, taken: Taken, given: Given) -> Facts:
    train = state.train
    assert train is not None
    because = "taken_without_intent" if taken.value is not None else "no_such_count"
    yield from cash.doubtful(state, train.note, train.payment, taken.code, taken.value, True, because, given)


def _cut_off(state: State, rest: AtRest, given: Given) -> Facts:
    """Core or power ended between two pulses; the line is at rest, so no more of this train comes."""
    assert state.train is not None
    yield from _torn(state, state.train, given)
    after = replace(state, claims=state.claims + 1)  # `_torn` has issued one
    yield from cash.at_rest(till.with_note(after, None), rest, given)


def _open(state: State, _stimulus: Any) -> bool:
    return state.train is not None


ROWS = (
    Row(PulseSeen, _pulse),
    Row(Taken, _pay, when=_pays),
    Row(Taken, _no_note, when=lambda s, taken: _open(s, taken) and _counted(taken)),
    Row(AtRest, _cut_off, when=_open),
)


def _is_counted(state: State, fact: PulseCounted) -> State:
    return replace(state, train=Train(fact.note, fact.payment, fact.count))


EVOLVE: dict[type[Fact], Evolver] = {PulseCounted: _is_counted}
MACHINE = Machine(ROWS, EVOLVE)
