"""The office's way to the ledger: what it changes goes through the one writer like everything else."""

from __future__ import annotations

import time
from typing import TypeVar

from central import exceptions, problems, visitors
from central.dock import enrolment
from central.ledger import Job, Ledger
from kiosk.identity import Signer

T = TypeVar("T")
_ledger: Ledger | None = None
_signer: Signer | None = None


def open_desk(ledger: Ledger, signer: Signer) -> None:
    global _ledger, _signer
    _ledger, _signer = ledger, signer


def _book() -> Ledger:
    if _ledger is None:
        raise RuntimeError("the office was started without the server (central.server.build)")
    return _ledger


def look(job: Job[T]) -> T:
    """A question in plain SQL."""
    return _book().look(job)


def issue_code(site: str, kiosk: str) -> str:
    """Raises LookupError when there is no such kiosk."""
    now_ms = time.time_ns() // 1_000_000
    return _book().submit(lambda db: enrolment.issue(db, site, kiosk, now_ms)).result()


def answer_call(kiosk: str, call: str, by: str) -> None:
    now_ms = time.time_ns() // 1_000_000
    _book().submit(lambda db: visitors.answer(db, kiosk, call, by, now_ms)).result()


def contact(kiosk: str, number: str) -> str:
    """The telephone number that somebody left with an opinion that is not answered yet; empty: none, or answered."""
    sealed = look(lambda db: visitors.sealed_contact(db, kiosk, number))
    return _signer.opened(sealed) if sealed and _signer is not None else ""


def close_exception(kiosk: str, number: str, cause: str, by: str) -> bool:
    """False: it was closed meanwhile, or this is none of its causes."""
    now_ms = time.time_ns() // 1_000_000
    return _book().submit(lambda db: exceptions.close(db, kiosk, number, cause, by, now_ms)).result()


def close_found(problem: int, cause: str, by: str) -> bool:
    now_ms = time.time_ns() // 1_000_000
    return _book().submit(lambda db: exceptions.close_found(db, problem, cause, by, now_ms)).result()


def settle_problem(problem: int, by: str) -> None:
    now_ms = time.time_ns() // 1_000_000
    _book().submit(lambda db: problems.settle(db, problem, by, now_ms)).result()
