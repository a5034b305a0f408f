"""The rules of the day as `config/office.toml` has them: the opening list, and what staff may say."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta

from kiosk.money import Money
from kiosk.rules.check import Fault
from kiosk.rules.exceptions import BY_ITSELF, ExceptionKind, ExceptionRule, Watch
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


class StaffRules(Part, frozen=True):
    """`badge`: whether a person's number may be typed where a badge is asked for."""

    badge: Literal["required", "optional"]


class OfficeFile(Part, frozen=True):
    staff: StaffRules
    day: DayRules
    approval: ApprovalRules
    override: Annotated[tuple[Reason, ...], Meta(min_length=1)]
    void: Annotated[tuple[Reason, ...], Meta(min_length=1)]  # why a receipt is made void
    cancel: Annotated[tuple[Reason, ...], Meta(min_length=1)]  # why a payment that runs is ended
    watch: Watch
    exception: tuple[ExceptionRule, ...]
    cause: tuple[Reason, ...]

    def rule(self, kind: ExceptionKind) -> ExceptionRule:
        return next(rule for rule in self.exception if rule.kind is kind)

    def faults(self, roles: frozenset[str]) -> Iterator[Fault]:
        """What contradicts itself in the file. `roles`: those that there are.

        What is chosen from a list is written by its id: two of one name could not be told apart."""
        for table, ids in (
            ("override[{}].id", [reason.id for reason in self.override]),
            ("approval.reason[{}].id", [reason.id for reason in self.approval.reason]),
            ("void[{}].id", [reason.id for reason in self.void]),
            ("cancel[{}].id", [reason.id for reason in self.cancel]),
            ("cause[{}].id", [cause.id for cause in self.cause]),
            ("exception[{}].kind", [rule.kind.value for rule in self.exception]),
        ):
            for n, name in enumerate(ids):
                if name in ids[:n]:
                    yield Fault(table.format(n), f"{name!r} is there twice: take one of them out")
        for kind in ExceptionKind:
            if kind not in [rule.kind for rule in self.exception]:
                yield Fault("exception", f"there is none for {kind.value!r}: add its [[exception]]")
        causes = {cause.id for cause in self.cause}
        for n, rule in enumerate(self.exception):
            for name in sorted(set(rule.roles) - roles):
                write = f"write some of {', '.join(sorted(roles))}"
                yield Fault(f"exception[{n}].roles", f"{name!r} is no role; {write}")
            for name in sorted(set(rule.causes) - causes):
                write = f"write some of {', '.join(sorted(causes))}"
                yield Fault(f"exception[{n}].causes", f"no [[cause]] has the id {name!r}; {write}")
            if rule.causes and rule.kind in BY_ITSELF:
                yield Fault(f"exception[{n}].causes", "it closes by itself and takes no cause: write []")
            if not rule.causes and rule.kind not in BY_ITSELF:
                yield Fault(
                    f"exception[{n}].causes",
                    f"without a cause it could never be closed; write some of {', '.join(sorted(causes))}",
                )
