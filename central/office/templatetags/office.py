"""Template tags: words, money, times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import timezone

from central.office import day_sheet, words
from central.office.words import word
from kiosk.money import Money

register = template.Library()


@register.simple_tag(takes_context=True)
def w(context: dict[str, Any], key: str, prefix: str = "") -> str:
    """The word for a key; `prefix` puts a family before it, as in state_ and problem_."""
    return word(prefix + str(key), context["lang"])


@register.simple_tag(takes_context=True)
def named(context: dict[str, Any], name: str, family: str) -> str:
    """The word for a device, its trouble, a reason; the name itself where there is none."""
    return words.named(name, family, context["lang"])


@register.simple_tag(takes_context=True)
def told(context: dict[str, Any], detail: str) -> str:
    """What a line of the office's list is about, in the words of the page."""
    return words.detail(detail, context["lang"])


@register.filter
def yuan(fen: int | None) -> str:
    return "—" if fen is None else Money(int(fen)).figures


@register.filter
def by_worth(notes: dict[str, int]) -> list[tuple[int, int]]:
    return day_sheet.by_worth(notes)


@register.filter
def seconds(ms: int) -> int:
    return ms // 1000


@register.filter
def minus(fen: int) -> int:
    return -fen


@register.filter
def moment(ms: int) -> str:
    """Site time, to the second."""
    if not ms:
        return "—"
    return timezone.localtime(datetime.fromtimestamp(ms / 1000, UTC)).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def day(ms: int) -> str:
    return moment(ms)[:10]


@register.filter
def short(text: str) -> str:
    """The start of a hash or an id."""
    return f"{text[:10]}…" if len(text) > 12 else text
