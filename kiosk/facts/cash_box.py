"""The cash box: taken out, counted, handed over. Notes are told by denomination."""

from __future__ import annotations

import enum

from kiosk.contract import Language
from kiosk.facts.kinds import Account, Durable, Passing, Posting, Signed
from kiosk.money import Money

Notes = dict[str, int]  # denomination in fen → how many


def worth(notes: Notes) -> Money:
    return Money(sum(int(fen) * count for fen, count in notes.items()))


def total(*several: Notes) -> Notes:
    """All of them together, smallest denomination first, none that is zero."""
    found: Notes = {}
    for notes in several:
        for fen, count in notes.items():
            found[fen] = found.get(fen, 0) + count
    return {fen: found[fen] for fen in sorted(found, key=int) if found[fen]}


class BoxGone(enum.Enum):
    """How it is known that the box was taken out."""

    REPORTED = "reported"  # by the acceptor
    PUT_BACK = "put_back"  # it was put in, and nobody had seen it go
    COUNTER = "counter"  # the unit counts other notes than the records
    UNIT = "unit"  # another unit hangs there


class BoxRemoved(Durable, frozen=True, tag="box_removed"):
    """The epoch of the cash box ends. `notes`: what should be inside by the records, whoever it belongs to;
    `unknown`: notes inside whose value nobody knows. `by`: who was signed in; empty: unattended."""

    box: int
    notes: Notes
    unknown: int = 0
    how: BoxGone = BoxGone.REPORTED
    by: str = ""


class BoxReturned(Durable, frozen=True, tag="box_returned"):
    box: int  # number of the new epoch


class BoxCounted(Signed, frozen=True, tag="box_counted"):
    """A collection: the notes of `boxes` were counted blind by `by`. A difference is an open item."""

    collection: str  # number
    kiosk: str
    boxes: tuple[int, ...]
    by: str
    issued_ms: int
    expected: Notes
    unknown: int
    counted: Notes
    doubtful: tuple[str, ...]  # claim slips of the doubtful notes among them
    change_owed: Money  # all that is open at that moment
    unprinted: tuple[str, ...]
    language: Language

    @property
    def number(self) -> str:
        return self.collection

    @property
    def difference(self) -> Money:
        """Positive: more than the records say."""
        return worth(self.counted) - worth(self.expected)

    @property
    def agrees(self) -> bool:
        return not self.unknown and total(self.counted) == total(self.expected)

    @property
    def proof(self) -> str:
        expected, counted = worth(self.expected).fen, worth(self.counted).fen
        return f"B1;{self.collection};{expected};{counted};{self.issued_ms};{self.by}"

    @property
    def postings(self) -> tuple[Posting, ...]:
        parts = (
            Posting(Account.CASH_BOX, -worth(self.expected)),
            Posting(Account.OFFICE, worth(self.counted)),
            Posting(Account.DIFFERENCE, -self.difference),
        )
        return tuple(p for p in parts if p.amount)


class BagHandedOver(Signed, frozen=True, tag="bag_handed_over"):
    """What was counted went from one hand into another: both signed in with number and PIN, one after the other.

    `by` counted every one of `collections`; `to` took them, and is somebody else."""

    handover: str  # number
    kiosk: str
    collections: tuple[str, ...]
    notes: Notes
    by: str
    to: str
    issued_ms: int
    language: Language

    @property
    def number(self) -> str:
        return self.handover

    @property
    def proof(self) -> str:
        collections = ",".join(self.collections)
        return (
            f"H1;{self.handover};{worth(self.notes).fen};{collections};{self.issued_ms};{self.by};{self.to}"
        )


# ---------------------------------------------------------------------------------------------------
# Passing: how somebody counts and hands over


class CountBegun(Passing, frozen=True, tag="count_begun"):
    boxes: tuple[int, ...]


class DenominationCounted(Passing, frozen=True, tag="denomination_counted"):
    fen: str
    count: int


class CountTakenBack(Passing, frozen=True, tag="count_taken_back"):
    """One denomination back, to correct it."""


class HandOverBegun(Passing, frozen=True, tag="hand_over_begun"):
    """Who counted hands these collections over; who takes them signs in next."""

    collections: tuple[str, ...]
