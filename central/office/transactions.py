"""Payments: the list with its filters, and everything that is known of one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from central.office.access import reads
from central.office.models.follows import Note, Paper, Payment, Posting, Settlement, Trace
from central.office.models.owed import Charge
from central.office.models.talkers import Kiosk
from central.office.models.told import Problem, Record
from central.office.pages import PER_PAGE, fee_names

DAY_MS: Final = 24 * 3600 * 1000
STATES: Final = ("open", "paid", "part_paid", "abandoned")
TENDERS: Final = ("cash", "code", "card")
FILTERS: Final = ("kiosk", "fee", "state", "tender")


def _day_ms(text: str) -> int | None:
    """Start of a day at the site; None for what is no date."""
    try:
        start = timezone.make_aware(datetime.strptime(text, "%Y-%m-%d"))
    except ValueError:
        return None
    return int(start.timestamp() * 1000)


@reads
def listing(request: HttpRequest) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    rows = Payment.objects.filter(**{name: value for name, value in chosen.items() if value})
    day = request.GET.get("day", "")
    start = _day_ms(day)
    if start is not None:
        rows = rows.filter(started_ms__gte=start, started_ms__lt=start + DAY_MS)
    text = request.GET.get("q", "").strip()
    if text:
        by_paper = Paper.objects.filter(number=text).values("payment")
        rows = rows.filter(Q(bill=text) | Q(account=text) | Q(payment=text) | Q(payment__in=by_paper))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "office/transactions.html",
        {
            "page": Paginator(rows.order_by("-started_ms"), PER_PAGE).get_page(request.GET.get("page")),
            "query": query.urlencode(),
            "chosen": chosen,
            "day": day,
            "text": text,
            "kiosks": Kiosk.objects.order_by("id").values_list("id", flat=True),
            "fee_names": fee_names(request),
            "states": STATES,
            "tenders": TENDERS,
        },
    )


@reads
def detail(request: HttpRequest, kiosk: str, payment: str) -> HttpResponse:
    found = get_object_or_404(Payment, kiosk=kiosk, payment=payment)
    mine = {"kiosk": kiosk, "payment": payment}
    places = Q(pk__in=())
    for epoch, seq in Trace.objects.filter(**mine).values_list("epoch", "seq"):
        places |= Q(epoch=epoch, seq=seq)
    notes = list(Note.objects.filter(**mine).order_by("at_ms"))
    papers = list(Paper.objects.filter(**mine).order_by("at_ms"))
    charges = list(Charge.objects.filter(**mine).order_by("asked_ms"))
    subjects = [payment, *(n.note for n in notes), *(p.number for p in papers), *(c.id for c in charges)]
    return render(
        request,
        "office/transaction.html",
        {
            "payment": found,
            "notes": notes,
            "papers": papers,
            "charges": charges,
            "settled": Settlement.objects.filter(**mine),
            "postings": Posting.objects.filter(**mine).order_by("epoch", "seq", "leg"),
            "records": Record.objects.filter(places, kiosk=kiosk).order_by("epoch", "seq"),
            "problems": Problem.objects.filter(kiosk=kiosk, subject__in=subjects).order_by("at_ms"),
            "fee_names": fee_names(request),
        },
    )
