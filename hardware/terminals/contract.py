"""What the core may ask of a card terminal, and what a terminal may say.

A payment by card is like a charge by code: asked for once, never again with the same id. Where no answer comes,
it is *unknown*, and the terminal's own record of its last transaction decides: the core wrote down before how that
record stood (`Mark`), and asks afterwards what has been added to it.
"""

from __future__ import annotations

import enum
from typing import Protocol

import msgspec

from hardware.contracts import Device, Event
from kiosk.money import Money


class Mark(msgspec.Struct, frozen=True):
    """How a terminal's record of transactions stands; compared, never computed with.

    `trace`: number of its last transaction, 0 when it remembers none."""

    terminal: str
    trace: int


class Step(enum.Enum):
    """What the terminal wants just now, for the page beside it."""

    CARD = "card"  # insert, tap or swipe
    FOLLOW = "follow"  # the terminal's own display says what: PIN, choice of account
    WAIT = "wait"
    REMOVE = "remove"


class DeclinedBecause(enum.Enum):
    """Nothing was charged, because …"""

    DECLINED = "declined"  # the bank or the terminal said no
    CANCELLED = "cancelled"  # by the customer, by us, or nobody came with a card
    CARD = "card"  # this card can not be used here: expired, unreadable, unknown
    NOT_STARTED = "not_started"  # the terminal never took the order
    NEVER = "never"  # its record shows that nothing came of it


class CardEvent(Event, frozen=True):
    payment: str  # the id that was given to `pay` or `query`


class CardAsks(CardEvent, frozen=True, tag="card_asks"):
    step: Step


class CardApproved(CardEvent, frozen=True, tag="card_approved"):
    """The terminal said so, for this amount. `card` is masked to its last four digits; it may be empty."""

    amount: Money
    mark: Mark
    card: str
    scheme: str  # such as "UnionPay"; may be empty
    receipt: str  # the terminal's own receipt number


class CardDeclined(CardEvent, frozen=True, tag="card_declined"):
    """Nothing was charged. `detail` is for staff."""

    because: DeclinedBecause
    detail: str = ""


class CardUnknown(CardEvent, frozen=True, tag="card_unknown"):
    """It may have been charged: ask with `query` until somebody knows; never `pay` again for the same due."""

    detail: str


class CardDoubtful(CardEvent, frozen=True, tag="card_doubtful"):
    """The record can not decide it: another amount, another terminal, more than one transaction since.

    `amount`: what the record shows as taken; None: it can not tell."""

    amount: Money | None
    because: str


class TerminalAtRest(Event, frozen=True, tag="terminal_at_rest"):
    """Nothing runs; all that happened before has been told. Said after `Found` and after each payment."""

    mark: Mark


class Terminal(Device, Protocol):
    """`terminal.pay("0192…", Money.yuan(5), mark)`: after `TerminalAtRest(mark)`, and after `mark` is durable.

    Each `pay` and each `query` is answered by exactly one of `CardApproved`, `CardDeclined`, `CardUnknown` and
    `CardDoubtful`."""

    def pay(self, payment: str, amount: Money, before: Mark) -> None:
        """Take `amount` from the customer's card. Refused as NOT_STARTED where the record does not stand at
        `before` any more, or the terminal is not at rest. An id that was asked for once is not asked again."""

    def cancel(self, payment: str) -> None:
        """The customer does not want to after all. What comes of it is told as ever: it may be too late."""

    def query(self, payment: str, amount: Money, before: Mark) -> None:
        """What became of a payment whose outcome is unknown, by the terminal's own record."""
