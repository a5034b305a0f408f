"""A card terminal beside the kiosk: simulated, driven, and what the driver says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hardware.terminals.contract import CardEvent, Mark, TerminalAtRest
from hardware.terminals.zvt_driver import ZvtTerminal
from hardware.terminals.zvt_sim import ZvtSim
from kiosk.money import Money
from tests.hardware.panel.panel_places import Heard, wait_until

YUAN = 156
DUE = Money.yuan("37.50")


class Desk:
    def __init__(self, folder: Path) -> None:
        self.port = folder / "terminal"
        self.heard = Heard()
        self.sim = ZvtSim("terminal", self.port, pace_s=0, card_s=60)
        self.driver = ZvtTerminal("terminal", str(self.port), 9600, YUAN)

    def open(self) -> None:
        self.sim.start()
        self.driver.start(self.heard)
        self.heard.until(TerminalAtRest)

    def close(self) -> None:
        self.driver.close()
        self.sim.stop()

    @property
    def mark(self) -> Mark:
        """How the record stood when it was last told."""
        mark: Mark = self.heard.of(TerminalAtRest)[-1].mark
        return mark

    def rests(self, count: int) -> None:
        self.heard.until(TerminalAtRest, count)

    def pay(self, payment: str = "p1", amount: Money = DUE) -> Mark:
        before = self.mark
        self.driver.pay(payment, amount, before)
        return before

    def card(self, card: str = "good") -> None:
        self.shows("insert card")
        self.sim.do("insert_card", card=card)

    def shows(self, text: str) -> None:
        wait_until(lambda: self.sim.state()["shows"] == text)

    def answer(self, kind: type[CardEvent], count: int = 1) -> Any:
        return self.heard.until(kind, count)[-1]

    @property
    def charged(self) -> list[int]:
        charged: list[int] = self.sim.state()["charged_fen"]
        return charged
