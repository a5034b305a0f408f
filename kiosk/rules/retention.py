"""How long what says who somebody is stays at a kiosk and at the server, as `config/retention.toml` has it: days."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta

from kiosk.rules.load import read
from kiosk.rules.terms import Part

PACKAGED_RETENTION: Final = Path(__file__).resolve().parents[2] / "config" / "retention.toml"
DAY_MS: Final = 24 * 3600 * 1000

Days = Annotated[int, Meta(ge=1, le=36_500)]


class AtKiosk(Part, frozen=True):
    """`contact`: a sealed telephone number on its way; `bundle`: the customers for work without network."""

    contact: Days
    bundle: Days


class AtServer(Part, frozen=True):
    contact_answered: Days
    contact: Days
    customer: Days
    broken_batch: Days


class Retention(Part, frozen=True):
    kiosk: AtKiosk
    server: AtServer


def load_retention(path: Path = PACKAGED_RETENTION) -> Retention:
    """Raises BadConfiguration."""
    return read(path, Retention)
