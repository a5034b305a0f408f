"""The validated configuration of one kiosk: `config/site.toml`, `fees.toml`, `devices.toml`.

Read once at start. A wrong value stops the start with a sentence that names the file, the line, the key, what
was expected and what stood there. A file in the override folder (`/etc/kiosk`) replaces the packaged one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from hardware.shelf import Shelf
from kiosk import codec
from kiosk.contract import Language, TextSize
from kiosk.money import Money
from kiosk.rules import check, terms
from kiosk.rules.fee import Fee as Fee
from kiosk.rules.terms import NonEmpty, Part, YuanText
from kiosk.rules.terms import Words as Words

PACKAGED: Final = Path(__file__).resolve().parent.parent / "config"
OVERRIDES: Final = Path("/etc/kiosk")


class BadConfiguration(Exception):
    """Says which file, line and key, what was expected, and what to do."""


class Server(Part, frozen=True):
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+$")]
    ca_file: str = ""


class Limits(Part, frozen=True):
    """What this site risks: see the comments in `config/site.toml`."""

    offline_per_visit_yuan: YuanText
    offline_total_yuan: YuanText
    offline_data_age_days: Annotated[int, Meta(ge=1, le=366)]
    box_yuan: YuanText
    box_spare_notes: Annotated[int, Meta(ge=1, le=500)]
    open_doubtful: Annotated[int, Meta(ge=1, le=100)]

    @cached_property
    def offline_per_visit(self) -> Money:
        return Money.yuan(self.offline_per_visit_yuan)

    @cached_property
    def offline_total(self) -> Money:
        return Money.yuan(self.offline_total_yuan)

    @cached_property
    def box(self) -> Money:
        return Money.yuan(self.box_yuan)


class Claims(Part, frozen=True):
    follow_up: Words


class PaymentCode(Part, frozen=True):
    provider: NonEmpty
    pattern: NonEmpty

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)


class SiteFile(Part, frozen=True):
    name: Words
    service_phone: NonEmpty
    time_zone: NonEmpty
    default_language: Language
    default_text_size: TextSize
    server: Server
    limits: Limits
    claims: Claims
    payment_codes: tuple[PaymentCode, ...]

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class FeesFile(Part, frozen=True):
    fee: Annotated[tuple[Fee, ...], Meta(min_length=1)]


class Site(msgspec.Struct, frozen=True, dict=True):
    """Everything that a site edits. `kiosk` is filled in from the identity."""

    house: SiteFile
    fees: tuple[Fee, ...]
    devices: Shelf
    kiosk: str = "K0000"
    epoch: int = 1
    simulated: bool = False

    def fee(self, fee_id: str) -> Fee:
        """Raises KeyError for a fee that is not in the configuration."""
        for fee in self.fees:
            if fee.id == fee_id:
                return fee
        raise KeyError(fee_id)

    def provider_of(self, code: str) -> str | None:
        """Which provider a payment code belongs to; None when it is no payment code."""
        for rule in self.house.payment_codes:
            if rule.regex.fullmatch(code):
                return rule.provider
        return None


def load(overrides: Path | None = OVERRIDES, packaged: Path = PACKAGED) -> Site:
    """Raises BadConfiguration."""
    house_path, house = _read("site.toml", SiteFile, overrides, packaged)
    fees_path, fees = _read("fees.toml", FeesFile, overrides, packaged)
    _, devices = _read("devices.toml", Shelf, overrides, packaged)
    _check_house(house_path, house)
    _check_fees(fees_path, fees_path.read_text(encoding="utf-8"), fees.fee)
    _check_limits(house_path, house.limits, devices)
    return Site(house=house, fees=fees.fee, devices=devices)


PartType = TypeVar("PartType", bound=msgspec.Struct)


def _read(name: str, kind: type[PartType], overrides: Path | None, packaged: Path) -> tuple[Path, PartType]:
    path = packaged / name
    if overrides is not None and (overrides / name).exists():
        path = overrides / name
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
    return path, part


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
    return f"{_where(path, text, keys)}: key `{keys or 'top of the file'}`: {reason}"


def _where(path: Path, text: str, keys: str) -> str:
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


def _check_house(path: Path, house: SiteFile) -> None:
    try:
        _ = house.zone
    except (ZoneInfoNotFoundError, ValueError):
        raise BadConfiguration(
            f"{path}: key `time_zone`: {house.time_zone!r} is no time zone such as Asia/Shanghai"
        ) from None
    for number, rule in enumerate(house.payment_codes):
        try:
            _ = rule.regex
        except re.error as error:
            raise BadConfiguration(
                f"{path}: key `payment_codes[{number}].pattern`: no valid pattern: {error}"
            ) from None


def _check_limits(path: Path, limits: Limits, devices: Shelf) -> None:
    """A limit that closes a way of paying for ever is a mistake, not a policy."""

    def wrong(key: str, what: str) -> BadConfiguration:
        return BadConfiguration(f"{path}: key `limits.{key}`: {what}")

    if limits.offline_total < limits.offline_per_visit:
        raise wrong("offline_total_yuan", "less than offline_per_visit_yuan: not even one visit would fit")
    if not limits.box:
        raise wrong("box_yuan", "0.00: the box may hold nothing, so no cash would ever be taken")
    plan = devices.acceptor
    if plan is not None and limits.box_spare_notes >= plan.box_notes:
        raise wrong(
            "box_spare_notes", f"the box holds {plan.box_notes} notes (devices.toml): nothing is left"
        )


def _check_fees(path: Path, text: str, fees: tuple[Fee, ...]) -> None:
    fault = next(check.faults(fees), None)
    if fault is not None:
        raise BadConfiguration(f"{_where(path, text, fault.keys)}: key `{fault.keys}`: {fault.what}")
