"""Reads tables of a configuration file, and the fees of a site bundle. A mistake names file, line, key and remedy."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from kiosk import codec
from kiosk.rules import check
from kiosk.rules.expected import expected, known
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
        raise wrong(path, fault.keys, fault.what)
    return fees


def wrong(path: Path, keys: str, what: str) -> BadConfiguration:
    """About a value that can be read and can not be right."""
    return BadConfiguration(f"{_where(path, _text_of(path), keys)}: key `{keys}`: {what}")


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
    text = _text_of(path)
    try:
        data: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(_no_toml(path, text, str(error))) from None
    try:
        part: PartType = codec.convert(data, kind)
    except codec.Malformed as error:
        raise BadConfiguration(_explained(path, text, data, kind, str(error))) from None
    return part


def _text_of(path: Path) -> str:
    """A mark of byte order, as editors of Windows put it in front, is no mistake."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadConfiguration(
            f"{path}: the file is missing; copy it from the packaged config folder"
        ) from None
    except OSError as error:
        raise BadConfiguration(
            f"{path}: can not be read: {error.strerror}; it has to be a file that everybody may read (chmod 644)"
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadConfiguration(
            f"{path}, line {line}: this is no UTF-8 text; save the file as UTF-8 (not GBK, not UTF-16)"
        ) from None


_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)")
_TYPED_IN_CHINESE = re.compile("[“”‘’＂＝，。：［］｛｝　]")


def _no_toml(path: Path, text: str, error: str) -> str:
    place = _TOML_PLACE.search(error)
    lines = text.splitlines()
    line = int(place["line"]) if place and place["line"] else len(lines)
    reads = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    reason = _TOML_PLACE.sub("", error)
    if reason.startswith(("Cannot overwrite", "Cannot declare")):
        reason = "this key or table stands in the file twice, or once as [name] and once as [[name]]"
    if signs := "".join(dict.fromkeys(_TYPED_IN_CHINESE.findall(reads))):
        reason += f"; outside of a text only signs of an English keyboard count, not {signs}"
    return f"{path}, line {line}: no valid TOML: {reason}; the line reads: {reads[:80]}"


_OF_MSGSPEC = re.compile(r"Expected `|Invalid enum value")
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]+)`")
_MISSING = re.compile(r"missing required field `(?P<field>[^`]+)`")
_PLACE = re.compile(r" - at `(?P<place>[^`]+)`")


def _explained(path: Path, text: str, data: Any, kind: type, error: str) -> str:
    """msgspec's `… - at `$.fee[2].limit_yuan`` → file, line, key, what stands there and what to write."""
    place = _PLACE.search(error)
    keys = (place["place"] if place else "$").removeprefix("$").lstrip(".")
    reason = _PLACE.sub("", error)
    if unknown := _UNKNOWN.search(reason):
        there = known(kind, keys)
        alike = difflib.get_close_matches(unknown["field"], there, 1)
        reason = "this key is not known here; "
        reason += f"is `{alike[0]}` meant?" if alike else f"there are {', '.join(there)}"
        keys = f"{keys}.{unknown['field']}".lstrip(".")
    elif missing := _MISSING.search(reason):
        name = missing["field"]
        reason = f"`{name}` is missing: add it, {expected(kind, f'{keys}.{name}')}"
    elif _OF_MSGSPEC.match(reason):
        reason = f"here stands {_found(data, keys)}; write {expected(kind, keys)}"
    else:  # our own words about a table; they name the key that they are about
        about = [name for name in re.findall(r"`(\w+)`", reason) if name in known(kind, keys)][:1]
        keys = ".".join([keys, *about])
    return f"{_where(path, text, keys)}: key `{keys or 'top of the file'}`: {reason}"


def _found(data: Any, keys: str) -> str:
    for name, index in re.findall(r"([\w-]+)|\[(\d+)\]", keys):
        data = data[name] if name and not index else data[int(index)]
    if isinstance(data, dict | list):
        return "a table" if isinstance(data, dict) else f"a list of {len(data)}"
    return (
        str(data).lower() if isinstance(data, bool) else f'"{data}"' if isinstance(data, str) else str(data)
    )


def _where(path: Path, text: str, keys: str) -> str:
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
