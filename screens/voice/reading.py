"""What is said of a page: a function of what stands on it, so that no page can be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from kiosk.contract import Language
from screens.voice.speaker import Line
from screens.voice.spoken import personal, spoken
from screens.words import Words


class Item(NamedTuple):
    """One widget with a spoken name. `role`: text, picture, button (`Spoken.a11y_role`)."""

    name: str
    role: str
    value: str = ""
    personal: bool = False


class Glass(NamedTuple):
    """What is on the glass: `title` and `step` of the head, the items of the page, its banners. `again`: a sentence
    that is told once more, and how often."""

    title: str
    step: str
    items: tuple[Item, ...]
    banners: tuple[Item, ...] = ()
    again: tuple[str, int] = ("", 0)


EMPTY: Final = Glass("", "", ())


def page(glass: Glass, before: Glass, language: Language) -> list[Line]:
    """A new page: its title, the step, new banners, and everything that is not a button."""
    lines = [_line(text, language) for text in (glass.title, glass.step) if text]
    lines += _texts([b for b in glass.banners if b not in before.banners], language)
    return [line for line in lines + _texts(glass.items, language) if line.text]


def news(glass: Glass, before: Glass, language: Language) -> list[Line]:
    """The same page with something new on it: only that."""
    known = {*before.items, *before.banners}
    more = glass.again[0] if glass.again[1] and glass.again != before.again else ""
    fresh = [item for item in (*glass.banners, *glass.items) if item not in known or item.name == more]
    return [line for line in _texts(fresh, language) if line.text]


def focus(item: Item, words: Words) -> Line:
    """Name, role and value of what the ring stands on."""
    role = words.text(f"voice.role.{item.role}") if item.role == "button" else ""
    parts = [spoken(part, words.language) for part in (item.name, role, item.value) if part]
    pause = "，" if words.language is Language.ZH else ", "
    return Line(pause.join(parts), item.personal or personal(item.name + item.value))


def _texts(items: Sequence[Item], language: Language) -> list[Line]:
    return [
        _line(item.name, language, item.personal) for item in items if item.role != "button" and item.name
    ]


def _line(text: str, language: Language, private: bool = False) -> Line:
    return Line(spoken(text, language), private or personal(text))
