"""A phrase with some value for each of its blanks."""

from __future__ import annotations

import re

from screens.words import Words


def filled(words: Words, key: str) -> str:
    blanks = re.findall(r"{(\w+)}", words.phrases[key])
    return words.text(key, **{name: 12345 if name.endswith("_fen") else "123456" for name in blanks})
