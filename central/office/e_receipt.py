"""Public: the e-receipt behind a receipt's QR code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central import e_receipt
from central.office import desk


def shown(request: HttpRequest) -> HttpResponse:
    found = desk.look(lambda db: e_receipt.look_up(db, request.GET.get("c", "")))
    status = 200 if found.verdict in ("good", "void", "not_here") else 404
    return render(request, "office/e_receipt.html", {"found": found}, status=status)
