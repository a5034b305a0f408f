"""What every fact has in common: durable or passing, its postings, its signature. Accounts of the books."""

from __future__ import annotations

import enum
from typing import ClassVar

import msgspec

from kiosk.money import Money


class Account(enum.Enum):
    """Double entry: what the kiosk holds (up to `DIFFERENCE`) and whom it owes."""

    CASH_BOX = "cash_box"  # notes in the box
    CODE_CLEARING = "code_clearing"  # charged by payment code, comes from the provider
    CARD_CLEARING = "card_clearing"
    IN_QUESTION = "in_question"  # notes of which nobody can say yet whether they are in the box
    OFFICE = "office"  # counted out of the box and handed over; less what the office paid for the kiosk
    DIFFERENCE = "difference"  # positive: missing when it was counted; negative: more than the records say
    CUSTOMER = "customer"  # paid in a visit, not yet used
    FEE = "fee"  # owed to the biller
    PREPAID = "prepaid"  # owed to the customer's account at the biller
    CHANGE_OWED = "change_owed"  # owed to the customer in cash
    DOUBTFUL = "doubtful"  # not yet decidable whose it is


class Posting(msgspec.Struct, frozen=True):
    """Positive: the kiosk holds more; negative: the kiosk owes more."""

    account: Account
    amount: Money


def moved(held: Account, owed: Account, amount: Money) -> tuple[Posting, ...]:
    return (Posting(held, amount), Posting(owed, -amount))


class Fact(msgspec.Struct, frozen=True, tag_field="kind"):
    pass


class Durable(Fact, frozen=True):
    version: ClassVar[int] = 1

    @property
    def postings(self) -> tuple[Posting, ...]:
        return ()


class Signed(Durable, frozen=True, kw_only=True):
    """A paper that leaves the house: the journal's owner fills in `signature` before it is written."""

    signature: str = ""

    @property
    def number(self) -> str:
        """What stands on the paper and names it everywhere."""
        raise NotImplementedError

    @property
    def proof(self) -> str:
        """What the signature covers, and what the QR code on the paper says together with it."""
        raise NotImplementedError


class Passing(Fact, frozen=True):
    pass
