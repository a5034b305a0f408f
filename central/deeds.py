"""What was done at a kiosk, by whom and how often, and how long people were kept: counted here from its records."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, Final

from kiosk import codec

NOBODY: Final = "-"
VISIT_TARGET_MS: Final = 120_000
CALL_TARGET_MS: Final = 180_000

Body = dict[str, Any]
DEEDS: Final[dict[str, tuple[str, Callable[[Body], bool]]]] = {  # kind of record → what was done, if it was
    "submission_blocked": ("blocked", lambda body: True),
    "day_opened": ("override", lambda body: bool(body.get("override"))),
    "amount_decided": ("approval", lambda body: bool(body.get("granted"))),
    "item_settled": ("correction", lambda body: True),
    "payment_cancelled": ("cancel", lambda body: True),
    "receipt_voided": ("void", lambda body: True),
    "print_started": ("reprint", lambda body: body.get("attempt", 1) > 1),
    "staff_called": ("call", lambda body: True),
    "call_answered": ("answer", lambda body: True),
    "opinion_given": ("opinion", lambda body: True),
    "sign_in_failed": ("sign_in_failed", lambda body: True),
    "exception_opened": ("exception", lambda body: True),
    "exception_closed": ("exception_closed", lambda body: True),
}
OF_A_CUSTOMER: Final = frozenset({"submission_blocked", "staff_called", "opinion_given", "exception_opened"})
_ALSO: Final = ("signed_in", "signed_out", "kiosk_started", "visit_closed")


def counted(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> dict[str, Any]:
    """`span`: kiosk, epoch, and the numbers of the closes before and after: `deeds`, `visits`, `unpaid`, `calls`."""
    signed_in = _who_closed(db, span)
    deeds: dict[str, dict[str, int]] = {}
    visits: list[int] = []
    unpaid: list[int] = []
    calls: list[int] = []
    for kind, body in _records(db, span):
        done = DEEDS.get(kind)
        if done is not None and done[1](body):
            person = _who(kind, body, signed_in)
            by_person = deeds.setdefault(done[0], {})
            by_person[person] = by_person.get(person, 0) + 1
        if kind == "signed_in":
            signed_in = str(body.get("person", ""))
        elif kind in ("signed_out", "kiosk_started"):
            signed_in = ""
        elif kind == "visit_closed" and body.get("lasted_ms") is not None:
            (visits if body.get("paid", True) else unpaid).append(int(body["lasted_ms"]))
        elif kind == "call_answered":
            calls.append(int(body["waited_ms"]))
    return {
        "deeds": deeds,
        "visits": times(visits, VISIT_TARGET_MS),
        "unpaid": times(unpaid, VISIT_TARGET_MS),
        "calls": times(calls, CALL_TARGET_MS),
    }


def _who(kind: str, body: Body, signed_in: str) -> str:
    if kind == "sign_in_failed":
        return str(body.get("person") or NOBODY)
    return NOBODY if kind in OF_A_CUSTOMER else str(body.get("by") or signed_in or NOBODY)


def _records(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> Iterator[tuple[str, Body]]:
    kinds = (*DEEDS, *_ALSO)
    rows = db.execute(
        "SELECT kind, body FROM record WHERE kiosk = ? AND epoch = ? AND seq > ? AND seq < ?"
        f" AND kind IN ({', '.join('?' * len(kinds))}) ORDER BY seq",
        (*span, *kinds),
    )
    for row in rows:
        try:
            body = codec.decode(row["body"], dict)
        except codec.Malformed:
            continue  # it is on the staff's list already
        yield row["kind"], body


def _who_closed(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> str:
    """Whoever made a close stays signed in after it."""
    row = db.execute(
        "SELECT body FROM record WHERE kiosk = ? AND epoch = ? AND seq = ? AND kind = 'day_closed'", span[:3]
    ).fetchone()
    return str(codec.decode(row["body"], dict).get("by", "")) if row is not None else ""


def times(durations_ms: list[int], target_ms: int) -> dict[str, int]:
    """The same names as `kiosk.facts.office.Times`: nine of ten took no longer than `p90_ms`."""
    count = len(durations_ms)
    if not count:
        return {"count": 0, "mean_ms": 0, "p90_ms": 0, "in_time": 0}
    nine_of_ten = sorted(durations_ms)[: (9 * count + 9) // 10]
    return {
        "count": count,
        "mean_ms": sum(durations_ms) // count,
        "p90_ms": nine_of_ten[-1],
        "in_time": len([ms for ms in durations_ms if ms <= target_ms]),
    }
