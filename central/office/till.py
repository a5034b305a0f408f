"""What came out of a kiosk's boxes, and its days: lists with their differences."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from central import day_csv, numbers
from central.office import day_sheet, desk
from central.office.access import language, reads
from central.office.models.follows import Box, Collection, Day, Handover
from central.office.models.talkers import Kiosk
from central.office.pages import fee_names
from central.office.templatetags.office import moment
from central.office.words import word

SHOWN: Final = 100  # newest first; older ones are asked for by the totals of the records


def _read(row: Model, *fields: str) -> dict[str, Any]:
    return {"row": row, **{field: msgspec.json.decode(getattr(row, field)) for field in fields}}


@reads
def till(request: HttpRequest, kiosk: str) -> HttpResponse:
    get_object_or_404(Kiosk, id=kiosk)
    boxes = Box.objects.filter(kiosk=kiosk).order_by("-epoch", "-box")[:SHOWN]
    collections = Collection.objects.filter(kiosk=kiosk).order_by("-epoch", "-at_ms", "-number")[:SHOWN]
    days = Day.objects.filter(kiosk=kiosk).order_by("-epoch", "-day")[:SHOWN]
    handovers = Handover.objects.filter(kiosk=kiosk).order_by("-epoch", "-at_ms", "-number")[:SHOWN]
    return render(
        request,
        "office/till.html",
        {
            "kiosk": kiosk,
            "boxes": [_read(box, "notes") for box in boxes],
            "collections": [_read(found, "boxes", "expected", "counted") for found in collections],
            "handovers": [_read(found, "collections") for found in handovers],
            "days": [_read(day, "figures") for day in days],
            "numbers": desk.look(lambda db: numbers.standing(db, kiosk)),
            "fee_names": fee_names(request),
        },
    )


@reads
def one_day(request: HttpRequest, kiosk: str, report: str) -> HttpResponse:
    """All figures of one close, to read and to print."""
    day = get_object_or_404(Day, kiosk=kiosk, report=report)
    lacking = desk.look(lambda db: day_csv.not_uploaded(db, kiosk))
    lines = _lines(day, lacking, request)
    return render(request, "office/day.html", {"kiosk": kiosk, "day": day, "lines": lines})


@reads
def days_csv(request: HttpRequest, kiosk: str) -> HttpResponse:
    """Every close in words, oldest first, as a spreadsheet opens it."""
    get_object_or_404(Kiosk, id=kiosk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kiosk}-days.csv"'
    days = Day.objects.filter(kiosk=kiosk).exclude(report="").order_by("epoch", "day")
    say, lacking = language(request), desk.look(lambda db: day_csv.not_uploaded(db, kiosk))
    rows = [
        (
            (
                kiosk, str(day.day), day.report, moment(day.opened_ms), moment(day.closed_ms), day.closed_by,
                word("late", say) if day.late else "",
            ),
            _lines(day, lacking, request),
        )
        for day in days
    ]  # fmt: skip
    day_sheet.write(rows, say, answer)
    return answer


def _lines(day: Day, lacking: dict[str, int], request: HttpRequest) -> list[day_sheet.Line]:
    figures = msgspec.json.decode(day.figures) | {"not_uploaded": lacking.get(day.report, 0)}
    return list(day_sheet.lines(figures, fee_names(request), language(request)))
