"""Paying with notes: what the acceptor says, and what becomes of each note.

held ─┬─ fits ──── intent flushed ── take ──┬─ taken ──── credit flushed ── device acknowledged
      └─ does not ─ give back ─ returned     ├─ returned ─ back with the customer
                                             └─ nothing said ── the device's counter decides, else doubtful

A note is ours when the device says taken, never before (acceptors.md §8.1); the restart table of §8.3 is the
same rows, because an open note comes back from the journal as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from hardware.contracts import (
    UNNAMED,
    AtRest,
    BoxFull,
    Cheated,
    Cleared,
    Held,
    JamIn,
    Jammed,
    PoweredUp,
    Refused,
    RefusedBecause,
    Returned,
    Taken,
)
from kiosk.contract import Back, GoOnPaying, Message, StopForSure, StopPaying
from kiosk.facts import (
    ClaimIssued,
    DoubtSettled,
    Fact,
    NoteCredited,
    NoteDoubtful,
    NoteHeld,
    NoteReturned,
    NoteReturning,
    NoteStacking,
    PaymentAbandoned,
)
from kiosk.facts.passing import AcceptorIs, NoteNotice, NoteToldAgain, StopAsked, StopDecided
from kiosk.flow import offers, papers, till
from kiosk.flow.cash_state import EVOLVE
from kiosk.flow.commands import Command, ConfirmTaken, GiveBackNote, TakeNote
from kiosk.flow.delays import Delay
from kiosk.flow.state import ChargeStage, Note, NoteStage, Stage, State
from kiosk.flow.stimuli import Given, TimeIsUp
from kiosk.flow.table import Commander, Consequence, Facts, Machine, Row, stages
from kiosk.money import Money

CASH = stages(Stage.CASH)
NO_PAYMENT = ""  # a note of which no open payment is known

NOTICE = {
    RefusedBecause.NOT_RECOGNISED: Message("cash.not_recognised"),
    RefusedBecause.INSERTED_BADLY: Message("cash.inserted_badly"),
    RefusedBecause.INHIBITED: Message("cash.not_now"),
    RefusedBecause.UNMAPPED: Message("cash.not_taken_here"),
    RefusedBecause.FAULT: Message("cash.note_came_back"),
}


# ---------------------------------------------------------------------------------------------------
# Decide


def _why_not(state: State, value: Money) -> str:
    """Why this note can not be taken now; empty when it can."""
    payment = state.payment
    if state.stage is not Stage.CASH or payment is None:
        return "no_payment"
    if payment.stopping:
        return "stopping"
    if not payment.remaining:
        return "paid_already"
    limit = offers.highest_note(state)
    if limit is None:
        return "not_now"
    return "" if value <= limit else "too_large"


def _held(state: State, held: Held, given: Given) -> Facts:
    note = given.ids[0]
    payment = state.payment.id if state.payment else NO_PAYMENT
    counter = state.house.acceptor.counter if held.counter is None else held.counter
    unit = state.house.acceptor.unit
    yield NoteHeld(note, payment, held.code, held.value, counter, state.box, unit)
    because = _why_not(state, held.value)
    if not because:
        yield NoteStacking(note)
        yield NoteNotice(None)
        return
    yield NoteReturning(note, because)
    if state.stage is Stage.CASH:
        yield NoteNotice(Message(f"cash.{because}", {"note_fen": held.value.fen}))


def _held_again(state: State, held: Held, given: Given) -> Facts:
    """The journal has a note open and the device still holds one: the core died in between. Give it back."""
    assert state.note is not None
    yield NoteReturning(state.note.id, "restarted")


def _has_note(state: State, _event: Any) -> bool:
    return state.note is not None


def _taken_as_meant(state: State, taken: Taken) -> bool:
    note = state.note
    return note is not None and note.stage is NoteStage.STACKING and _may_be(taken, note)


def _may_be(taken: Taken, note: Note) -> bool:
    """A device that does not say which note it means, as after a restart, means the one that we know of."""
    return taken.code in (note.code, UNNAMED)


def _credit(state: State, taken: Taken, given: Given) -> Facts:
    assert state.note is not None
    yield from _credited(state.note, "device")


def _credited(note: Note, by: str) -> Iterator[Fact]:
    yield NoteCredited(note.id, note.payment, note.value, by)


def _is_told_again(state: State, taken: Taken) -> bool:
    """Written, but the core died before the device was told so: the device, rightly, says it once more."""
    last = state.last_taken
    return taken.recovered and state.note is None and last is not None and _may_be(taken, last)


def _told_again(state: State, taken: Taken, given: Given) -> Facts:
    assert state.last_taken is not None
    yield NoteToldAgain(state.last_taken.id)


def _is_astray(state: State, taken: Taken) -> bool:
    astray = state.astray
    return state.note is None and astray is not None and _may_be(taken, astray)


def _found_in_box(state: State, taken: Taken, given: Given) -> Facts:
    assert state.astray is not None
    yield DoubtSettled(state.astray.id, state.astray.value, True, "device")


def _doubtful_taken(state: State, taken: Taken, given: Given) -> Facts:
    """In the box, but not what was meant to be taken: kept apart, slip for the person in front."""
    note, value = state.note, taken.value
    if note is None:
        because, note_id, payment = "taken_without_intent", given.ids[0], NO_PAYMENT
    else:
        if value is None and _may_be(taken, note):  # the device gives no value: it is the one that was held
            value = note.value
        because = "another_note" if note.stage is NoteStage.STACKING else "taken_against_order"
        note_id, payment = note.id, note.payment
    yield from doubtful(state, note_id, payment, taken.code, value, True, because, given)


def doubtful(
    state: State,
    note: str,
    payment: str,
    code: int,
    value: Money | None,
    in_box: bool,
    because: str,
    given: Given,
) -> Iterator[Fact]:
    if payment == NO_PAYMENT and state.payment is not None:
        payment = state.payment.id
    yield NoteDoubtful(note, payment, code, value, in_box, because)
    yield ClaimIssued(
        claim=papers.claim_number(state),
        kiosk=state.site.kiosk,
        payment=payment,
        subject=note,
        amount=value,
        because="note_doubtful",
        issued_ms=given.now_ms,
        language=state.settings.language,
    )
    if state.stage is Stage.CASH:
        yield NoteNotice(Message("cash.note_doubtful", {"claim": papers.claim_number(state)}))


def _returned(state: State, returned: Returned, given: Given) -> Facts:
    assert state.note is not None
    yield NoteReturned(state.note.id, "device")
    if state.note.stage is NoteStage.STACKING and state.stage is Stage.CASH:
        yield NoteNotice(Message("cash.note_came_back"))


def at_rest(state: State, rest: AtRest, given: Given) -> Facts:
    """Everything is told. A note that is still open was never spoken of: the counter decides, or nobody."""
    after = state
    for notes_at_rest in (_open_note_at_rest, _others_at_rest):
        for fact in notes_at_rest(after, rest, given):
            yield fact
            if isinstance(fact, ClaimIssued):
                after = replace(after, claims=after.claims + 1)  # the next slip has the next number
            elif isinstance(fact, NoteCredited) or (
                isinstance(fact, NoteDoubtful | DoubtSettled) and fact.in_box
            ):
                after = till.with_note(after, fact.value)
    yield from till.at_rest(after, rest)
    yield AcceptorIs(True, state.house.acceptor.obstacle, rest.counter, rest.serial_number)


def _open_note_at_rest(state: State, rest: AtRest, given: Given) -> Iterator[Fact]:
    note = state.note
    if note is None:
        return
    more = _stacked_since(note, rest)
    # An empty unit tells that a note is out which was never ordered in; another unit never: the old one may have it.
    told_out = not note.ordered and not _another_unit(note, rest)
    if told_out or more == 0:
        yield NoteReturned(note.id, "counter" if more == 0 else "device")
    elif more == 1 and note.stage is NoteStage.STACKING:
        yield from _credited(note, "counter")
    elif more == 1:  # it was to go back after all, and was on its way into the box by then
        because = "taken_against_order"
        yield from doubtful(state, note.id, note.payment, note.code, note.value, True, because, given)
    else:
        because = "outcome_unknown" if more is None else "counter_differs"
        yield from _doubtful_note(state, note, because, given)


def _others_at_rest(state: State, rest: AtRest, given: Given) -> Iterator[Fact]:
    """One that went away with its unit, and one that was told again."""
    astray = state.astray
    if astray is not None and (more := _stacked_since(astray, rest)) in (0, 1):
        yield DoubtSettled(astray.id, astray.value, more == 1, "counter")
    retold = state.retold
    if retold is not None and (more := _stacked_since(retold, rest)) is not None and more > 1:
        because = "taken_without_intent"  # not the old note told again: the unit counted another one
        yield from doubtful(state, given.ids[0], NO_PAYMENT, retold.code, retold.value, True, because, given)


def _stacked_since(note: Note, rest: AtRest) -> int | None:
    """How many notes this very unit stacked since `note` was held; None where nobody counts."""
    if _another_unit(note, rest) or note.counter is None or rest.counter is None:
        return None
    return rest.counter - note.counter


def _another_unit(note: Note, rest: AtRest) -> bool:
    return bool(note.unit and rest.serial_number and note.unit != rest.serial_number)


def _doubtful_note(state: State, note: Note, because: str, given: Given) -> Iterator[Fact]:
    yield from doubtful(state, note.id, note.payment, note.code, note.value, False, because, given)


def _away_with_note(state: State, up: TimeIsUp, given: Given) -> Facts:
    """The acceptor does not come back: the customer gets a slip, the note is settled when it does."""
    assert state.note is not None
    yield from _doubtful_note(state, state.note, "acceptor_away", given)
    if state.payment is not None:
        yield StopDecided(state.payment.id)


def _refused(state: State, refused: Refused, given: Given) -> Facts:
    yield NoteNotice(NOTICE[refused.because])


def _obstacle(state: State, event: BoxFull | Jammed | Cheated, given: Given) -> Facts:
    if isinstance(event, Jammed):
        name = "jam" if event.where is JamIn.VALIDATOR else "box_jam"
    else:
        name = "box_full" if isinstance(event, BoxFull) else "cheated"
    yield AcceptorIs(settled=state.house.acceptor.settled, obstacle=name)


def _cleared(state: State, event: Cleared, given: Given) -> Facts:
    yield AcceptorIs(settled=state.house.acceptor.settled)


def _powered_up(state: State, event: PoweredUp, given: Given) -> Facts:
    yield AcceptorIs(settled=False)


def _stop(state: State, want: Any, given: Given) -> Facts:
    payment = state.payment
    if payment is None:
        return
    if payment.credited or state.note_inside:
        yield StopAsked(True)
    else:
        yield PaymentAbandoned(payment.id, "customer_stopped")


def _go_on(state: State, want: GoOnPaying, given: Given) -> Facts:
    yield StopAsked(False)


def _stop_for_sure(state: State, stimulus: Any, given: Given) -> Facts:
    if state.payment is not None:
        yield StopDecided(state.payment.id)


ROWS = (
    Row(Held, _held_again, when=_has_note),
    Row(Held, _held),
    Row(Taken, _credit, when=_taken_as_meant),
    # Told again before found: where both would fit, the doubt only lasts longer; the other way a note counts twice.
    Row(Taken, _told_again, when=_is_told_again),
    Row(Taken, _found_in_box, when=_is_astray),
    Row(Taken, _doubtful_taken),
    Row(Returned, _returned, when=_has_note),
    Row(AtRest, at_rest),
    Row(Refused, _refused, CASH),
    Row(BoxFull, _obstacle),
    Row(Jammed, _obstacle),
    Row(Cheated, _obstacle),
    Row(Cleared, _cleared),
    Row(PoweredUp, _powered_up),
    Row(StopPaying, _stop, CASH),
    Row(Back, _stop, CASH),
    Row(GoOnPaying, _go_on, CASH),
    Row(StopForSure, _stop_for_sure, CASH),
    Row(TimeIsUp, _stop_for_sure, CASH, lambda s, up: up.delay is Delay.ABANDONED),
    Row(TimeIsUp, _away_with_note, when=lambda s, up: up.delay is Delay.NOTE_AWAY and s.note is not None),
)


# ---------------------------------------------------------------------------------------------------
# Commands


def _take(state: State, fact: NoteStacking) -> tuple[Command, ...]:
    return (TakeNote(fact.note),)


def _give_back(state: State, fact: NoteReturning) -> tuple[Command, ...]:
    return (GiveBackNote(fact.note),)


def _confirm(state: State, fact: NoteCredited | DoubtSettled | NoteToldAgain) -> tuple[Command, ...]:
    """Only where the device told it: what its counter showed waits for no acknowledgement."""
    told = isinstance(fact, NoteToldAgain) or fact.by == "device"
    return (ConfirmTaken(fact.note),) if told else ()


def _confirm_doubtful(state: State, fact: NoteDoubtful) -> tuple[Command, ...]:
    return (ConfirmTaken(fact.note),) if fact.in_box else ()


# ---------------------------------------------------------------------------------------------------
# Consequences


def _cash_is_done(state: State) -> bool:
    return any(_closes(state, p.id) for p in state.payments.values())


def _closes(state: State, payment_id: str) -> bool:
    """Paid in full, or stopped; and nothing of this payment is moving any more."""
    payment = state.payments[payment_id]
    inside = {note.payment for note in (state.note, state.train) if note is not None}
    moving = payment_id in inside or any(
        charge.payment == payment_id and charge.stage is not ChargeStage.NOT_SENT
        for charge in state.charges.values()
    )
    return not moving and (payment.stopping or bool(payment.credited and not payment.remaining))


def _close(state: State, given: Given) -> Facts:
    payment = next(p for p in state.payments.values() if _closes(state, p.id))
    if payment.credited:
        yield from papers.completed(state, payment, given)
    else:
        because = "cancelled_by_staff" if payment.cancelled else "stopped_without_money"
        yield PaymentAbandoned(payment.id, because)


COMMANDS: dict[type[Fact], Commander] = {
    NoteStacking: _take,
    NoteReturning: _give_back,
    NoteCredited: _confirm,
    NoteDoubtful: _confirm_doubtful,
    DoubtSettled: _confirm,
    NoteToldAgain: _confirm,
}
MACHINE = Machine(ROWS, EVOLVE, COMMANDS, (Consequence(_cash_is_done, _close),))
