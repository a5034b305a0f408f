"""Whoever stands in front of the machine: reads each view, touches, puts notes in. And remembers what was seen.

What reached the glass, the cash box or the paper before the plug was pulled was acknowledged: nobody can take it back.
"""

from __future__ import annotations

import itertools
import random
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hardware.control import Request
from hardware.simulated import Json, NotPossible
from hardware.simulators import World
from kiosk import codec
from kiosk import contract as c

LOOK_EVERY_S: Final = 0.02
AGAIN_S: Final = 3.0  # a touch on a page that was just leaving is void: once more
NOTES: Final = (100, 500, 1000, 2000)  # fen


@dataclass
class Seen:
    """Over all lives of the machine."""

    shown: dict[int, int] = field(default_factory=dict)  # visit → fen that the cash page said are inside
    papers: set[str] = field(default_factory=set)  # numbers on the glass
    views: int = 0
    done: int = 0  # visits that came to the thank-you page


class Visitor:
    def __init__(self, devices: World, accounts: Iterator[str], chance: random.Random) -> None:
        self.seen = Seen()
        self.page: c.AnyPage | None = None
        self._devices, self._accounts, self._chance = devices, accounts, chance
        self._visits = itertools.count()

    def in_front_of(self, glass: socket.socket) -> None:
        """Of a machine that was just switched on."""
        self._glass, self._rest = glass, b""
        self.page, self._number, self._touched = None, 0, (0, 0.0)
        self._account = ""
        glass.settimeout(LOOK_EVERY_S)

    def goes_on(self, until: Callable[[], bool], limit_s: float, *, pays: bool = True) -> bool:
        """Acts until then. False: that did not come within the limit, or the machine went away."""
        end = time.monotonic() + limit_s
        while not until():
            if time.monotonic() > end or not self._looks():
                return False
            if self.page is not None and (pays or not isinstance(self.page, c.Home)):
                self._acts(self.page)
        return True

    def takes_in_the_rest(self) -> None:
        """What was on its way to the glass when the machine died."""
        while self._looks():
            pass

    # ---- eyes

    def _looks(self) -> bool:
        """False: the line is dead."""
        try:
            data = self._glass.recv(1 << 16)
        except TimeoutError:
            return True
        except ConnectionError:
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._sees(line)
        return bool(data)

    def _sees(self, line: bytes) -> None:
        try:
            view = codec.decode(line, c.FromCore)
        except codec.Malformed:
            return  # the line was cut before
        if not isinstance(view, c.View):
            return
        self._number, self.page = view.number, view.page
        self.seen.views += 1
        self._say(c.Drawn(view.number))
        if isinstance(view.page, c.CashRunning):
            self.seen.shown[self._visit] = max(self.seen.shown.get(self._visit, 0), view.page.inserted.fen)
        elif isinstance(view.page, c.ReceiptPage | c.ClaimPage):
            self.seen.papers.add(view.page.number)
        if view.idle is not None:
            self._touch(c.StillHere())

    # ---- hands

    def _acts(self, page: c.AnyPage) -> None:
        match page:
            case c.Home(fees=fees):
                is_open = any(tile.fee == "water" and tile.off is None for tile in fees)
                if is_open and self._touch(c.ChooseFee("water")):
                    self._visit, self._account = next(self._visits), next(self._accounts)
            case c.EnterAccount(typed=typed):
                typed = "".join(filter(str.isdigit, typed))
                wanted = self._account
                self._touch(c.PressKey(wanted[len(typed)]) if len(typed) < len(wanted) else c.SubmitAccount())
            case c.CheckItems():
                self._touch(c.AllRight())
            case c.PayBy():
                self._touch(c.ChooseTender(c.Tender.CASH))
            case c.CashRunning(asking_to_stop=None):
                self._puts_a_note_in()
            case c.CashRunning():
                self._touch(c.GoOnPaying())
            case c.ReceiptPage(done=done) | c.ClaimPage(done=done):
                if done is not None and done.off is None:
                    self._touch(c.Done())
            case c.ThankYou():
                if self._touch(c.Done()):
                    self.seen.done += 1

    def _puts_a_note_in(self) -> None:
        unit = self.device("acceptor")
        if unit["mouth"]:
            self._does("acceptor", "pull_note")
        elif unit["state"] == "idle" and (takes := [fen for fen in NOTES if fen in unit["enabled"]]):
            self._does("acceptor", "insert", fen=self._chance.choice(takes))

    def _touch(self, intent: c.AnyIntent) -> bool:
        """Each view once, and once more if nothing comes of it."""
        number, at = self._touched
        if number == self._number and time.monotonic() < at + AGAIN_S:
            return False
        self._touched = (self._number, time.monotonic())
        self._say(c.Touched(self._number, intent))
        return True

    def _say(self, message: Any) -> None:
        try:
            self._glass.sendall(codec.encode(message) + b"\n")
        except OSError:
            pass  # it is dead; the next look tells

    def device(self, name: str) -> Json:
        return self._devices.act(Request("look", name))

    def _does(self, device: str, action: str, **given: Any) -> None:
        try:
            self._devices.act(Request(action, device, given))
        except NotPossible:
            pass  # the slot closed just then
