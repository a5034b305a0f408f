"""Everything that the voice may say: phrases, and what a site writes itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from kiosk.contract import Language
from screens.voice.spoken import spoken
from screens.words import PHRASES, Words
from tests.screens.voice.filled import filled

NOT_SPOKEN = ("doctor.",)  # at a terminal, read by a technician
OTHER_LANGUAGE = ("button.language", "settings.languages.")  # its name in that language


def everything_said(language: Language) -> dict[str, str]:
    """Key or place in its file → what is said."""
    words = Words(language)
    said = {key: filled(words, key) for key in words.phrases if not key.startswith(NOT_SPOKEN)}
    config = PHRASES.parent
    said |= dict(_texts(tomllib.loads((config / "faq" / f"{language.value}.toml").read_text("utf-8")), "faq"))
    fees = tomllib.loads((config / "fees.toml").read_text("utf-8"))
    said |= {key: text for key, text in _texts(fees, "fees") if key.endswith(f".{language.value}")}
    spelt = {key: spoken(raw, language) for key, raw in said.items() if not key.startswith(OTHER_LANGUAGE)}
    return {key: text for key, text in spelt.items() if any(c.isalnum() for c in text)}


def _texts(part: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key not in ("id", "icon"):
                yield from _texts(value, f"{name}.{key}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from _texts(value, f"{name}.{number}")
    elif isinstance(part, str):
        yield name, part
