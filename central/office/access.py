"""Who may see the office. In the sandbox everybody on this machine may read; nobody may write unsigned."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

from central.office.words import LANGUAGES, word

View = Callable[..., HttpResponse]


def language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("language", "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def open_to_all(request: HttpRequest) -> bool:
    """The sandbox's open door: only a direct connection from this machine, none that a proxy handed on."""
    if not settings.SANDBOX or "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def may(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.is_active and request.user.has_perm(f"office.{permission}"))


def reads(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if may(request, "see_office") or open_to_all(request):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            return HttpResponseForbidden(word("no_permission", language(request)))
        return redirect_to_login(request.get_full_path())

    return guarded


def writes(permission: str) -> Callable[[View], View]:
    """POST by somebody who is signed in and has the permission."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.method != "POST" or not may(request, permission):
                return HttpResponseForbidden(word("no_permission", language(request)))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """For every template."""
    chosen = language(request)
    return {
        "user": request.user,
        "path": request.path,
        "full_path": request.get_full_path(),
        "lang": chosen,
        "other_lang": next(name for name in LANGUAGES if name != chosen),
        "unsigned": not request.user.is_authenticated and open_to_all(request),
        "may_enrol": may(request, "enrol_kiosk"),
        "may_settle": may(request, "settle_problem"),
    }
