"""What is out of the ordinary: open ones first, the one that is due first at the top."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.office.access import reads
from central.office.models.follows import Exceptional

SHOWN: Final = 100  # of the closed ones, newest first


def _row(found: Exceptional, now_ms: int) -> dict[str, Any]:
    late = now_ms if not found.closed_ms else found.closed_ms
    return {"row": found, "roles": msgspec.json.decode(found.roles), "late": late > found.due_ms}


@reads
def exceptions(request: HttpRequest) -> HttpResponse:
    now_ms = time.time_ns() // 1_000_000
    open_ones = Exceptional.objects.filter(closed_ms=0).order_by("due_ms")
    closed = Exceptional.objects.exclude(closed_ms=0).order_by("-closed_ms")[:SHOWN]
    return render(
        request,
        "office/exceptions.html",
        {"open": [_row(one, now_ms) for one in open_ones], "closed": [_row(one, now_ms) for one in closed]},
    )
