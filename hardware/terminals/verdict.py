"""What a terminal's own record says of a payment of which no answer came. Pure, and free of any protocol.

record stands as before            nothing came of it
one more, refused                  declined
one more, this amount, accepted    approved
anything else                      doubtful: a person looks it up
"""

from __future__ import annotations

from typing import Final

import msgspec

from hardware.terminals.contract import (
    CardApproved,
    CardDeclined,
    CardDoubtful,
    CardEvent,
    DeclinedBecause,
    Mark,
)
from kiosk.money import Money

LAST_TRACE: Final = 999_999  # then it begins at 1 again


class Entry(msgspec.Struct, frozen=True):
    """The last transaction in a terminal's record."""

    mark: Mark
    approved: bool
    amount: Money | None
    card: str = ""
    scheme: str = ""
    receipt: str = ""
    detail: str = ""


def follows(before: Mark, after: Mark) -> bool:
    return after.terminal == before.terminal and after.trace == before.trace % LAST_TRACE + 1


def verdict(device: str, payment: str, amount: Money, before: Mark, last: Entry) -> CardEvent:
    """What became of `payment`, which was asked for when the record stood at `before`."""

    def doubtful(because: str) -> CardEvent:
        taken = last.amount if last.approved else None
        return CardDoubtful(device=device, payment=payment, amount=taken, because=because)

    if last.mark.terminal != before.terminal:
        return doubtful("another_terminal")
    if last.mark.trace == before.trace:
        never = DeclinedBecause.NEVER
        return CardDeclined(device=device, payment=payment, because=never, detail="not in the record")
    if not follows(before, last.mark):
        return doubtful("several_since")
    if not last.approved:
        no = DeclinedBecause.DECLINED
        return CardDeclined(device=device, payment=payment, because=no, detail=last.detail)
    if last.amount != amount:
        return doubtful("another_amount")
    return CardApproved(
        device=device,
        payment=payment,
        amount=amount,
        mark=last.mark,
        card=last.card,
        scheme=last.scheme,
        receipt=last.receipt,
    )
