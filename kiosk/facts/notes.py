"""A note, from the escrow to the box or back, and what nobody can say of it."""

from __future__ import annotations

from kiosk.facts.kinds import Account, Durable, Posting, moved
from kiosk.money import Money


class NoteHeld(Durable, frozen=True, tag="note_held"):
    note: str
    payment: str
    code: int
    value: Money
    counter: int | None  # stacked notes before this one, as the unit counts them
    box: int
    unit: str  # serial number of the acceptor: the count of another one says nothing


class PulseCounted(Durable, frozen=True, tag="pulse_counted"):
    """One more pulse of a note that is in the box already. `NoteCredited` or `NoteDoubtful` ends the train; one that
    a restart finds open will never be whole."""

    note: str
    payment: str  # empty: nobody paid with notes when it came
    count: int  # so many by now
    box: int


class NoteStacking(Durable, frozen=True, tag="note_stacking"):
    """The intent: flushed before the device is told to take the note."""

    note: str


class NoteReturning(Durable, frozen=True, tag="note_returning"):
    note: str
    because: str


class NoteReturned(Durable, frozen=True, tag="note_returned"):
    note: str
    by: str  # device, or counter: the device's count shows that it was not taken


class NoteCredited(Durable, frozen=True, tag="note_credited"):
    """The note is in the box and paid. Flushed before the device is acknowledged."""

    note: str
    payment: str
    value: Money
    by: str  # device, or counter

    @property
    def postings(self) -> tuple[Posting, ...]:
        return moved(Account.CASH_BOX, Account.CUSTOMER, self.value)


class NoteDoubtful(Durable, frozen=True, tag="note_doubtful"):
    """Nobody can say yet whose this note is, or whether it is in the box at all."""

    note: str
    payment: str
    code: int
    value: Money | None  # None: a code outside our table
    in_box: bool
    because: str

    @property
    def postings(self) -> tuple[Posting, ...]:
        if self.value is None:
            return ()
        return moved(Account.CASH_BOX if self.in_box else Account.IN_QUESTION, Account.DOUBTFUL, self.value)


class DoubtSettled(Durable, frozen=True, tag="doubt_settled"):
    """The acceptor that was away with a note is back and says where the note is. It stays owed if it is in the
    box, because the customer holds the claim slip for it."""

    note: str
    value: Money
    in_box: bool
    by: str  # device, or counter

    @property
    def postings(self) -> tuple[Posting, ...]:
        if self.in_box:
            return (Posting(Account.CASH_BOX, self.value), Posting(Account.IN_QUESTION, -self.value))
        return (Posting(Account.DOUBTFUL, self.value), Posting(Account.IN_QUESTION, -self.value))
