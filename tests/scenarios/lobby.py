"""The whole house for scenario tests: real core, drivers on pseudo-terminals, server, screens, and a real mouse."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hardware.control import ControlClient
from hardware.simulated import NotPossible
from kiosk.display import VirtualDisplay
from kiosk.facts import Account, NoteCredited, NoteDoubtful, PaymentOpened, ReceiptIssued
from kiosk.journal.beside import opened
from kiosk.journal.store import fact_of
from kiosk.supervise import House, Place

PATIENCE_S = 40.0  # everything here takes well under a second; a loaded machine may take far longer
LOOK_EVERY_S = 0.05
TAKE_BACK_S = 2.0  # a person takes the note, turns it over and tries again
DEAD_TIME_S = 0.45  # after a change of page nothing is taken for 0.4 s
SAME_KEY_S = 0.2  # the glass ignores the same key for 0.15 s


class Lobby:
    """`press` is a finger, `insert` a hand at the note slot, `hold` a code in front of the camera."""

    def __init__(
        self, home: Path, display: VirtualDisplay, panel: str = "lobby", training: bool = False
    ) -> None:
        """`panel`: a name in `config/panels.toml`; the display must have its pixels."""
        self.place = Place(home)
        self.display = display
        screen = ("-m", "screens", "--panel", panel)
        self.house = House(self.place, screen=screen, environment=display.environment, training=training)
        self.house.start()
        self.devices = self.house.devices()
        self.remote = ControlClient(self.place.remote)
        self._pressed = ("", 0.0)
        self.until(lambda: self.place.remote.exists(), "the screens open their window")
        self.ready()

    def close(self) -> None:
        self.devices.close()
        self.remote.close()
        self.house.stop()
        self.place.close()

    # ---- waiting

    def until(self, true: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
        end = time.monotonic() + patience_s
        while True:
            try:
                found = true()
            except (OSError, NotPossible, StopIteration):
                found = None  # a process that is just being started again
            if found:
                return found
            if time.monotonic() > end:
                where = f"{self.seen()}; logs in {self.place.logs}"
                raise AssertionError(f"waited {patience_s:.0f} s in vain: {what}; {where}")
            time.sleep(LOOK_EVERY_S)

    def seen(self) -> str:
        try:
            return str(self.look())
        except (OSError, NotPossible) as error:
            return f"the window does not answer ({error})"

    def look(self) -> dict[str, Any]:
        return self.remote.look()

    def page(self, tag: str) -> None:
        self.until(lambda: self.look()["page"] == tag, f"page {tag}")

    def ready(self) -> None:
        """The first page, all ways of paying open, the server reached."""
        self.until(
            lambda: (
                self.look()["page"] == "home" and not {"offline", "no_receipts"} & set(self.look()["banners"])
            ),
            "home page, everything working",
        )

    # ---- the customer

    def press(self, name: str) -> None:
        """A real click in the middle of the button, once it is there and not switched off."""
        self.until(lambda: self.tap(name), f"button {name} can be pressed")

    def tap(self, name: str) -> bool:
        """A real click now, if the button is there and not switched off."""
        place = self.remote.do("screens", "where", name=name)
        if place["off"]:
            return False
        before, at = self._pressed
        if before == name:
            time.sleep(max(0.0, at + SAME_KEY_S - time.monotonic()))
        xdotool = ["xdotool", "mousemove", str(place["x"]), str(place["y"]), "click", "1"]
        subprocess.run(xdotool, check=True, env=self.display.environment, timeout=PATIENCE_S)
        self._pressed = (name, time.monotonic())
        return True

    def key(self, name: str) -> None:
        """A key of the keypad, by its X name."""
        subprocess.run(["xdotool", "key", name], check=True, env=self.display.environment, timeout=PATIENCE_S)

    def choose_by_keys(self, name: str, page: str = "") -> None:
        """Move the ring until it stands there, then Enter."""
        self.until(lambda: name in self.look()["names"], f"{name} is on the glass")
        while (before := self.look()["ring"]) != name:
            self.key("Down")
            with contextlib.suppress(TimeoutError):
                self.until_soon(lambda before=before: self.look()["ring"] != before)
        time.sleep(DEAD_TIME_S)
        self.key("Return")
        self.until(
            lambda: self.look()["ring"] != name, f"another page after {name}: the ring leaves the glass"
        )
        if page:
            self.page(page)

    def type(self, digits: str, by: Callable[[str], None] | None = None) -> None:
        """Each key once, as a person does: again when the glass took it for a bouncing finger."""
        press = by or (lambda digit: self.press(f"key:{digit}"))
        for digit in digits:
            before = self.look()["view"]
            while self.look()["view"] == before:
                press(digit)
                with contextlib.suppress(TimeoutError):
                    self.until_soon(partial(self._moved, before))

    def _moved(self, view: int) -> bool:
        return bool(self.look()["view"] != view)

    def go(self, name: str, page: str) -> None:
        """Press until the page has changed: a click in the dead time after a change is meant to be lost."""
        self.until(lambda: self._turned(name, page), f"page {page} after {name}")

    def _turned(self, name: str, page: str) -> bool:
        if self.look()["page"] != page and self.tap(name):
            with contextlib.suppress(TimeoutError):
                self.until_soon(lambda: self.look()["page"] == page)
        return bool(self.look()["page"] == page)

    def until_soon(self, true: Callable[[], bool], seconds: float = 2.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(LOOK_EVERY_S)

    def press_on_some_leaf(self, name: str) -> None:
        """A page that does not fit in this text size has leaves."""
        self.until(lambda: self._leaf(lambda names: name in names), f"a leaf with {name}")
        self.press(name)

    def confirm(self) -> None:
        """All six items, however many pages they take in this text size."""
        self.page("check")
        self.until(lambda: self._leaf(lambda names: "next_page" not in names), "the last of the six items")
        self.go("main", "pay_by")

    def _leaf(self, right: Callable[[list[str]], bool]) -> bool:
        """One leaf on if this is not the right one; a click may be lost or act late, so each one is looked for."""
        found = right(self.look()["names"])
        if not found and self.tap("next_page"):
            time.sleep(SAME_KEY_S)
        return found

    def wear(self, text_size: str, contrast: str) -> None:
        """Choose them in the settings, on whichever leaf they stand, and close these."""
        for kind, wanted in (("text_size", text_size), ("contrast", contrast)):
            self.until(partial(self._worn, kind, wanted), f"{kind} {wanted}")
        self.until(lambda: "settings:close" not in self.look()["names"] or self._closed(), "settings closed")

    def _worn(self, kind: str, wanted: str) -> bool:
        seen = self.look()
        if seen[kind] == wanted:
            return True
        names = [f"{kind}:{wanted}", "next_page" if "settings:close" in seen["names"] else "settings"]
        self.tap(next((name for name in names if name in seen["names"]), "previous_page"))
        with contextlib.suppress(TimeoutError):
            self.until_soon(lambda: self.look() != seen)
        return bool(self.look()[kind] == wanted)

    def _closed(self) -> bool:
        self.tap("settings:close")
        with contextlib.suppress(TimeoutError):
            self.until_soon(lambda: "settings:close" not in self.look()["names"])
        return "settings:close" not in self.look()["names"]

    def scan_bill(self, code: str, fee: str = "water") -> None:
        """Home → this fee → hold the bill in front of the camera → the six items."""
        self.go(f"fee:{fee}", "enter_account")
        self.devices.do("camera", "show", text=code, kind="qr", carrier="paper")
        self.page("check")
        self.devices.do("camera", "hide")

    def to_cash(self, code: str, fee: str = "water") -> None:
        self.scan_bill(code, fee)
        self.confirm()
        self.go("tender:cash", "cash")

    def to_code(self, code: str, fee: str = "water") -> None:
        self.scan_bill(code, fee)
        self.confirm()
        self.go("tender:code", "show_code")

    def hold(self, payment_code: str) -> None:
        self.devices.do("camera", "show", text=payment_code, kind="qr", carrier="phone")

    def insert(self, *yuan: int) -> None:
        """One note after the other, each when the slot takes notes again; once more if it came back."""
        for amount in yuan:
            boxed = self.acceptor()["counter"]
            while self.acceptor()["counter"] == boxed:
                self.until(partial(self.put, amount), f"the slot takes ¥{amount}")
                self.until(partial(self._settled, boxed), f"¥{amount} is in the box or back")

    def put(self, amount: int) -> bool:
        """Push a note in, if the slot takes it now."""
        if amount * 100 not in self.acceptor()["enabled"]:
            return False
        self.devices.do("acceptor", "insert", fen=amount * 100)
        return True

    def _settled(self, boxed: int) -> bool:
        seen = self.acceptor()
        if seen["mouth"]:
            self.devices.do("acceptor", "pull_note")
            time.sleep(TAKE_BACK_S)
            return True
        return bool(seen["counter"] > boxed)

    def take_receipt(self) -> None:
        """Receipt page, thank-you, home; each page also goes on by itself after a while."""
        self.until(lambda: self.look()["page"] in ("receipt", "thank_you"), "the receipt page")
        self.leave_receipt()

    def leave_receipt(self) -> None:
        self.until(self._one_page_on, "home after the receipt")

    def _one_page_on(self) -> bool:
        seen = self.look()
        for name in ("main", "next_page"):
            if seen["page"] != "home" and name in seen["names"] and self.tap(name):
                time.sleep(0.5)  # the dead time after a change of page
                break
        return bool(seen["page"] == "home")

    # ---- what is true

    def acceptor(self) -> dict[str, Any]:
        return self.devices.look("acceptor")

    def pieces(self) -> list[dict[str, Any]]:
        return [piece for piece in self.devices.look("printer")["pieces"] if piece["text"]]

    def facts(self, *kinds: type) -> list[Any]:
        with opened(self.place.state) as journal:
            found = [fact_of(record) for record in journal.records()]
        return [fact for fact in found if not kinds or isinstance(fact, kinds)]

    def receipts(self) -> list[ReceiptIssued]:
        return self.facts(ReceiptIssued)

    def agree(self) -> None:
        """Journal whole; journal = server; journal = what really lies in the box."""
        with opened(self.place.state) as journal:
            journal.verify()
            head, balances = journal.head.seq, journal.balances()
        totals = self.until(lambda: self._uploaded(head), f"the server has all {head} records")
        assert totals["code_clearing_fen"] == balances[Account.CODE_CLEARING]
        assert totals["card_clearing_fen"] == balances[Account.CARD_CLEARING]
        assert sum(totals["cash_box_fen"].values()) == balances[Account.CASH_BOX]
        assert sum(totals["fees"].values()) == -balances[Account.FEE]
        assert totals["prepaid_fen"] == -balances[Account.PREPAID]
        assert totals["change_owed_fen"] == -balances[Account.CHANGE_OWED]
        assert totals["doubtful_fen"] == -balances[Account.DOUBTFUL]
        assert totals["receipts"] == len(self.receipts()) and totals["fork_records"] == 0
        credited = [f.value.fen for f in self.facts(NoteCredited)]
        doubtful = [f.value.fen for f in self.facts(NoteDoubtful) if f.value and f.in_box]
        assert sorted(credited + doubtful) == sorted(self.acceptor()["box"])
        assert len({f.payment for f in self.facts(PaymentOpened)}) == len(self.facts(PaymentOpened))

    def _uploaded(self, head: int) -> dict[str, Any] | None:
        [totals] = self.house.totals().values()
        heads = totals["heads"]
        return totals if heads and heads["1"][0] >= head else None
