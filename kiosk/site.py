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
from kiosk.facts import Overpaid
from kiosk.money import Money

PACKAGED: Final = Path(__file__).resolve().parent.parent / "config"
OVERRIDES: Final = Path("/etc/kiosk")


class BadConfiguration(Exception):
    """Says which file, line and key, what was expected, and what to do."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One table of a configuration file."""


class Words(Part, frozen=True):
    """A name in each language of the screens."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


NonEmpty = Annotated[str, Meta(min_length=1)]
YuanText = Annotated[str, Meta(pattern=r"^[0-9]{1,9}\.[0-9]{2}$")]


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


class Fee(Part, frozen=True):
    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Words
    icon: NonEmpty
    biller: NonEmpty
    account_name: Words
    account_digits: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(le=30)]]
    account_groups: tuple[Annotated[int, Meta(ge=1)], ...]
    bill_codes: tuple[NonEmpty, ...]
    limit_yuan: YuanText
    overpaid: Overpaid
    overpaid_limit_yuan: YuanText
    partial: bool

    @cached_property
    def limit(self) -> Money:
        return Money.yuan(self.limit_yuan)

    @cached_property
    def overpaid_limit(self) -> Money:
        return Money.yuan(self.overpaid_limit_yuan)

    @cached_property
    def regexes(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(code, re.ASCII) for code in self.bill_codes)

    def account_in(self, code: str) -> str | None:
        """The account number in a scanned bill code, or None when it is not one of this fee."""
        for regex in self.regexes:
            match = regex.fullmatch(code)
            if match:
                return match.group("account")
        return None

    def is_account(self, text: str) -> bool:
        """ASCII digits only: str.isdigit() would accept full-width and Arabic ones."""
        least, most = self.account_digits
        return bool(re.fullmatch(r"[0-9]+", text, re.ASCII)) and least <= len(text) <= most


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
    _check_fees(fees_path, fees.fee)
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
    line = _line_of(text, keys)
    where = f"{path}, line {line}" if line else f"{path}"
    return f"{where}: key `{keys or 'top of the file'}`: {reason}"


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


def _check_fees(path: Path, fees: tuple[Fee, ...]) -> None:
    seen: set[str] = set()
    for number, fee in enumerate(fees):
        where = f"{path}: fee[{number}] ({fee.id})"
        if fee.id in seen:
            raise BadConfiguration(f"{where}: key `id`: there is already a fee with this id")
        seen.add(fee.id)
        least, most = fee.account_digits
        if least > most:
            raise BadConfiguration(
                f"{where}: key `account_digits`: expected [least, most], got [{least}, {most}]"
            )
        if not fee.limit:
            raise BadConfiguration(f"{where}: key `limit_yuan`: a fee needs a limit above 0.00")
        try:
            regexes = fee.regexes
        except re.error as error:
            raise BadConfiguration(f"{where}: key `bill_codes`: no valid pattern: {error}") from None
        if any("account" not in regex.groupindex for regex in regexes):
            raise BadConfiguration(f"{where}: key `bill_codes`: each pattern needs a group (?P<account>…)")
