"""What the facts say, kept by hand and apart from the kiosk's own books: the other side of every comparison."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk import facts as f
from kiosk.contract import Tender
from kiosk.money import Money
from tests.crash.office_books import DoesNotAddUp as DoesNotAddUp
from tests.crash.office_books import OfficeBooks, require


@dataclass
class Books:
    """Incremental, so that they can be looked at after each single step. Amounts in fen."""

    balances: Counter[f.Account] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)  # payment → credited notes and charges
    notes_paid: Counter[str] = field(default_factory=Counter)  # payment → credited notes
    ended: set[str] = field(default_factory=set)  # payments
    held: dict[str, int] = field(default_factory=dict)  # note → fen
    settled: dict[str, str] = field(default_factory=dict)  # note → credited, returned, doubtful
    returned: int = 0
    in_box: int = 0  # credited, doubtful and settled notes of which the facts say that they are in the box
    moving: int = 0  # notes that are held and not settled
    astray: dict[str, int] = field(default_factory=dict)  # note in question → fen
    charged: int = 0
    carded: int = 0
    charges: dict[str, str] = field(default_factory=dict)  # charge → requested, confirmed, declined, doubtful
    cancelled: set[str] = field(default_factory=set)  # payments
    completed: dict[str, f.PaymentCompleted] = field(default_factory=dict)
    receipts: dict[str, f.ReceiptIssued] = field(default_factory=dict)
    claims: dict[str, f.ClaimIssued] = field(default_factory=dict)
    jobs: set[str] = field(default_factory=set)
    office: OfficeBooks = field(default_factory=OfficeBooks)

    def fork(self) -> Books:
        new = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | set):
                setattr(new, name, value.copy())
        new.office = self.office.fork()
        return new

    def commit(self, facts: Sequence[f.Durable]) -> None:
        """All facts of one durable commit. Raises DoesNotAddUp."""
        for fact in facts:
            moved = fact.postings
            require(sum(p.amount.fen for p in moved) == 0, f"the postings of {fact} do not sum to zero")
            for posting in moved:
                self.balances[posting.account] += posting.amount.fen
            self._has_its_paper(fact, facts)
            self._book(fact)
            self.office.book(fact, facts)
        require(sum(self.balances.values()) == 0, "the balances do not sum to zero")
        require(
            self.balances[f.Account.CODE_CLEARING] == self.charged, "code clearing is not what was charged"
        )
        require(self.balances[f.Account.CARD_CLEARING] == self.carded, "card clearing is not what cards paid")
        held = self.balances[f.Account.CASH_BOX] + self.balances[f.Account.IN_QUESTION]
        in_question = sum(self.astray.values()) - sum(self.office.decided.values())
        in_box = self.in_box - self.office.counted_out
        require(held == in_box + in_question, f"cash accounts say {held}, notes say {in_box} + {in_question}")

    def _book(self, fact: f.Durable) -> None:
        match fact:
            case f.NoteHeld():
                require(fact.note not in self.held, f"note {fact.note} is held twice")
                self.held[fact.note] = fact.value.fen
                self.moving += fact.value.fen
            case f.NoteCredited():
                self._settle(fact.note, "credited")
                self.in_box += fact.value.fen
                self.paid[fact.payment] += fact.value.fen
                self.notes_paid[fact.payment] += fact.value.fen
                require(fact.payment not in self.ended, f"{fact.payment} is credited after it ended")
            case f.NoteReturned():
                self._settle(fact.note, "returned")
                self.returned += self.held[fact.note]
            case f.NoteDoubtful():
                self._settle(fact.note, "doubtful")
                require(bool(fact.because), f"{fact.note} is doubtful and nobody says why")
                if fact.value is None:
                    decided = bool(
                        self.office.decided
                    )  # staff were quicker than the unit: nobody waits for it
                    require(decided, "the models know each note, and this one has no value")
                    return
                if fact.in_box:
                    self.in_box += fact.value.fen
                else:
                    self.astray[fact.note] = fact.value.fen
            case f.DoubtSettled():
                require(
                    self.astray.get(fact.note) == fact.value.fen,
                    f"{fact.note} is not in doubt and is settled",
                )
                del self.astray[fact.note]
                self.in_box += fact.value.fen if fact.in_box else 0
            case f.ChargeRequested():
                require(fact.charge not in self.charges, f"charge {fact.charge} is requested twice")
                self.charges[fact.charge] = "requested"
            case f.ChargeConfirmed():
                require(self.charges[fact.charge] == "requested", f"charge {fact.charge} is confirmed twice")
                self.charges[fact.charge] = "confirmed"
                self._took(fact)
                require(not self.paid[fact.payment], f"payment {fact.payment} is charged twice")
                self.paid[fact.payment] += fact.amount.fen
            case f.ChargeDoubtful():
                require(
                    self.charges[fact.charge] in ("requested", "declined"),
                    f"charge {fact.charge} counts twice",
                )
                self.charges[fact.charge] = "doubtful"
                self._took(fact)
            case f.ChargeDeclined():
                self.charges[fact.charge] = "declined"
            case f.PaymentCancelled():
                require(fact.payment not in self.ended, f"{fact.payment} is cancelled after it ended")
                self.cancelled.add(fact.payment)
            case f.PaymentCompleted() | f.PaymentAbandoned():
                self._end(fact)
            case f.ReceiptIssued():
                number = f"K0001-{len(self.receipts) + 1:08d}"
                require(fact.receipt == number, f"receipt {fact.receipt} is issued where {number} is next")
                done = self.completed.get(fact.payment)
                paid = {part.bill: part.to_fee for part in done.parts} if done else {}
                if done and done.ahead:
                    paid[""] = Money(0)
                    require(fact.to_prepaid == done.to_prepaid, f"receipt {fact.receipt}: another balance")
                require(paid.get(fact.bill) == fact.to_fee, f"receipt {fact.receipt} has no such payment")
                require(
                    all((r.payment, r.bill) != (fact.payment, fact.bill) for r in self.receipts.values()),
                    f"payment {fact.payment} has two receipts for {fact.bill}",
                )
                self.receipts[fact.receipt] = fact
            case f.ClaimIssued():
                number = f"K0001-C{len(self.claims) + 1:06d}"
                require(fact.claim == number, f"claim slip {fact.claim} is issued where {number} is next")
                same = [
                    x for x in self.claims.values() if (x.subject, x.because) == (fact.subject, fact.because)
                ]
                require(not same, f"two claim slips for {fact.subject}: {fact.because}")
                self.claims[fact.claim] = fact
            case f.PrintStarted():
                issued = {*self.receipts, *self.claims, *self.office.papers} - self.office.void
                require(fact.number in issued, f"{fact.number} was not issued, or is void")
                self.jobs.add(fact.job)

    def _settle(self, note: str, how: str) -> None:
        require(note not in self.settled, f"note {note} is {how}, and was {self.settled.get(note)} before")
        self.settled[note] = how
        self.moving -= self.held.get(note, 0)

    def _end(self, fact: f.PaymentCompleted | f.PaymentAbandoned) -> None:
        require(fact.payment not in self.ended, f"payment {fact.payment} ends twice")
        self.ended.add(fact.payment)
        paid = self.paid[fact.payment]
        if isinstance(fact, f.PaymentAbandoned):
            require(not paid, f"payment {fact.payment} is abandoned with {paid} fen in it")
            return
        places = (fact.to_fee + fact.to_prepaid + fact.to_change).fen
        require(fact.paid.fen == paid == places, f"payment {fact.payment}: paid {paid}, closed as {fact}")
        if fact.payment in self.cancelled:
            require(
                fact.to_change == fact.paid, f"{fact.payment} is cancelled and some of it is not owed back"
            )
        self.completed[fact.payment] = fact

    def _took(self, fact: f.ChargeConfirmed | f.ChargeDoubtful) -> None:
        fen = fact.amount.fen if fact.amount else 0
        if fact.tender is Tender.CARD:
            self.carded += fen
        else:
            self.charged += fen

    def _has_its_paper(self, fact: f.Durable, commit: Sequence[f.Durable]) -> None:
        """Issued in the same commit: a cut can not come between money and its slip."""
        claims = {x.subject: x.amount for x in commit if isinstance(x, f.ClaimIssued)}
        if isinstance(fact, f.NoteDoubtful):
            slip = fact.note in claims and claims[fact.note] == fact.value
            require(slip, f"{fact.value} of {fact.note} are doubtful without a slip")
        elif isinstance(fact, f.ChargeDoubtful):
            require(claims.get(fact.charge) == fact.amount, f"{fact.charge} is doubtful without a slip")
        elif isinstance(fact, f.PaymentCompleted):
            if fact.to_change:
                require(claims.get(fact.payment) == fact.to_change, f"{fact.to_change} owed without a slip")
            receipts = [x for x in commit if isinstance(x, f.ReceiptIssued) and x.payment == fact.payment]
            owed = [""] if fact.ahead and fact.to_prepaid else [p.bill for p in fact.parts if p.to_fee]
            require([x.bill for x in receipts] == owed, f"payment {fact.payment}: receipts for {receipts}")
            if receipts:
                told = sum(x.paid.fen for x in receipts)
                require(told == fact.paid.fen, f"payment {fact.payment}: its receipts say {told} fen")
