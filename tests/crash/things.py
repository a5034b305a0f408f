"""What outlives the core: unit, cash box, bank, paper, disk, clock. A cut keeps these and nothing else, so a
story is forked at each cut by copying them."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hardware import contracts as hw
from kiosk.clock import BUILT_MS, Instant
from kiosk.flow import stimuli as st
from tests.crash.ledgers import Ledger
from tests.kiosk import honest_world as honest
from tests.kiosk.card_world import Terminal
from tests.kiosk.world import NOW_MS

Entry = tuple[str, Any]
Page = tuple[Any, Entry] | None


@dataclass
class Story:
    """Who did what, newest last; forks share what came before."""

    page: Page = None

    def tell(self, who: str, what: Any) -> None:
        self.page = (self.page, (who, what))

    def lines(self) -> list[Entry]:
        found, page = [], self.page
        while page is not None:
            page, entry = page
            found.append(entry)
        return found[::-1]


@dataclass
class Clock:
    """No battery behind it: whatever it shows, time goes on a millisecond at each look."""

    ms: int = NOW_MS
    boot: int = 1
    since_ms: int = 0

    def now(self) -> Instant:
        self.ms += 1
        self.since_ms += 1
        return Instant(
            self.ms, f"boot-{self.boot}", self.since_ms, "clock" if self.ms >= BUILT_MS else "none"
        )

    def jumps(self, to_ms: int) -> None:
        self.ms = to_ms

    def starts_again(self) -> None:
        self.boot += 1
        self.since_ms = 0


@dataclass
class Unit(honest.Unit):
    """With a serial number, and it remembers whose notes it has."""

    serial: str = "unit-1"
    owner: str = ""  # payment that was on the screen when the note went in
    box_of: Counter[str] = field(default_factory=Counter)  # payment → yuan in the box
    out: int = 0  # so many of the notes in `box` are no longer in the machine, the first ones
    counted: int = 0  # and so many of them were counted by staff

    def into_box(self) -> None:
        super().into_box()
        self.box_of[self.owner] += self.yuan

    def taken_out(self) -> None:
        self.at, self.out = "box_out", len(self.box)

    def outside(self) -> list[int]:
        """Somebody counts what was taken out, in yuan: it goes into the bag."""
        lying, self.counted = self.box[self.counted : self.out], self.out
        return lying

    @property
    def inside(self) -> int:
        return self.yuan if self.at in ("escrow", "stacking") else 0

    def fork(self) -> Unit:
        new = copy.copy(self)
        new.box, new.inserted, new.returned = self.box.copy(), self.inserted.copy(), self.returned.copy()
        new.box_of = self.box_of.copy()
        return new

    def another(self, serial: str, counter: int) -> Unit:
        """In its place; box and history go on."""
        return Unit(self.counts, counter=counter, box=self.box, inserted=self.inserted, returned=self.returned,
                    serial=serial, box_of=self.box_of, out=len(self.box), counted=self.counted)  # fmt: skip


class AcceptorDriver(honest.AcceptorDriver):
    unit: Unit

    def tell(self, event: hw.Event) -> None:
        if isinstance(event, hw.Found | hw.AtRest):
            event = msgspec.structs.replace(event, serial_number=self.unit.serial)
        super().tell(event)

    def box_out(self) -> None:
        self.unit.taken_out()
        super().box_out()


@dataclass
class Things:
    unit: Unit
    bank: honest.Bank
    ledger: Ledger = field(default_factory=Ledger)
    clock: Clock = field(default_factory=Clock)
    story: Story = field(default_factory=Story)
    paper: list[tuple[str, int]] = field(default_factory=list)  # number, attempt: what really came out
    jobs: list[tuple[str, str, int]] = field(default_factory=list)  # in the printer
    sent: set[str] = field(default_factory=set)  # charges that left the core
    told: list[st.ChargeCame] = field(default_factory=list)
    ids: int = 0
    bills: int = 0
    swaps: int = 0
    number: int = 0  # of the story
    terminal: Terminal = field(default_factory=Terminal)

    def fork(self) -> Things:
        bank = honest.Bank([])
        bank.orders = {charge: copy.copy(order) for charge, order in self.bank.orders.items()}
        bank.calls, bank.late = self.bank.calls.copy(), self.bank.late.copy()
        return Things(
            self.unit.fork(), bank, self.ledger.fork(), copy.copy(self.clock), copy.copy(self.story),
            self.paper.copy(), self.jobs.copy(), self.sent.copy(), self.told.copy(), self.ids, self.bills, self.swaps,
            self.number, self.terminal.fork(),
        )  # fmt: skip

    def fingerprint(self) -> tuple[Any, ...]:
        """Two cuts between which nothing here changed are one cut."""
        unit, bank = self.unit, self.bank
        orders = tuple((charge, order.state) for charge, order in bank.orders.items())
        return (
            len(self.ledger.facts), self.ledger.fault, len(self.ledger.perhaps), unit.at, unit.serial, unit.counter,
            len(unit.inserted), len(unit.returned), orders, len(bank.calls), len(bank.late), len(self.paper),
            tuple(self.jobs), self.terminal.trace, self.terminal.running, len(self.terminal.ordered),
            self.clock.ms // 3_600_000, len(self.sent),
        )  # fmt: skip
