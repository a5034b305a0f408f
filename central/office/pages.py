"""Overview, one kiosk, what is to do, customers."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from central import owed
from central.exceptions import OF_THE_JOURNAL
from central.office import checkups, desk
from central.office.access import language, reads, writes
from central.office.models.follows import Payment
from central.office.models.owed import Fee
from central.office.models.talkers import Kiosk, KioskKey
from central.office.models.told import ForkRecord, Head, Problem, Quarantined
from central.office.words import LANGUAGES
from central.totals import totals

SILENT_AFTER_MS: Final = 5 * 60 * 1000  # a kiosk beats about every minute
PER_PAGE: Final = 50
FORK_RECORDS_SHOWN: Final = 200
LANGUAGE_COOKIE_S: Final = 365 * 24 * 3600


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _today_ms() -> int:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return int(start.timestamp() * 1000)


def _devices(text: str) -> list[dict[str, str]]:
    devices: list[dict[str, str]] = msgspec.json.decode(text)
    return devices


def _face(kiosk: Kiosk, now_ms: int, open_problems: int) -> dict[str, Any]:
    """What the overview says about one kiosk."""
    devices = _devices(kiosk.devices)
    heads = list(Head.objects.filter(kiosk=kiosk.id).order_by("epoch"))
    current = next((head for head in heads if head.epoch == kiosk.epoch), None)
    held = current.seq if current else 0
    state = "new" if not kiosk.beat_ms else "online"
    if kiosk.beat_ms and now_ms - kiosk.last_seen_ms > SILENT_AFTER_MS:
        state = "silent"
    return {
        "kiosk": kiosk,
        "state": state,
        "held": held,
        "lag": max(kiosk.beat_head_seq - held, 0),
        "devices": devices,
        "ill": [device for device in devices if device.get("state") != "ok"],
        "forked": any(head.forked for head in heads),
        "problems": open_problems,
        "heads": heads,
    }


def _open_by_kiosk() -> dict[str, int]:
    rows = Problem.objects.filter(settled_ms=0).values("kiosk").annotate(n=Count("id"))
    return {row["kiosk"]: row["n"] for row in rows}


@reads
def dashboard(request: HttpRequest) -> HttpResponse:
    now_ms, problems_of = _now_ms(), _open_by_kiosk()
    faces = [_face(kiosk, now_ms, problems_of.get(kiosk.id, 0)) for kiosk in Kiosk.objects.order_by("id")]
    today = Payment.objects.filter(ended_ms__gte=_today_ms(), state__in=("paid", "part_paid"))
    return render(
        request,
        "office/dashboard.html",
        {
            "faces": faces,
            "online": sum(face["state"] == "online" for face in faces),
            "today": today.count(),
            "today_fen": today.aggregate(fen=Sum("paid_fen"))["fen"] or 0,
            "open_problems": sum(problems_of.values()),
            "latest": Payment.objects.exclude(state="abandoned").order_by("-started_ms")[:8],
            "fee_names": fee_names(request),
        },
    )


@reads
def kiosk(request: HttpRequest, kiosk: str) -> HttpResponse:
    found = get_object_or_404(Kiosk, id=kiosk)
    return render(
        request,
        "office/kiosk.html",
        {
            "face": _face(found, _now_ms(), _open_by_kiosk().get(kiosk, 0)),
            "keys": KioskKey.objects.filter(kiosk=kiosk).order_by("-epoch"),
            "sums": desk.look(totals)[kiosk],
            "forks": ForkRecord.objects.filter(kiosk=kiosk).order_by("epoch", "seq")[:FORK_RECORDS_SHOWN],
            "checkups": checkups.of(kiosk),
            "quarantine": Quarantined.objects.filter(kiosk=kiosk).order_by("-last_ms").defer("raw"),
            "fee_names": fee_names(request),
        },
    )


@reads
def problems(request: HttpRequest) -> HttpResponse:
    show_all = request.GET.get("show") == "all"
    rows = Problem.objects.order_by("settled_ms", "-at_ms")
    if not show_all:
        rows = rows.filter(settled_ms=0)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "office/problems.html",
        {"page": page, "show_all": show_all, "of_the_journal": OF_THE_JOURNAL},
    )


@writes("settle_problem")
def settle(request: HttpRequest, problem: int) -> HttpResponse:
    if Problem.objects.filter(id=problem, kind__in=OF_THE_JOURNAL).exists():
        return HttpResponseRedirect("/exceptions")  # it takes a cause
    desk.settle_problem(problem, request.user.get_username())
    return HttpResponseRedirect("/problems")


@reads
def customers(request: HttpRequest) -> HttpResponse:
    """Masked, as at the kiosk: to find an account one types its number."""
    fee, account = request.GET.get("fee", ""), request.GET.get("account", "").strip()
    rows = [
        owing
        for owing in desk.look(lambda db: list(owed.of_all(db)))
        if (not fee or owing.fee == fee) and (not account or owing.customer.account == account)
    ]
    return render(
        request,
        "office/customers.html",
        {
            "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "fees": Fee.objects.order_by("place"),
            "fee_names": fee_names(request),
            "fee": fee,
            "account": account,
            "now_ms": _now_ms(),
        },
    )


@writes("enrol_kiosk")
def enrolment_code(request: HttpRequest) -> HttpResponse:
    site = request.POST.get("site", "").strip() or "lobby"
    try:
        code = desk.issue_code(site, request.POST.get("kiosk", "").strip())
    except LookupError as error:
        return render(request, "office/code.html", {"problem": str(error)}, status=400)
    return render(request, "office/code.html", {"code": code, "site": site})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    answer = HttpResponseRedirect(back)
    chosen = request.POST.get("to", LANGUAGES[0])
    answer.set_cookie(
        "language", chosen if chosen in LANGUAGES else LANGUAGES[0], max_age=LANGUAGE_COOKIE_S, samesite="Lax"
    )
    return answer


def fee_names(request: HttpRequest) -> dict[str, str]:
    column = "name" if language(request) == "zh" else "name_en"
    return dict(Fee.objects.values_list("code", column))
