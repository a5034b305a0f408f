"""The validated configuration of one kiosk: `config/site.toml`, `fees.toml`, `devices.toml`,
`office.toml`, `retention.toml`, `faq/<language>.toml`.

Read once at start. A wrong value stops the start with a sentence that names the file, the line, the key, what
was expected and what stood there. A file in the override folder (`/etc/kiosk`) replaces the packaged one.
"""

from __future__ import annotations

import os
import re
import ssl
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from hardware.shelf import Shelf
from kiosk.advice import Advice
from kiosk.contract import Language, TextSize
from kiosk.money import Money
from kiosk.parcels import Role, is_training
from kiosk.rules.fee import Fee as Fee
from kiosk.rules.load import BadConfiguration as BadConfiguration
from kiosk.rules.load import load_fees, read, wrong
from kiosk.rules.office import OfficeFile
from kiosk.rules.retention import Retention, load_retention
from kiosk.rules.terms import NonEmpty, PageAddress, Part, ServerAddress, YuanText
from kiosk.rules.terms import Words as Words

PACKAGED: Final = Path(__file__).resolve().parent.parent / "config"
OVERRIDES: Final = Path("/etc/kiosk")
NAMES: Final = ("devices.toml", "fees.toml", "office.toml", "panels.toml", "retention.toml", "site.toml")


class Server(Part, frozen=True):
    url: ServerAddress
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


class Receipts(Part, frozen=True):
    """Numbers of receipts: from the server in blocks, or counted by the kiosk itself."""

    numbers: Literal["server", "own"]
    ask_below: Annotated[int, Meta(ge=40, le=100_000)]  # numbers left when the next block is asked for
    page: PageAddress = ""


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
    receipts: Receipts
    claims: Claims
    payment_codes: tuple[PaymentCode, ...]

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Site(msgspec.Struct, frozen=True, dict=True):
    """Everything that a site edits. `kiosk` is filled in from the identity."""

    house: SiteFile
    fees: tuple[Fee, ...]
    devices: Shelf
    office: OfficeFile
    advice: dict[Language, Advice]
    retention: Retention
    kiosk: str = "K0000"
    epoch: int = 1
    simulated: bool = False
    server_key: str = ""  # of the identity too: badges are signed with it

    @property
    def training(self) -> bool:
        """Follows from who this kiosk is, and from nothing that could be set."""
        return is_training(self.kiosk)

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
    _check_names(overrides)
    house_path = _path("site.toml", overrides, packaged)
    house: SiteFile = read(house_path, SiteFile)
    fees = load_fees(_path("fees.toml", overrides, packaged))
    devices: Shelf = read(_path("devices.toml", overrides, packaged), Shelf)
    _check_house(house_path, house)
    _check_ca_file(house_path, house.server.ca_file)
    office_path = _path("office.toml", overrides, packaged)
    office: OfficeFile = read(office_path, OfficeFile)
    _check_limits(house_path, house.limits, devices)
    _check_office(office_path, office)
    advice = _advice(overrides, packaged)
    retention = load_retention(_path("retention.toml", overrides, packaged))
    return Site(house=house, fees=fees, devices=devices, office=office, advice=advice, retention=retention)


def _advice(overrides: Path | None, packaged: Path) -> dict[Language, Advice]:
    """Whoever changes the language on a page of help stays on it: both say the same."""
    paths = {language: _path(f"faq/{language.value}.toml", overrides, packaged) for language in Language}
    found: dict[Language, Advice] = {language: read(path, Advice) for language, path in paths.items()}
    for language, advice in found.items():
        if advice.ids != found[Language.ZH].ids:
            raise BadConfiguration(
                f"{paths[language]}: topics, questions, subjects or the number of sentences about privacy are not"
                f" those of {paths[Language.ZH]}; put the same ids in the same order into both"
            )
    return found


def _path(name: str, overrides: Path | None, packaged: Path) -> Path:
    if overrides is not None and os.path.lexists(overrides / name):  # a link that leads nowhere is a mistake
        return overrides / name
    return packaged / name


def _check_names(overrides: Path | None) -> None:
    """A file with a misspelt name would be passed over, and the packaged values would hold in silence."""
    for path in sorted(overrides.glob("*.toml*")) if overrides is not None else ():
        if path.name not in NAMES and path.suffix in (".toml", ".txt"):
            raise BadConfiguration(
                f"{path}: nobody reads a file of this name; there are {', '.join(NAMES)}; rename it, or take it away"
            )


def _check_house(path: Path, house: SiteFile) -> None:
    try:
        _ = house.zone
    except (ZoneInfoNotFoundError, ValueError):
        raise wrong(
            path, "time_zone", f'"{house.time_zone}" is no time zone; write one such as "Asia/Shanghai"'
        ) from None
    for number, rule in enumerate(house.payment_codes):
        try:
            _ = rule.regex
        except re.error as error:
            raise wrong(path, f"payment_codes[{number}].pattern", f"no valid pattern: {error}") from None


def _check_ca_file(path: Path, ca_file: str) -> None:
    """Found out at the first call it would only look like a network that is down."""
    if not ca_file:
        return
    remedy = 'write the whole path of a PEM file that begins with -----BEGIN CERTIFICATE-----, or ""'
    if not ca_file.startswith("/"):
        raise wrong(path, "server.ca_file", f'here stands "{ca_file}"; {remedy}')
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise wrong(path, "server.ca_file", f"{ca_file} holds no certificate; {remedy}") from None
    except OSError as error:
        raise wrong(
            path, "server.ca_file", f"{ca_file} can not be read: {error.strerror}; {remedy}"
        ) from None


def _check_limits(path: Path, limits: Limits, devices: Shelf) -> None:
    """A limit that closes a way of paying for ever is a mistake, not a policy."""
    if limits.offline_total < limits.offline_per_visit:
        raise wrong(
            path,
            "limits.offline_total_yuan",
            "less than offline_per_visit_yuan: not even one visit would fit",
        )
    if not limits.box:
        raise wrong(path, "limits.box_yuan", "0.00: the box may hold nothing, so no cash would ever be taken")
    plan = devices.acceptor
    if plan is not None and limits.box_spare_notes >= plan.box_notes:
        raise wrong(
            path,
            "limits.box_spare_notes",
            f"the box holds {plan.box_notes} notes (devices.toml): nothing is left",
        )


def _check_office(path: Path, office: OfficeFile) -> None:
    fault = next(office.faults(frozenset(role.value for role in Role)), None)
    if fault is not None:
        raise wrong(path, fault.keys, fault.what)
