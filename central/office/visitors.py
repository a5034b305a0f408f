"""Who waits at which kiosk, how long people waited for an answer, and what they thought of their visit."""

from __future__ import annotations

import time
from typing import Any, Final

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from central.office import desk
from central.office.access import reads, writes
from central.office.models.follows import Approval, Opinion, Rating, StaffCall
from central.office.models.told import CallAnswer, Contact, Problem

SHOWN: Final = 100  # newest first
RATINGS: Final = ("very_good", "good", "fair", "bad")
SERIOUS_MS: Final = 180_000  # after three minutes alone a person has walked away


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def waiting(now_ms: int) -> list[dict[str, Any]]:
    """Open calls, the longest first."""
    answers = {(a.kiosk, a.call): a.answered_by for a in CallAnswer.objects.all()}
    return [
        {
            "call": call,
            "seconds": max(0, now_ms - call.called_ms) // 1000,
            "coming": call.answered_by or answers.get((call.kiosk, call.call), ""),
            "serious": now_ms - call.called_ms > SERIOUS_MS,
        }
        for call in StaffCall.objects.filter(ended_ms=0).order_by("called_ms")
    ]


def _answer_times() -> dict[str, int]:
    """Seconds until somebody answered: how many, mean, and the nine of ten."""
    waits = sorted(StaffCall.objects.exclude(waited_ms=None).values_list("waited_ms", flat=True))
    if not waits:
        return {"count": 0, "mean": 0, "p90": 0}
    p90 = waits[min(len(waits) - 1, -(-len(waits) * 9 // 10) - 1)]
    return {"count": len(waits), "mean": sum(waits) // len(waits) // 1000, "p90": p90 // 1000}


@reads
def visitors(request: HttpRequest) -> HttpResponse:
    return _page(request, {})


@writes("settle_problem")
def contact(request: HttpRequest, kiosk: str, number: str) -> HttpResponse:
    """Opened for whoever answers it, on this one page; nothing keeps it in the clear."""
    return _page(request, {"opened": number, "phone": desk.contact(kiosk, number)})


def _page(request: HttpRequest, more: dict[str, str]) -> HttpResponse:
    given = {row["rating"]: row["n"] for row in Rating.objects.values("rating").annotate(n=Count("id"))}
    opened = {(p.kiosk, p.subject): p for p in Problem.objects.filter(kind="opinion")}
    opinions = Opinion.objects.order_by("-at_ms")[:SHOWN]
    kept = set(Contact.objects.values_list("kiosk", "digest"))
    return render(
        request,
        "office/visitors.html",
        {
            "waiting": waiting(_now_ms()),
            "answer_times": _answer_times(),
            "unanswered": StaffCall.objects.filter(waited_ms=None).exclude(ended_ms=0).count(),
            "ratings": [(name, given.get(name, 0)) for name in RATINGS],
            "approvals": Approval.objects.order_by("-at_ms")[:SHOWN],
            **more,
            "opinions": [
                (one, opened.get((one.kiosk, one.number)), (one.kiosk, one.contact_digest) in kept)
                for one in opinions
            ],
        },
    )


@writes("settle_problem")
def answer(request: HttpRequest, kiosk: str, call: str) -> HttpResponse:
    desk.answer_call(kiosk, call, request.user.get_username())
    return HttpResponseRedirect("/visitors")
