"""The rules of the day as `config/office.toml` has them: the opening list, and what staff may say."""

from __future__ import annotations

import enum
from functools import cached_property
from typing import Annotated

from msgspec import Meta

from kiosk.money import Money
from kiosk.rules.terms import NonEmpty, Part, Words, YuanText


class Point(enum.Enum):
    """Of the opening list."""

    DEVICES = "devices"
    PAPER = "paper"
    BOX = "box"
    ROOM = "room"
    CLOCK = "clock"
    NETWORK = "network"
    PRINTED = "printed"
    ITEMS = "items"


class DayRules(Part, frozen=True):
    """`must_be_opened`: nothing is sold on a day that nobody opened."""

    must_be_opened: bool
    points: tuple[Point, ...]


class Reason(Part, frozen=True):
    """What one of the staff may choose from a list."""

    id: NonEmpty
    name: Words


class ApprovalRules(Part, frozen=True):
    """Above this a customer does not pay alone: a supervisor approves on the spot, and says why."""

    above_yuan: YuanText
    reason: Annotated[tuple[Reason, ...], Meta(min_length=1)]

    @cached_property
    def above(self) -> Money:
        return Money.yuan(self.above_yuan)


class OfficeFile(Part, frozen=True):
    day: DayRules
    approval: ApprovalRules
    override: Annotated[tuple[Reason, ...], Meta(min_length=1)]
