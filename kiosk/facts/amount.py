"""Facts of an amount that the customer chooses: to top up a balance, or a part of one bill. Memory only."""

from __future__ import annotations

import enum

from kiosk.facts.kinds import Passing
from kiosk.money import Money


class AmountFor(enum.Enum):
    AHEAD = "ahead"  # a balance is topped up, without a bill
    PART = "part"  # less than the whole bill


class AmountAsked(Passing, frozen=True, tag="amount_asked"):
    purpose: AmountFor


class AmountTyped(Passing, frozen=True, tag="amount_typed"):
    """By the keys, in whole yuan; empty: they are just shown."""

    typed: str


class AmountChosen(Passing, frozen=True, tag="amount_chosen"):
    amount: Money
