"""Reads tables of a configuration file, and the fees of a site bundle. A mistake names file, line, key and remedy."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from kiosk import codec
from kiosk.rules import check, terms
from kiosk.rules.fee import Fee
from kiosk.rules.terms import Part

PACKAGED_FEES: Final = Path(__file__).resolve().parents[2] / "config" / "fees.toml"

PartType = TypeVar("PartType", bound=msgspec.Struct)


class BadConfiguration(Exception):
    """Says which file, line and key, what was expected, and what to do."""


class FeesFile(Part, frozen=True):
    """`config/fees.toml`; as JSON, the same in a site bundle."""

    fee: Annotated[tuple[Fee, ...], Meta(min_length=1)]


def load_fees(path: Path) -> tuple[Fee, ...]:
    """Raises BadConfiguration."""
    fees: tuple[Fee, ...] = read(path, FeesFile).fee
    fault = next(check.faults(fees), None)
    if fault is not None:
        text = path.read_text(encoding="utf-8")
        raise BadConfiguration(f"{where(path, text, fault.keys)}: key `{fault.keys}`: {fault.what}")
    return fees


def packed(fees: tuple[Fee, ...]) -> str:
    """As a site bundle carries them."""
    return codec.encode(FeesFile(fees)).decode() if fees else ""


def unpacked(text: str) -> tuple[Fee, ...]:
    """The fees of a site bundle; empty text: none. Raises BadConfiguration: also for a key that this version does
    not know, because a rule that is left out makes another sum."""
    if not text:
        return ()
    try:
        fees: tuple[Fee, ...] = codec.decode(text, FeesFile).fee
    except codec.Malformed as error:
        raise BadConfiguration(f"fees of the site bundle: {error}") from error
    fault = next(check.faults(fees), None)
    if fault is not None:
        raise BadConfiguration(f"fees of the site bundle: key `{fault.keys}`: {fault.what}")
    return fees


def read(path: Path, kind: type[PartType]) -> PartType:
    """One file as `kind`. Raises BadConfiguration."""
    try:
        text = path.read_text(encoding="utf-8")
        data: Any = tomllib.loads(text)
    except FileNotFoundError:
        raise BadConfiguration(
            f"{path}: the file is missing; copy it from the packaged config folder"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path}: not valid TOML: {error}") from None
    try:
        part: PartType = codec.convert(data, kind)
    except codec.Malformed as error:
        raise BadConfiguration(_explained(path, text, str(error))) from None
    return part


_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]+)`(?: - at `(?P<place>[^`]+)`)?")
_PLACE = re.compile(r" - at `(?P<place>[^`]+)`")
_MISSING = re.compile(r"missing required field `(?P<field>[^`]+)`")


def _explained(path: Path, text: str, error: str) -> str:
    """msgspec's `… - at `$.fee[2].limit_yuan`` → file, line, key and the reason."""
    unknown = _UNKNOWN.search(error)
    place = _PLACE.search(error)
    keys = (place.group("place") if place else "$").removeprefix("$").lstrip(".")
    reason = _PLACE.sub("", error)
    if unknown:
        keys = f"{keys}.{unknown.group('field')}".lstrip(".")
        reason = "this key is not known here; is it misspelt?"
    elif _MISSING.search(error):
        reason += ": add this key here"
    for pattern, remedy in terms.REMEDIES.items():
        if repr(pattern) in reason:
            reason = remedy
    if "Expected `str`, got `float`" in reason or "Expected `str`, got `int`" in reason:
        reason += ': put the value in quotes, such as "37.50"'
    return f"{where(path, text, keys)}: key `{keys or 'top of the file'}`: {reason}"


def where(path: Path, text: str, keys: str) -> str:
    """File and line, for the head of a sentence."""
    line = _line_of(text, keys)
    return f"{path}, line {line}" if line else f"{path}"


def _line_of(text: str, keys: str) -> int | None:
    """The line where a key such as `fee[2].limit_yuan` stands; TOML's own reader does not keep lines."""
    parts = re.findall(r"([A-Za-z0-9_-]+)(?:\[(\d+|\.\.\.)\])?", keys)
    lines = text.splitlines()
    at = 0
    found: int | None = None
    for name, index in parts:
        count = int(index) + 1 if index.isdigit() else 1
        pattern = re.compile(
            rf"^\s*(?:\[+\s*(?:[\w.-]+\.)?{re.escape(name)}\s*\]+|\"?{re.escape(name)}\"?\s*=)"
        )
        for number in range(at, len(lines)):
            if pattern.match(lines[number]):
                count -= 1
                found, at = number + 1, number + (0 if count else 1)
                if count == 0:
                    break
                at = number + 1
    return found
