"""Facts of the approval that a large amount needs. The PIN and what is typed are gone at once."""

from __future__ import annotations

from kiosk.facts.kinds import Durable, Passing
from kiosk.money import Money


class AmountDecided(Durable, frozen=True, tag="amount_decided"):
    """A supervisor at the kiosk let this bill be paid here, or not. `reason`: id from `config/office.toml`; empty
    where it was refused."""

    visit: str
    bill: str
    amount: Money
    granted: bool
    by: str
    reason: str


class PaymentCancelled(Durable, frozen=True, tag="payment_cancelled"):
    """Somebody of the staff ended a payment that ran. `because`: id from `config/office.toml`. What is inside by then,
    or still comes in, is owed back."""

    payment: str
    because: str
    by: str


class CancelAsked(Passing, frozen=True, tag="cancel_asked"):
    """Somebody of the staff is at the screen of a payment."""


class ApprovalAsked(Passing, frozen=True, tag="approval_asked"):
    """The amount is above what a customer may pay alone."""


class ApproverCame(Passing, frozen=True, tag="approver_came"):
    pass


class ApproverTyped(Passing, frozen=True, tag="approver_typed"):
    typed: str


class ApproverNumber(Passing, frozen=True, tag="approver_number"):
    person: str


class ApproverPin(Passing, frozen=True, tag="approver_pin"):
    """It is checked outside of the flow, because that takes long on purpose."""

    attempt: str
    pin: str


class ApproverRefused(Passing, frozen=True, tag="approver_refused"):
    """`problem`: key of a phrase."""

    problem: str


class ApproverProved(Passing, frozen=True, tag="approver_proved"):
    person: str


class ApproverLeft(Passing, frozen=True, tag="approver_left"):
    """Back to the page that waits for somebody."""
