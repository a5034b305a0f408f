"""Facts of the six-step check: what was shown and confirmed, and what was not let through. Personal data is masked."""

from __future__ import annotations

import enum

import msgspec

from kiosk.contract import CheckItem
from kiosk.facts.kinds import Durable


class Found(enum.Enum):
    """What the kiosk itself found of an item."""

    RIGHT = "right"
    UNKNOWN = "unknown"  # not on record, and this fee does not ask for it


class Answer(msgspec.Struct, frozen=True):
    """One of the six: `customer`: the person's own yes to what was shown."""

    item: CheckItem
    shown: str
    kiosk: Found
    customer: bool


class ItemsChecked(Durable, frozen=True, tag="items_checked"):
    """Six answers, each by itself; and `receipt`: the next receipt number, found unused."""

    visit: str
    bills: tuple[str, ...]
    answers: tuple[Answer, ...]
    receipt: str
    data_from: str


class SubmissionBlocked(Durable, frozen=True, tag="submission_blocked"):
    """The customer could not go on, and was told why. `because`: see `kiosk.flow.six.COUNTED`."""

    visit: str
    fee: str
    because: str
