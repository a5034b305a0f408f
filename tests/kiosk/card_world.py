"""A card terminal for games without time: its record and what the bank took outlive the core, its driver does not."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from hardware import contracts as hw
from hardware.terminals import contract as card
from hardware.terminals.verdict import Entry, verdict
from kiosk.money import Money

TID = "52500041"
ENDS = ("approved", "declined", "cancelled", "lost_with_money", "lost_without")


class Order(NamedTuple):
    payment: str
    amount: Money


class Terminal:
    def __init__(self) -> None:
        self.mail: list[Any] = []
        self.trace = 0
        self.last: Entry | None = None
        self.taken_fen = 0
        self.running: Order | None = None
        self.ordered: set[str] = set()

    @property
    def mark(self) -> card.Mark:
        return card.Mark(TID, self.trace)

    def comes_up(self, mail: list[Any]) -> None:
        """A driver registers: whatever ran before has found its end by now."""
        self.mail, self.running = mail, None
        self.mail.append(hw.Found(device="terminal", identity="model", serial_number=TID))
        self._rest()

    def core_dies(self, charged: bool) -> None:
        """The customer goes on at the terminal, which nobody listens to."""
        if self.running is not None and charged:
            self._enter(self.running, True)
        self.running = None

    def fork(self) -> Terminal:
        """Nobody listens to it until a core comes up."""
        new = copy.copy(self)
        new.mail, new.ordered = [], self.ordered.copy()
        return new

    # ---- verbs

    def pay(self, payment: str, amount: Money, before: card.Mark) -> None:
        assert payment not in self.ordered, "a payment is ordered once in its life"
        self.ordered.add(payment)
        if self.running is not None or before != self.mark:
            self._declined(payment, card.DeclinedBecause.NOT_STARTED)
        else:
            self.running = Order(payment, amount)

    def cancel(self, payment: str) -> None:
        if self.running is not None and self.running.payment == payment:
            self.ends("cancelled")

    def query(self, payment: str, amount: Money, before: card.Mark) -> None:
        last = self.last or Entry(self.mark, False, None)
        self.mail.append(verdict("terminal", payment, amount, before, last))
        self._rest()

    # ---- what people and the bank do

    def asks(self, step: card.Step) -> None:
        if self.running is not None:
            self.mail.append(card.CardAsks(device="terminal", payment=self.running.payment, step=step))

    def ends(self, how: str) -> None:
        order, self.running = self.running, None
        if order is None:
            return
        if how in ("approved", "declined", "lost_with_money"):
            self._enter(order, how != "declined")
        if how == "approved":
            assert self.last is not None
            self.mail.append(
                card.CardApproved(
                    device="terminal", payment=order.payment, amount=order.amount, mark=self.mark, card="****1234",
                    scheme="UnionPay", receipt="1",
                )
            )  # fmt: skip
        elif how in ("declined", "cancelled"):
            self._declined(order.payment, card.DeclinedBecause(how))
        else:
            self.mail.append(card.CardUnknown(device="terminal", payment=order.payment, detail="model"))
            self.mail.append(hw.Lost(device="terminal", trouble=hw.Trouble.SILENT, detail="model"))
            self.mail.append(hw.Found(device="terminal", identity="model", serial_number=TID))
        self._rest()

    def _enter(self, order: Order, approved: bool) -> None:
        self.trace += 1
        self.last = Entry(self.mark, approved, order.amount)
        self.taken_fen += order.amount.fen if approved else 0

    def _declined(self, payment: str, because: card.DeclinedBecause) -> None:
        self.mail.append(card.CardDeclined(device="terminal", payment=payment, because=because))

    def _rest(self) -> None:
        self.mail.append(card.TerminalAtRest(device="terminal", mark=self.mark))
