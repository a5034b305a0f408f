"""A charge by payment code or card: asked for, unknown, confirmed, declined."""

from __future__ import annotations

from hardware.terminals.contract import Mark
from kiosk.contract import Tender
from kiosk.facts.kinds import Account, Durable, Posting, moved
from kiosk.money import Money

CLEARING = {Tender.CODE: Account.CODE_CLEARING, Tender.CARD: Account.CARD_CLEARING}


class ChargeRequested(Durable, frozen=True, tag="charge_requested"):
    """The intent: flushed before the code leaves the core, or the terminal is told. The code is never written.

    `before`, by card only: how the terminal's record stood; what came of it is what was added to that."""

    charge: str
    payment: str
    amount: Money
    before: Mark | None = None


class ChargeUnknown(Durable, frozen=True, tag="charge_unknown"):
    charge: str
    because: str


class ChargeConfirmed(Durable, frozen=True, tag="charge_confirmed"):
    charge: str
    payment: str
    amount: Money
    provider: str  # by card: its scheme
    reference: str  # by card: terminal and trace number
    tender: Tender = Tender.CODE
    card: str = ""  # masked to its last four digits

    @property
    def postings(self) -> tuple[Posting, ...]:
        return moved(CLEARING[self.tender], Account.CUSTOMER, self.amount)


class ChargeDeclined(Durable, frozen=True, tag="charge_declined"):
    """Nothing was charged. `not_sent` is our own word: the server has yet to close the id (`ChargeClosed`)."""

    charge: str
    payment: str
    because: str


class ChargeClosed(Durable, frozen=True, tag="charge_closed"):
    """The server confirmed that a charge which was not sent can never happen."""

    charge: str


class ChargeDoubtful(Durable, frozen=True, tag="charge_doubtful"):
    """Money was taken for a charge that the customer was told had not happened, or of another amount.
    `amount` None: a terminal's record can not tell whether anything was taken."""

    charge: str
    payment: str
    amount: Money | None
    because: str
    tender: Tender = Tender.CODE

    @property
    def postings(self) -> tuple[Posting, ...]:
        return () if self.amount is None else moved(CLEARING[self.tender], Account.DOUBTFUL, self.amount)
