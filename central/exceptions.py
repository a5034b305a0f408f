"""What is out of the ordinary at the kiosks, from their records: whose it is, until when, and why it was closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from central import facts_read as f
from central.pen import Pen
from kiosk import codec


def _opened(pen: Pen, fact: f.ExceptionOpened) -> None:
    pen.run(
        "INSERT INTO exception (kiosk, epoch, number, kind, subject, detail, severity, roles, opened_ms, due_ms,"
        " closed_ms, cause, closed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '') ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.exception, fact.exception_kind, fact.subject, fact.detail, fact.severity,
        codec.encode(fact.roles).decode(), fact.opened_ms, fact.due_ms,
    )  # fmt: skip


def _closed(pen: Pen, fact: f.ExceptionClosed) -> None:
    pen.run(
        "UPDATE exception SET closed_ms = ?, cause = ?, closed_by = ? WHERE kiosk = ? AND number = ? AND closed_ms = 0",
        fact.closed_ms, fact.cause, fact.by, pen.kiosk, fact.exception,
    )  # fmt: skip


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "exception_opened": (f.ExceptionOpened, _opened),
    "exception_closed": (f.ExceptionClosed, _closed),
}
