"""What was done at a kiosk, by whom, and how long people were kept: for each close, and since the last."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from central import totals
from central.office import desk
from central.office.access import reads
from central.office.models.follows import Day
from central.office.models.talkers import Kiosk
from central.office.till import SHOWN


@reads
def compliance(request: HttpRequest, kiosk: str) -> HttpResponse:
    found = get_object_or_404(Kiosk, id=kiosk)
    days = Day.objects.filter(kiosk=kiosk).exclude(report="").order_by("-epoch", "-day")[:SHOWN]
    rows = [{"name": day.report, "at_ms": day.closed_ms, **_shown(day.figures)} for day in days]
    now = desk.look(lambda db: totals.running(db, kiosk, found.epoch))
    return render(request, "office/compliance.html", {"kiosk": kiosk, "now": _kept(now), "days": rows})


def _shown(figures: str) -> dict[str, Any]:
    return _kept(msgspec.json.decode(figures))


def _kept(figures: dict[str, Any]) -> dict[str, Any]:
    """Days of before the counts were made have none."""
    none = {"count": 0, "in_time": 0, "mean_ms": 0, "p90_ms": 0}
    return {
        "deeds": sorted(figures.get("deeds", {}).items()),
        "visits": figures.get("visits", none),
        "unpaid": figures.get("unpaid", none),
        "calls": figures.get("calls", none),
    }
