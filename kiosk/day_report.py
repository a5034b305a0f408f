"""What a day came to: records in, figures out. Knows nothing of the state, so that one can be held to the other.

`fold(facts, start)` reads everything after a close in the order of the journal; `start` is what that close left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from kiosk import deeds
from kiosk import facts as f
from kiosk.facts import office as o
from kiosk.facts import stock as s
from kiosk.facts import visitor as visitor
from kiosk.money import Money
from kiosk.parcels import NUMBER_DIGITS

ZERO: Final = Money(0)
OWN_SERIES: Final = "-"  # in a number that the kiosk counted itself, `K0001-00000012`; in none of a block


class Report(msgspec.Struct, frozen=True):
    figures: o.Figures
    standing: o.Standing


class _Sheet:
    """Adds up; one fact at a time."""

    def __init__(self, start: o.Standing, signed_in: str = "") -> None:
        self.signed_in = signed_in
        self.deeds: dict[str, dict[str, int]] = {}
        self.visits: list[int] = []
        self.unpaid: list[int] = []
        self.calls: list[int] = []
        self.tenders: dict[str, o.Sum] = {}
        self.fees: dict[str, o.Sum] = {}
        self.ahead: dict[str, o.Sum] = {}
        self.opened: dict[str, f.PaymentOpened] = {}
        self.to_prepaid = self.to_change = self.collected = self.difference = self.handed_over = ZERO
        self.came: o.Notes = {}
        self.unknown_came = self.new_receipts = self.claims = self.collections = self.handovers = 0
        self.doubtful = self.voids = o.Sum()
        self.stock, self.blocks = s.Stock(), start.blocks or ()
        self.box, self.notes, self.unknown = start.box, start.notes, start.unknown
        self.to_count, self.receipts = start.to_count, start.receipts
        self.bags = dict.fromkeys(start.bags)  # an ordered set, like those below
        self.items = dict.fromkeys(start.items)
        self.unprinted = dict.fromkeys(start.unprinted)
        self.old_papers = frozenset(start.unprinted)

    def note(self, value: Money | None) -> None:
        if value is None:
            self.unknown, self.unknown_came = self.unknown + 1, self.unknown_came + 1
        else:
            one = {str(value.fen): 1}
            self.notes, self.came = o.total(self.notes, one), o.total(self.came, one)

    def add(self, fact: f.Durable) -> None:
        self._count(fact)
        match fact:
            case f.PaymentOpened():
                self.opened[fact.payment] = fact
            case f.PaymentCompleted():
                self._completed(fact)
            case f.NoteCredited():
                self.note(fact.value)
            case f.NoteDoubtful():
                self.items[fact.note] = None
                self.doubtful = self.doubtful.plus(fact.value or ZERO)
                if fact.in_box:
                    self.note(fact.value)
            case f.DoubtSettled():
                self.note(fact.value) if fact.in_box else self.items.pop(fact.note, None)
            case f.ChargeDoubtful():
                self.items[fact.charge] = None
                self.doubtful = self.doubtful.plus(fact.amount or ZERO)
            case f.ReceiptIssued():
                self.receipts, self.new_receipts = self.receipts + 1, self.new_receipts + 1
                self.unprinted[fact.receipt] = None
                self._number_used(fact.receipt)
            case s.NumbersReceived():
                self.stock = replace(self.stock, received=self.stock.received + fact.last - fact.first + 1)
                self.blocks += (s.Block(fact.series, fact.first, fact.last, fact.first),)
            case f.ClaimIssued():
                self.claims += 1
                self.unprinted[fact.claim] = None
                if fact.because in ("change_owed", s.RECEIPT_VOID, s.PAYMENT_CANCELLED):
                    self.items[fact.subject] = None
            case s.ReceiptVoided():
                self.voids = self.voids.plus(fact.amount)
                if OWN_SERIES not in fact.receipt:
                    self.stock = replace(self.stock, void=self.stock.void + 1)
                self.unprinted.pop(fact.receipt, None)
            case f.PrintDone():
                self.unprinted.pop(fact.number, None)
            case o.BoxRemoved():
                self.box, self.notes, self.unknown = fact.box + 1, {}, 0
                self.to_count += (fact.box,)
            case o.BoxCounted():
                self._counted(fact)
            case o.BagHandedOver():
                self._handed_over(fact)
            case o.ItemSettled():
                self.items.pop(fact.item, None)
            case o.DayClosed():
                self.unprinted[fact.report] = None

    def _count(self, fact: f.Durable) -> None:
        """Who was signed in goes on over a close: whoever made it."""
        name, was_done = deeds.DEEDS.get(type(fact), ("", bool))
        if name and was_done(fact):
            person = deeds.who(fact, self.signed_in)
            by_person = self.deeds.setdefault(name, {})
            by_person[person] = by_person.get(person, 0) + 1
        match fact:
            case o.SignedIn():
                self.signed_in = fact.person
            case o.SignedOut() | f.KioskStarted():
                self.signed_in = ""
            case f.VisitClosed() if fact.lasted_ms is not None:
                (self.visits if fact.paid else self.unpaid).append(fact.lasted_ms)
            case visitor.CallAnswered():
                self.calls.append(fact.waited_ms)

    def _completed(self, fact: f.PaymentCompleted) -> None:
        opened = self.opened.pop(fact.payment, None)
        tender, fee = fact.tender, fact.fee
        if opened is not None:  # a record of before these stood in it
            tender, fee = tender or opened.tender.value, fee or opened.fee
        self.tenders[tender] = self.tenders.get(tender, o.Sum()).plus(fact.paid)
        parts = [(part.fee, part.to_fee) for part in fact.parts] or [(fee, fact.to_fee)]
        for of, amount in parts:  # several bills may have been paid at once
            if amount:
                self.fees[of] = self.fees.get(of, o.Sum()).plus(amount)
        if fact.ahead and fact.to_prepaid:
            self.ahead[fee] = self.ahead.get(fee, o.Sum()).plus(fact.to_prepaid)
        self.to_prepaid += fact.to_prepaid
        self.to_change += fact.to_change

    def _counted(self, fact: o.BoxCounted) -> None:
        self.to_count = tuple(box for box in self.to_count if box not in fact.boxes)
        self.collections += 1
        self.collected += o.worth(fact.counted)
        self.difference += fact.difference
        self.unprinted[fact.collection] = None
        self.bags[fact.collection] = None
        if not fact.agrees:
            self.items[fact.collection] = None

    def _number_used(self, receipt: str) -> None:
        """A number of a block; what lies between it and the one that was expected is a gap."""
        series, number = receipt[:-NUMBER_DIGITS], receipt[-NUMBER_DIGITS:]
        for place, block in enumerate(self.blocks):
            if block.series == series and block.next <= int(number) <= block.last:
                stock, gap = self.stock, int(number) - block.next
                self.stock = replace(stock, used=stock.used + 1, gaps=stock.gaps + gap)
                begun = replace(block, next=int(number) + 1)
                self.blocks = (*self.blocks[:place], begun, *self.blocks[place + 1 :])
                return

    def _handed_over(self, fact: o.BagHandedOver) -> None:
        for collection in fact.collections:
            self.bags.pop(collection, None)
        self.handovers += 1
        self.handed_over += o.worth(fact.notes)
        self.unprinted[fact.handover] = None

    def report(self) -> Report:
        return Report(
            o.Figures(
                tenders=self.tenders,
                fees=self.fees,
                ahead=self.ahead,
                to_prepaid=self.to_prepaid,
                to_change=self.to_change,
                notes=self.came,
                unknown_notes=self.unknown_came,
                receipts=self.new_receipts,
                claims=self.claims,
                unprinted=len(self.unprinted.keys() - self.old_papers),
                doubtful=self.doubtful,
                collections=self.collections,
                collected=self.collected,
                difference=self.difference,
                handovers=self.handovers,
                handed_over=self.handed_over,
                deeds=self.deeds,
                visits=o.times(self.visits, deeds.VISIT_TARGET_MS),
                unpaid=o.times(self.unpaid, deeds.VISIT_TARGET_MS),
                calls=o.times(self.calls, deeds.CALL_TARGET_MS),
                voids=self.voids,
                stock=replace(self.stock, left=sum(block.left for block in self.blocks)),
            ),
            o.Standing(
                box=self.box,
                notes=self.notes,
                unknown=self.unknown,
                to_count=self.to_count,
                bags=tuple(self.bags),
                items=tuple(self.items),
                unprinted=tuple(self.unprinted),
                receipts=self.receipts,
                blocks=tuple(block for block in self.blocks if block.left),
            ),
        )


def after(closed: o.DayClosed) -> o.Standing:
    """What the next day begins with."""
    standing = closed.standing
    return replace(standing, unprinted=(*standing.unprinted, closed.report))


def each(
    facts: Iterable[f.Durable], start: o.Standing | None = None, signed_in: str = ""
) -> Iterator[tuple[o.DayClosed | None, Report]]:
    """Every close in `facts` with what the records before it add up to; at last None, with what came since."""
    sheet = _Sheet(start or o.Standing(), signed_in)
    for fact in facts:
        if isinstance(fact, o.DayClosed):
            yield fact, sheet.report()
        sheet.add(fact)
        if isinstance(fact, o.DayClosed):
            opened, sheet = sheet.opened, _Sheet(sheet.report().standing, sheet.signed_in)
            sheet.opened = opened  # a payment may be open over a close
    yield None, sheet.report()


def fold(facts: Iterable[f.Durable], start: o.Standing | None = None, signed_in: str = "") -> Report:
    """Everything since the last close in `facts`; before it, `start` or the records themselves. `signed_in`: who
    was, at the first of `facts`."""
    *_, (_, report) = each(facts, start, signed_in)
    return report
