"""What is out of the ordinary: open ones first, the one that is due first at the top. Closed here with a cause, or at
the kiosk; what the server itself found of a journal only here."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.exceptions import OF_THE_JOURNAL, journal_rule
from central.office import desk
from central.office.access import language, reads, writes
from central.office.models.follows import Exceptional
from central.office.models.told import ExceptionClosing, Problem
from central.office.words import detail, named, word
from kiosk.rules.exceptions import ExceptionKind

SHOWN: Final = 100  # of the closed ones, newest first
MINUTE_MS: Final = 60_000
ID_CHARS: Final = 36  # of a note or a charge: its slip says more to a person
Row = dict[str, Any]


def _of_kiosk(found: Exceptional, said: ExceptionClosing | None, say: str) -> Row:
    """`said`: what somebody in the office wrote, which counts once the kiosk has written it too."""
    return {
        "kiosk": found.kiosk,
        "number": found.number,
        "kind": found.kind,
        "about": _about(found, say),
        "severity": found.severity,
        "roles": msgspec.json.decode(found.roles),
        "causes": [] if said else msgspec.json.decode(found.causes),
        "opened_ms": found.opened_ms,
        "due_ms": found.due_ms,
        "closed_ms": found.closed_ms,
        "cause": found.cause,
        "closed_by": found.closed_by,
        "said": said,
        "said_else": said is not None and bool(found.closed_ms) and not found.closed_by.startswith("office:"),
    }


def _about(found: Exceptional, say: str) -> str:
    """In words, as far as there are any: of devices, doors, the clock, and why money is in doubt."""
    if found.kind == ExceptionKind.DAY.value:
        return f"{word('sheet_day_number', say)}: {found.subject}"
    subject = "" if len(found.subject) == ID_CHARS else named(found.subject, "about_", say)
    head, _, rest = found.detail.partition(" ")
    told = rest if subject.endswith(head) else found.detail  # the slip of a difference is its number
    why = " ".join(named(part, "why_", say) for part in told.split(" "))
    return f"{subject} {why}".strip()


def _of_journal(found: Problem, say: str) -> Row:
    rule = journal_rule()
    return {
        "kiosk": found.kiosk,
        "number": f"#{found.id}",
        "problem": found.id,
        "kind": rule.kind.value,
        "what": found.kind,
        "about": detail(found.detail, say),
        "severity": rule.severity.value,
        "roles": list(rule.roles),
        "causes": list(rule.causes),
        "opened_ms": found.at_ms,
        "due_ms": found.at_ms + rule.limit_minutes * MINUTE_MS,
        "closed_ms": found.settled_ms,
        "cause": found.cause,
        "closed_by": found.settled_by,
    }


def _rows(closed: bool, say: str) -> list[Row]:
    said = {(one.kiosk, one.number): one for one in ExceptionClosing.objects.all()}
    of_kiosks, of_journals = Exceptional.objects.all(), Problem.objects.filter(kind__in=OF_THE_JOURNAL)
    if closed:
        of_kiosks = of_kiosks.exclude(closed_ms=0).order_by("-closed_ms")[:SHOWN]
        of_journals = of_journals.exclude(settled_ms=0).order_by("-settled_ms")[:SHOWN]
    else:
        of_kiosks, of_journals = of_kiosks.filter(closed_ms=0), of_journals.filter(settled_ms=0)
    rows = [_of_kiosk(one, said.get((one.kiosk, one.number)), say) for one in of_kiosks]
    return rows + [_of_journal(one, say) for one in of_journals]


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    now_ms, say = time.time_ns() // 1_000_000, language(request)
    open_ones = sorted(_rows(closed=False, say=say), key=lambda row: int(row["due_ms"]))
    closed = sorted(_rows(closed=True, say=say), key=lambda row: -int(row["closed_ms"]))[:SHOWN]
    for row in (*open_ones, *closed):
        row["late"] = (row["closed_ms"] or now_ms) > row["due_ms"]
    late = sum(row["late"] for row in open_ones)
    return render(
        request,
        "office/exceptions.html",
        {"open": open_ones, "closed": closed, "late": late, "problem": problem},
    )


@reads
def exceptions(request: HttpRequest) -> HttpResponse:
    return _page(request)


@writes("settle_problem")
def close(request: HttpRequest, kiosk: str, number: str) -> HttpResponse:
    done = desk.close_exception(kiosk, number, request.POST.get("cause", ""), request.user.get_username())
    return _page(request, "" if done else "not_closed")


@writes("settle_problem")
def close_found(request: HttpRequest, problem: int) -> HttpResponse:
    done = desk.close_found(problem, request.POST.get("cause", ""), request.user.get_username())
    return _page(request, "" if done else "not_closed")
