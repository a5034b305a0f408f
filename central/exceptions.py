"""What is out of the ordinary at the kiosks: whose it is, until when, and why it was closed.

From their records; and what only the server can find, because a kiosk whose journal is broken writes none: those
stand among the problems and keep the rule of the kind `journal`. Both are closed here with a cause as well. A
closing of a kiosk's own is told to it and counts when the kiosk has written it: its journal says who was first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from central import facts_read as f
from central import problems
from central.pen import Pen
from kiosk import codec
from kiosk.parcels import Closing
from kiosk.rules.exceptions import ExceptionKind, ExceptionRule
from kiosk.rules.load import read
from kiosk.rules.office import OfficeFile

RULES_FILE: Final = Path(__file__).resolve().parents[1] / "config" / "office.toml"
OF_THE_JOURNAL: Final = ("journal_broken", "journal_parted", "fork", "broken_batch")  # kinds of problems


def _opened(pen: Pen, fact: f.ExceptionOpened) -> None:
    pen.run(
        "INSERT INTO exception (kiosk, epoch, number, kind, subject, detail, severity, roles, causes,"
        " opened_ms, due_ms, closed_ms, cause, closed_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '') ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.exception, fact.exception_kind, fact.subject, fact.detail, fact.severity,
        codec.encode(fact.roles).decode(), codec.encode(fact.causes).decode(), fact.opened_ms, fact.due_ms,
    )  # fmt: skip


def _closed(pen: Pen, fact: f.ExceptionClosed) -> None:
    """A complaint that is closed is answered: it leaves the list, and the time of its telephone number begins."""
    pen.run(
        "UPDATE exception SET closed_ms = ?, cause = ?, closed_by = ? WHERE kiosk = ? AND number = ? AND closed_ms = 0",
        fact.closed_ms, fact.cause, fact.by, pen.kiosk, fact.exception,
    )  # fmt: skip
    row = pen.one(
        "SELECT kind, subject FROM exception WHERE kiosk = ? AND number = ?", pen.kiosk, fact.exception
    )
    if row is not None and row["kind"] == ExceptionKind.COMPLAINT.value:
        pen.settle_problems(row["subject"], fact.by)


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "exception_opened": (f.ExceptionOpened, _opened),
    "exception_closed": (f.ExceptionClosed, _closed),
}


@cache
def journal_rule() -> ExceptionRule:
    """Raises kiosk.rules.load.BadConfiguration."""
    return read(RULES_FILE, OfficeFile).rule(ExceptionKind.JOURNAL)


def close(db: sqlite3.Connection, kiosk: str, number: str, cause: str, by: str, now_ms: int) -> bool:
    """False: it is not open, or this is none of its causes. Of two in the office the first one counts."""
    row = db.execute(
        "SELECT causes FROM exception WHERE kiosk = ? AND number = ? AND closed_ms = 0", (kiosk, number)
    ).fetchone()
    if row is None or cause not in codec.decode(row["causes"], tuple[str, ...]):
        return False
    done = db.execute(
        "INSERT INTO exception_closing (kiosk, number, cause, closed_by, at_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (kiosk, number, cause, by, now_ms),
    )
    return bool(done.rowcount)


def close_found(db: sqlite3.Connection, problem: int, cause: str, by: str, now_ms: int) -> bool:
    """The same for what the server found itself: closed at once."""
    if cause not in journal_rule().causes:
        return False
    return problems.settle(db, problem, by, now_ms, cause)


def closings(db: sqlite3.Connection, kiosk: str) -> tuple[Closing, ...]:
    """What the kiosk has not written yet."""
    rows = db.execute(
        "SELECT c.number, c.cause, c.closed_by FROM exception_closing c JOIN exception e USING (kiosk, number)"
        " WHERE c.kiosk = ? AND e.closed_ms = 0 ORDER BY c.id",
        (kiosk,),
    )
    return tuple(Closing(row["number"], row["cause"], row["closed_by"]) for row in rows)
