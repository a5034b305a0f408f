"""What is counted for compliance: which facts say that something was done, and who did it. Add a row to count more.

Who: the person that the fact names, else whoever was signed in, else nobody of the staff.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kiosk import facts as f
from kiosk.facts import office as o
from kiosk.facts.approval import AmountDecided, PaymentCancelled
from kiosk.facts.check import SubmissionBlocked
from kiosk.facts.stock import ReceiptVoided
from kiosk.facts.visitor import CallAnswered, OpinionGiven, StaffCalled

NOBODY: Final = "-"
VISIT_TARGET_MS: Final = 120_000  # 2 minutes: what the office promises
CALL_TARGET_MS: Final = 180_000  # after three minutes alone a person has walked away

DEEDS: Final[dict[type[f.Durable], tuple[str, Callable[[Any], bool]]]] = {  # fact → what was done, if it was
    SubmissionBlocked: ("blocked", lambda fact: True),
    o.DayOpened: ("override", lambda fact: bool(fact.override)),
    AmountDecided: ("approval", lambda fact: fact.granted),
    o.ItemSettled: ("correction", lambda fact: True),
    PaymentCancelled: ("cancel", lambda fact: True),
    ReceiptVoided: ("void", lambda fact: True),
    f.PrintStarted: ("reprint", lambda fact: fact.attempt > 1),
    StaffCalled: ("call", lambda fact: True),
    CallAnswered: ("answer", lambda fact: True),
    OpinionGiven: ("opinion", lambda fact: True),
    o.SignInFailed: ("sign_in_failed", lambda fact: True),
    o.ExceptionOpened: ("exception", lambda fact: True),
    o.ExceptionClosed: ("exception_closed", lambda fact: True),
}
OF_A_CUSTOMER: Final = frozenset({"blocked", "call", "opinion", "exception"})


def who(fact: f.Durable, signed_in: str) -> str:
    """Of a fact in `DEEDS`."""
    if isinstance(fact, o.SignInFailed):
        return fact.person or NOBODY
    named: str = getattr(fact, "by", "")
    if named or DEEDS[type(fact)][0] in OF_A_CUSTOMER:
        return named or NOBODY
    return signed_in or NOBODY
