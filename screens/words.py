"""Phrases: nested tables of `config/phrases/<language>.toml` under dotted keys, with values filled in."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kiosk.contract import Language, Message, Money

log = logging.getLogger(__name__)

BREAK: Final = "\u200b"  # zero-width space: here a line may end; written | in the phrase files

PHRASES: Final = Path(__file__).parent.parent / "config" / "phrases"


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """`{"home": {"title": "…"}}` → `("home.title", "…")`. Raises ValueError for what is not text."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield prefix + key, value
        else:
            raise ValueError(f"phrase {prefix}{key} is {type(value).__name__}, not text")


class _Values(dict[str, Any]):
    """A value that the message did not bring stays visible as {name}."""

    def __missing__(self, name: str) -> str:
        log.error("a phrase asks for {%s}, which its message does not bring", name)
        return f"{{{name}}}"


class Words:
    """The phrases of one language. A key that does not exist shows as [key] and is logged: ugly on purpose,
    but the page stands and the customer is not lost."""

    def __init__(self, language: Language, folder: Path = PHRASES) -> None:
        self.language = language
        with (folder / f"{language.value}.toml").open("rb") as file:
            self.phrases = dict(flatten(tomllib.load(file)))
        self._missed: set[str] = set()

    def text(self, key: str, **values: str | int) -> str:
        phrase = self.phrases.get(key)
        if phrase is None:
            if key not in self._missed:
                self._missed.add(key)
                log.error("phrase %s is missing in %s.toml", key, self.language.value)
            return f"[{key}]"
        shown = {name: self._shown(name, value) for name, value in values.items()}
        return phrase.replace("|", BREAK).format_map(_Values(shown))

    def _shown(self, name: str, value: str | int) -> str | int:
        """`…_fen`: an amount. `…_keys`: phrases, a space between two keys."""
        if name.endswith("_fen") and isinstance(value, int):
            return Money(value).figures
        if name.endswith("_keys") and isinstance(value, str):
            return self.phrases["list.comma"].join(self.text(key) for key in value.split())
        return value

    def standing(self) -> Iterator[str]:
        """The phrases that need no values: on the glass they are the same in every visit."""
        for phrase in self.phrases.values():
            if "{" not in phrase:
                yield from (phrase.replace("|", BREAK), phrase.replace("|", ""))

    def message(self, message: Message) -> str:
        return self.text(message.key, **message.values)
