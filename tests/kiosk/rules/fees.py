"""Fees to reckon with: those of the packaged file, each with other rules where a story needs them."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from kiosk import codec, site
from kiosk.money import Money
from kiosk.rules.fee import Concession, Fee, LateFee
from kiosk.rules.sums import Debt

WATER = site.load(None).fee("water")
WORDS = {"zh": "词", "en": "word"}


def fee(*concessions: Concession, late: LateFee | None = None) -> Fee:
    return replace(WATER, late=late, concession=concessions)


def late(**changes: Any) -> LateFee:
    table = {
        "daily_rate": "0.05%",
        "cap": "100%",
        "grace_days": 0,
        "counts_from": "due",
        "rounding": "half_up",
    }
    return codec.convert({**table, **changes}, LateFee)


def concession(id_: str, **benefit_and_conditions: Any) -> Concession:
    words = {"name": WORDS, "why": WORDS, "missing": WORDS}
    return codec.convert({"id": id_, **words, **benefit_and_conditions}, Concession)


def debt(amount: str, due: str) -> Debt:
    return Debt(Money.yuan(amount), date.fromisoformat(due))
