"""People in front of a kiosk: who waits for staff and how long, what they thought of it, what they had to say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Final

from central import facts_read as f
from central.pen import Pen
from kiosk.identity import sealed_digest
from kiosk.parcels import LeaveContact


def _called(pen: Pen, fact: f.StaffCalled) -> None:
    pen.run(
        "INSERT INTO staff_call (kiosk, epoch, call, called_ms, place, because, waited_ms, answered_by, ended_ms,"
        " ended_by) VALUES (?, ?, ?, ?, ?, ?, NULL, '', 0, '') ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.call, fact.called_ms, fact.where, fact.because,
    )  # fmt: skip


def _answered(pen: Pen, fact: f.CallAnswered) -> None:
    pen.run(
        "UPDATE staff_call SET waited_ms = ?, answered_by = ? WHERE kiosk = ? AND call = ?",
        fact.waited_ms, fact.by, pen.kiosk, fact.call,
    )  # fmt: skip


def _ended(pen: Pen, fact: f.CallEnded) -> None:
    pen.run(
        "UPDATE staff_call SET ended_ms = ?, ended_by = ? WHERE kiosk = ? AND call = ?",
        pen.record.wall_ms, fact.by, pen.kiosk, fact.call,
    )  # fmt: skip


def _rated(pen: Pen, fact: f.VisitRated) -> None:
    pen.run(
        "INSERT INTO rating (kiosk, epoch, visit, rating, at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.visit, fact.rating, pen.record.wall_ms,
    )  # fmt: skip


def _opinion(pen: Pen, fact: f.OpinionGiven) -> None:
    """One line on the staff's list for each; it is settled there like everything else."""
    pen.run(
        "INSERT INTO opinion (kiosk, epoch, number, visit, topic, topic_name, contact_digest, at_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.case, fact.visit, fact.topic, fact.topic_name, fact.contact_digest,
        pen.record.wall_ms,
    )  # fmt: skip
    pen.problem("opinion", fact.case, f"{fact.case}: {fact.topic_name or fact.topic}")


def _decided(pen: Pen, fact: f.AmountDecided) -> None:
    pen.run(
        "INSERT INTO approval (kiosk, epoch, visit, bill, amount_fen, granted, decided_by, reason, at_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        pen.kiosk, pen.record.epoch, fact.visit, fact.bill, fact.amount.fen, fact.granted, fact.by, fact.reason,
        pen.record.wall_ms,
    )  # fmt: skip


def _blocked(pen: Pen, fact: f.SubmissionBlocked) -> None:
    pen.run(
        "INSERT INTO blocked (kiosk, epoch, seq, visit, fee, because, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, pen.record.seq, fact.visit, fact.fee, fact.because, pen.record.wall_ms,
    )  # fmt: skip


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "amount_decided": (f.AmountDecided, _decided),
    "submission_blocked": (f.SubmissionBlocked, _blocked),
    "staff_called": (f.StaffCalled, _called),
    "call_answered": (f.CallAnswered, _answered),
    "call_ended": (f.CallEnded, _ended),
    "visit_rated": (f.VisitRated, _rated),
    "opinion_given": (f.OpinionGiven, _opinion),
}


def answer(db: sqlite3.Connection, kiosk: str, call: str, by: str, now_ms: int) -> None:
    """The first who says so is on the way."""
    db.execute(
        "INSERT INTO call_answer (kiosk, call, answered_by, at_ms)"
        " SELECT kiosk, call, ?, ? FROM staff_call WHERE kiosk = ? AND call = ? AND ended_ms = 0"
        " ON CONFLICT DO NOTHING",
        (by, now_ms, kiosk, call),
    )


def answered(db: sqlite3.Connection, kiosk: str) -> tuple[str, str]:
    """Call and name, while the kiosk has not written yet that it heard so; two empty texts: none."""
    row = db.execute(
        "SELECT a.call, a.answered_by FROM call_answer a JOIN staff_call c ON c.kiosk = a.kiosk AND c.call = a.call"
        " WHERE a.kiosk = ? AND c.ended_ms = 0 AND c.waited_ms IS NULL ORDER BY a.at_ms DESC LIMIT 1",
        (kiosk,),
    ).fetchone()
    return (row["call"], row["answered_by"]) if row is not None else ("", "")


def leave_contact(db: sqlite3.Connection, kiosk: str, ask: LeaveContact, now_ms: int) -> bool:
    """False: no opinion that is here names this number. A repeat changes nothing."""
    named = db.execute(
        "SELECT 1 FROM opinion WHERE kiosk = ? AND contact_digest = ?", (kiosk, ask.digest)
    ).fetchone()
    if named is None or sealed_digest(ask.sealed) != ask.digest:
        return False
    db.execute(
        "INSERT INTO contact (kiosk, digest, sealed, came_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (kiosk, ask.digest, ask.sealed, now_ms),
    )
    return True


def sealed_contact(db: sqlite3.Connection, kiosk: str, number: str) -> str:
    """Hex, only as long as the opinion is on the staff's list: whoever was answered is not called again."""
    row = db.execute(
        "SELECT c.sealed FROM opinion o JOIN problem p ON p.kiosk = o.kiosk AND p.subject = o.number"
        " JOIN contact c ON c.kiosk = o.kiosk AND c.digest = o.contact_digest"
        " WHERE o.kiosk = ? AND o.number = ? AND p.kind = 'opinion' AND p.settled_ms = 0",
        (kiosk, number),
    ).fetchone()
    return str(row["sealed"]) if row is not None else ""
