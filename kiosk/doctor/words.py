"""The phrases of one language, for a terminal; the screens read the same files in `screens/words.py`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.contract import Language
from kiosk.site import PACKAGED


class Words:
    """`Words(Language.ZH)("doctor.note")`. A key that does not exist shows as [key]."""

    def __init__(self, language: Language) -> None:
        self.language = language
        with (PACKAGED / "phrases" / f"{language.value}.toml").open("rb") as file:
            self._phrases = dict(_flat(tomllib.load(file)))

    def __call__(self, key: str, **values: object) -> str:
        return self._phrases.get(key, f"[{key}]").replace("|", "").format_map(values) if key else ""


def language_of(wish: str | None) -> Language:
    """What was asked for, else that of the environment (LANG), else English."""
    lang = wish or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Language.ZH if lang.lower().startswith("zh") else Language.EN


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
