"""How long personal data is kept, how much of it would go now, and who let go of how much."""

from __future__ import annotations

import time
from typing import Final

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central import purge
from central.office import desk
from central.office.access import reads
from central.office.models.told import Purge

SHOWN: Final = 50  # runs, newest first


@reads
def retention(request: HttpRequest) -> HttpResponse:
    rules, now_ms = purge.rules(settings.STATE), time.time_ns() // 1_000_000
    due = desk.look(lambda db: purge.due(db, rules, now_ms))
    runs = [
        {"row": run, "counts": sorted(msgspec.json.decode(run.counts).items())}
        for run in Purge.objects.order_by("-id")[:SHOWN]
    ]
    days = [(name, getattr(rules, name)) for name in rules.__struct_fields__]
    return render(request, "office/retention.html", {"days": days, "due": due.items(), "runs": runs})
