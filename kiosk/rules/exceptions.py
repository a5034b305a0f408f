"""The rules about what is out of the ordinary, as `config/office.toml` has them: how grave, whose, until when."""

from __future__ import annotations

import enum
from typing import Annotated, Final

from msgspec import Meta

from kiosk.rules.terms import NonEmpty, Part, Words


class ExceptionKind(enum.Enum):
    DEVICE = "device"
    PAYMENT = "payment"  # closes with its open item
    DIFFERENCE = "difference"  # closes with its open item
    COMPLAINT = "complaint"
    CLOCK = "clock"
    TAMPER = "tamper"
    DAY = "day"  # closes with the close of the day
    JOURNAL = "journal"  # damaged, cut off, not to be written: found by the server, because the kiosk can not write it


BY_ITSELF: Final = frozenset({ExceptionKind.PAYMENT, ExceptionKind.DIFFERENCE, ExceptionKind.DAY})


class Severity(enum.Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ExceptionRule(Part, frozen=True):
    """`roles`: who may close it; `who`: the same for people; `causes`: ids of what may be said when it is closed."""

    kind: ExceptionKind
    name: Words
    severity: Severity
    roles: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    who: Words
    limit_minutes: Annotated[int, Meta(ge=1, le=525_600)]  # a year
    causes: tuple[NonEmpty, ...]


class Watch(Part, frozen=True):
    """From when on something is out of the ordinary."""

    device_lost_minutes: Annotated[int, Meta(ge=1, le=1440)]
    clock_back_minutes: Annotated[int, Meta(ge=1, le=1440)]
    day_most_hours: Annotated[int, Meta(ge=1, le=168)]
