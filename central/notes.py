"""Records of notes → where each one is, and whose money it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from central import facts_read as f
from central import till
from central.pen import Pen

_NOTE = (
    "INSERT INTO note (kiosk, epoch, note, payment, value_fen, state, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (kiosk, note) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms,"
    " value_fen = excluded.value_fen"
)


def _note(pen: Pen, note: str, payment: str, value_fen: int | None, state: str) -> None:
    pen.run(_NOTE, pen.kiosk, pen.record.epoch, note, payment, value_fen, state, pen.record.wall_ms)


def _note_held(pen: Pen, fact: f.NoteHeld) -> None:
    pen.trace(fact.payment)
    _note(pen, fact.note, fact.payment, fact.value.fen, "held")


def _note_step(state: str) -> Callable[[Pen, f.NoteStep], None]:
    def step(pen: Pen, fact: f.NoteStep) -> None:
        row = pen.one("SELECT payment FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.note)
        if row is None:
            pen.problem("note_odd", fact.note, f"note {fact.note} is {state} but was never held")
            return
        pen.trace(row["payment"])
        pen.run(
            "UPDATE note SET state = ?, at_ms = ? WHERE kiosk = ? AND note = ?",
            state, pen.record.wall_ms, pen.kiosk, fact.note,
        )  # fmt: skip

    return step


def _credited(pen: Pen, fact: f.NoteCredited) -> None:
    pen.trace(fact.payment)
    row = pen.one("SELECT state FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.note)
    if row is not None and row["state"] == "credited":
        pen.problem("told_twice", fact.note, f"note {fact.note} was credited twice; booked once")
        return
    _note(pen, fact.note, fact.payment, fact.value.fen, "credited")
    till.put_in(pen, fact.note)
    pen.post(fact.payment, ("cash_box", str(fact.value.fen), fact.value), ("customer", "", -fact.value))


def _doubtful_note(pen: Pen, fact: f.NoteDoubtful) -> None:
    pen.trace(fact.payment)
    fen = None if fact.value is None else fact.value.fen
    _note(pen, fact.note, fact.payment, fen, "doubtful")
    if fact.in_box:
        till.put_in(pen, fact.note)
    if fact.value is not None:
        held = "cash_box" if fact.in_box else "in_question"
        pen.post(fact.payment, (held, str(fen), fact.value), ("doubtful", fact.note, -fact.value))
    amount = "unknown value" if fact.value is None else str(fact.value)
    pen.problem("doubtful", fact.note, f"note {fact.note}, {amount}: {fact.because}")


def _doubt_settled(pen: Pen, fact: f.DoubtSettled) -> None:
    """In the box it stays owed to whoever holds the claim slip; given back, nothing is owed for it."""
    row = pen.one("SELECT payment FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.note)
    payment = row["payment"] if row else ""
    pen.trace(payment)
    if fact.in_box:
        till.put_in(pen, fact.note)
    where = ("cash_box", str(fact.value.fen)) if fact.in_box else ("doubtful", fact.note)
    pen.post(payment, (*where, fact.value), ("in_question", str(fact.value.fen), -fact.value))
    found = "is in the box" if fact.in_box else "went back to the customer"
    pen.problem(
        "doubt_settled", fact.note, f"note {fact.note}, {fact.value}: it {found}; the slip can be settled"
    )


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "note_held": (f.NoteHeld, _note_held),
    "note_stacking": (f.NoteStep, _note_step("stacking")),
    "note_returning": (f.NoteStep, _note_step("returning")),
    "note_returned": (f.NoteStep, _note_step("returned")),
    "note_credited": (f.NoteCredited, _credited),
    "note_doubtful": (f.NoteDoubtful, _doubtful_note),
    "doubt_settled": (f.DoubtSettled, _doubt_settled),
}
