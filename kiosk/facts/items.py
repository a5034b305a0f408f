"""Open items, which a person has to decide, and what is out of the ordinary."""

from __future__ import annotations

import enum

from kiosk.contract import How as How
from kiosk.facts.kinds import Account, Durable, Passing, Posting
from kiosk.money import Money


class Sort(enum.Enum):
    NOTE = "note"  # doubtful
    CHARGE = "charge"  # doubtful
    CHANGE = "change"  # owed to a customer in cash
    DIFFERENCE = "difference"  # of a collection


class ItemSettled(Durable, frozen=True, tag="item_settled"):
    """A supervisor decided what becomes of an open item. `amount` None: a note of unknown value."""

    item: str
    sort: Sort
    amount: Money | None
    in_box: bool
    how: How
    by: str
    second: str = ""  # signed too; empty: change owed, or a record of before

    @property
    def postings(self) -> tuple[Posting, ...]:
        if not self.amount or self.sort is Sort.DIFFERENCE:
            return ()  # the account DIFFERENCE keeps it
        owed = Account.CHANGE_OWED if self.sort is Sort.CHANGE else Account.DOUBTFUL
        found = {owed: self.amount}
        if self.how is How.PAID:
            found[Account.OFFICE] = -self.amount
        in_question = self.sort is Sort.NOTE and not self.in_box
        if in_question:
            found[Account.IN_QUESTION] = -self.amount
        rest = Money.total(found.values())
        if rest:
            found[Account.DIFFERENCE] = -rest
        return tuple(Posting(account, amount) for account, amount in found.items())


class ClaimClosed(Durable, frozen=True, tag="claim_closed"):
    """What the slip was about has found its answer by itself."""

    claim: str
    because: str


class SettlingBegun(Passing, frozen=True, tag="settling_begun"):
    item: str
    how: How


class ExceptionOpened(Durable, frozen=True, tag="exception_opened"):
    """Something is out of the ordinary, and somebody is responsible for it until it is closed. All that its rule
    said at that moment stands here: the office knows no kiosk's configuration."""

    exception: str  # number
    exception_kind: str  # kiosk.rules.exceptions.ExceptionKind
    subject: str  # what it is about: a device, an open item, a case number, a door
    detail: str
    severity: str
    roles: tuple[str, ...]
    opened_ms: int
    due_ms: int
    causes: tuple[str, ...] = ()  # with which it may be closed; empty: with what it is about


class ExceptionClosed(Durable, frozen=True, tag="exception_closed"):
    """`cause`: what was chosen from the list, or `settled` and `day_closed` where it ended with what it was about.
    `by` empty: the records themselves; `office:` and a name: somebody at the office."""

    exception: str
    cause: str
    by: str
    closed_ms: int
