"""What the facts of the staff say, kept by hand: boxes, bags, days, open items, receipts that are void."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk import facts as f
from kiosk.facts import office as o
from kiosk.facts.stock import PAYMENT_CANCELLED, RECEIPT_VOID, ReceiptVoided
from kiosk.facts.visitor import OpinionGiven


class DoesNotAddUp(AssertionError):
    """A rule of the house was broken; the text says which and by how much."""


def require(true: bool, what: str) -> None:
    if not true:
        raise DoesNotAddUp(what)


@dataclass
class Day:
    """Since the last close, in fen."""

    paid: int = 0
    notes: int = 0
    receipts: int = 0
    claims: int = 0
    collected: int = 0
    handed_over: int = 0
    voided: int = 0

    def of(self, figures: o.Figures) -> Day:
        """The same as the kiosk has it."""
        return Day(
            sum(tender.amount.fen for tender in figures.tenders.values()),
            o.worth(figures.notes).fen,
            figures.receipts,
            figures.claims,
            figures.collected.fen,
            figures.handed_over.fen,
            figures.voids.amount.fen,
        )


@dataclass
class OfficeBooks:
    box: int = 1
    notes: Counter[str] = field(default_factory=Counter)  # in the box: fen → how many
    unknown: int = 0  # in the box, of no known value
    to_count: dict[int, Counter[str]] = field(default_factory=dict)  # boxes that were taken out
    bags: dict[str, tuple[str, int]] = field(default_factory=dict)  # collection → who counted it, fen
    collections: int = 0
    handovers: int = 0
    counted_out: int = 0  # fen that the cash box lost to the office, as the records expected them
    items: set[str] = field(default_factory=set)  # open
    decided: dict[str, int] = field(default_factory=dict)  # notes in question that staff decided about → fen
    void: set[str] = field(default_factory=set)
    days: int = 0  # closed
    is_open: bool = False
    day: Day = field(default_factory=Day)
    papers: set[str] = field(default_factory=set)
    opinions: int = 0

    def fork(self) -> OfficeBooks:
        new = copy.copy(self)
        new.day = copy.copy(self.day)
        for name, value in vars(self).items():
            if isinstance(value, dict | set):
                setattr(new, name, value.copy())
        return new

    def note(self, fen: int) -> None:
        self.notes[str(fen)] += 1
        self.day.notes += fen

    def book(self, fact: f.Durable, commit: Sequence[f.Durable]) -> None:
        match fact:
            case f.NoteCredited():
                self.note(fact.value.fen)
            case f.NoteDoubtful():
                self.items.add(fact.note)
                if fact.in_box and fact.value is not None:
                    self.note(fact.value.fen)
                else:
                    self.unknown += fact.in_box
            case f.DoubtSettled():
                require(fact.note not in self.decided, f"{fact.note} was decided by staff and settles itself")
                if fact.in_box:
                    self.note(fact.value.fen)
                else:
                    self.items.discard(fact.note)
            case f.ChargeDoubtful():
                self.items.add(fact.charge)
            case f.PaymentCompleted():
                self.day.paid += fact.paid.fen
            case f.ReceiptIssued():
                self.day.receipts += 1
            case f.ClaimIssued():
                self.day.claims += 1
                if fact.because in ("change_owed", RECEIPT_VOID, PAYMENT_CANCELLED):
                    self.items.add(fact.subject)
            case o.BoxRemoved():
                self._removed(fact)
            case o.BoxCounted():
                self._counted(fact)
            case o.BagHandedOver():
                self._handed_over(fact)
            case o.ItemSettled():
                self._settled(fact)
            case ReceiptVoided():
                self._voided(fact, commit)
            case OpinionGiven():
                self.opinions += 1
                require(fact.case == f"K0001-V{self.opinions:06d}", f"{fact.case} is opinion {self.opinions}")
                self.papers |= {fact.case} if fact.slip else set()
            case o.DayOpened():
                require(not self.is_open, f"day {fact.day} is opened while one is open")
                require(fact.day == self.days + 1, f"day {fact.day} is opened after day {self.days}")
                self.is_open = True
            case o.DayClosed():
                self._closed(fact)

    def _removed(self, fact: o.BoxRemoved) -> None:
        require(fact.box == self.box, f"box {fact.box} is taken out, and box {self.box} is in the machine")
        require(
            fact.notes == dict(self.notes), f"box {fact.box} has {dict(self.notes)}, told is {fact.notes}"
        )
        require(fact.unknown == self.unknown, f"box {fact.box}: {self.unknown} unknown, told {fact.unknown}")
        self.to_count[fact.box] = self.notes
        self.box, self.notes, self.unknown = self.box + 1, Counter(), 0

    def _counted(self, fact: o.BoxCounted) -> None:
        self.collections += 1
        number = f"K0001-B{self.collections:06d}"
        require(fact.collection == number, f"collection {fact.collection} where {number} is next")
        expected: Counter[str] = Counter()
        for box in fact.boxes:
            require(box in self.to_count, f"box {box} is counted, and is not out or was counted before")
            expected += self.to_count.pop(box)
        require(fact.expected == expected, f"{fact.collection} expects {fact.expected}, by hand {expected}")
        require(fact.by != "", f"nobody counted {fact.collection}")
        fen = o.worth(fact.counted).fen
        self.counted_out += o.worth(fact.expected).fen
        self.bags[fact.collection] = (fact.by, fen)
        self.day.collected += fen
        self.papers.add(fact.collection)
        if not fact.agrees:
            self.items.add(fact.collection)

    def _handed_over(self, fact: o.BagHandedOver) -> None:
        self.handovers += 1
        number = f"K0001-H{self.handovers:06d}"
        require(fact.handover == number, f"hand-over {fact.handover} where {number} is next")
        require(fact.to not in ("", fact.by), f"{fact.handover}: {fact.by} gives to {fact.to}")
        fen = 0
        for collection in fact.collections:
            require(collection in self.bags, f"bag {collection} is handed over twice, or was never counted")
            by, worth = self.bags.pop(collection)
            require(by == fact.by, f"{fact.by} hands over what {by} counted")
            fen += worth
        require(o.worth(fact.notes).fen == fen, f"{fact.handover} holds {fact.notes}, {fen} fen were counted")
        self.day.handed_over += fen
        self.papers.add(fact.handover)

    def _settled(self, fact: o.ItemSettled) -> None:
        require(fact.item in self.items, f"item {fact.item} is settled twice, or was never open")
        self.items.discard(fact.item)
        alone = fact.sort is o.Sort.CHANGE
        require(alone or fact.second not in ("", fact.by), f"{fact.item}: {fact.by} settles it alone")
        if fact.sort is o.Sort.NOTE and not fact.in_box:
            assert fact.amount is not None, "the models know each note"
            self.decided[fact.item] = fact.amount.fen

    def _voided(self, fact: ReceiptVoided, commit: Sequence[f.Durable]) -> None:
        require(fact.receipt not in self.void, f"receipt {fact.receipt} is made void twice")
        require(fact.second not in ("", fact.by), f"{fact.receipt}: {fact.by} makes it void alone")
        refund = [x.amount for x in commit if isinstance(x, f.ClaimIssued) and x.subject == fact.receipt]
        require(refund == [fact.amount], f"{fact.receipt} is void, {fact.amount} are owed, slips: {refund}")
        self.void.add(fact.receipt)
        self.day.voided += fact.amount.fen

    def _closed(self, fact: o.DayClosed) -> None:
        self.days += 1
        require(fact.day == self.days, f"day {fact.day} is closed where day {self.days} ends")
        require(fact.report == f"K0001-D{fact.day:06d}", f"day {fact.day} is closed by {fact.report}")
        told = self.day.of(fact.figures)
        require(told == self.day, f"day {fact.day}: by hand {self.day}, its close says {told}")
        there = fact.standing
        require(there.notes == dict(self.notes), f"day {fact.day}: box {self.notes}, told {there.notes}")
        require(set(there.items) == self.items, f"day {fact.day}: open {self.items}, told {there.items}")
        require(set(there.bags) == set(self.bags), f"day {fact.day}: bags {self.bags}, told {there.bags}")
        require(there.to_count == tuple(self.to_count), f"day {fact.day}: to count {there.to_count}")
        self.is_open, self.day = False, Day()
        self.papers.add(fact.report)
