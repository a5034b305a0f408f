"""Who practised what, and how it went: one JSON line each, beside the sandbox and not in it, so that it stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from kiosk import codec

RECORD_FILE: Final = "practice.jsonl"


class Practice(msgspec.Struct, frozen=True):
    """`by`: number of the person. `result`: done or missed; `why` it was missed: time, stopped, or `never` with the
    number of the sign. `reached` of `of` steps in `seconds`."""

    began: str  # ISO 8601, UTC
    by: str
    situation: str
    result: str
    why: str
    reached: int
    of: int
    seconds: int


def add(home: Path, practice: Practice) -> None:
    """On disk when it returns."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / RECORD_FILE).open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":  # torn by a power cut: it must not spoil this one too
                file.write(b"\n")
        file.write(codec.encode(practice) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(home: Path) -> list[Practice]:
    """All, oldest first. A line that a power cut tore is left out."""
    try:
        lines = (home / RECORD_FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(codec.decode(line, Practice))
        except codec.Malformed:
            continue
    return found
