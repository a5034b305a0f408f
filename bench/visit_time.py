"""How long a visit takes somebody old: `python -m bench.visit_time [--json]`.

The real core and the real glass; a person of paper reads what is new on it, presses what a visitor would press (and
leafs where it is on a further leaf), and every act costs what the literature says that it costs people over 65. Three
ways: standard text, large text (the default), and by headset and keypad alone, where listening takes the place of
reading. Not a measurement of people: a way to see what costs how much, and that no visit grows unnoticed.

What is read: every sentence, figure and title; of tiles a half, because one looks until the right one is found; the
keys of a keypad, the step and the ticks of a receipt are seen, not read; the same words for several bills once. Pages
that pass by themselves while the machine works (looking up, the bank, the printer) are read during that work or not
at all. The visit ends with the paper in the hand.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from hardware import contracts as hw
from hardware.terminals import contract as card
from kiosk import contract as c
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.parcels import Bill, ChargeIs
from screens import environment
from screens.theme import load_panels
from screens.voice import reading
from screens.voice.guide import Listening
from screens.voice.reading import EMPTY, Glass, Item
from screens.words import Words
from tests.kiosk.world import NO_PAPER, Kiosk, bill, bundle, customer, taken, yuan

# What an act costs, in seconds. Marks: [L] from the literature; [F] from the project's fact sheet; [G] our guess.
DECIDE_S: Final = (
    2.0  # [L] M = 1.35 s (Card, Moran, Newell 1980) × 1.5, the slowing of the mental operators of 69-year
)
# old people that Jastrzembski & Charness (2007, doi 10.1037/1076-898X.13.4.224) validated at keystroke level
TOUCH_S: Final = 1.6  # [L] P = 1.1 s (the same) × 1.5: the arm goes out to the glass and back
DIGIT_S: Final = 1.2  # [L] K of the slowest typists (Card, Moran, Newell); the same-key guard is 0.5 s
GROUP_S: Final = 1.5  # [G] looking at the bill again after each group of digits
READ_PER_S: Final = (
    3.9  # [L] hanzi: 238 words a minute silently (Brysbaert 2019) are some 357 hanzi at 1.5 a word;
)
# 0.65 of it for people over 65, who read Chinese with more and longer fixations (Zang, Paterson and others 2016)
TICKS: Final = {
    words for key, words in Words(c.Language.ZH).phrases.items() if key.startswith("receipt.tick.")
}
KNOWN: Final = ("call", "back", "language", "settings", "help")  # the same on every page
IN_THE_BAR: Final = ("main", "second", "next_page")
SEARCHED: Final = 0.5  # of the tiles of a page
SPEAK_PER_S: Final = 154 / 60  # [F] hanzi of eSpeak NG at its default rate, §4.1
KEY_S: Final = 0.8  # [G] the next key of the pad, the finger lies on it
HEAR_ENOUGH: Final = 0.6  # [G] share of a button's name that one hears before going on to the next
SCAN_S: Final = 6.0  # [G] find the bill's code, hold it before the window
LOOKUP_S: Final = 1.0  # [F] server in the same city
NOTE_S: Final = 7.0  # [G] take out, flatten, insert; the acceptor needs two to three of them
PHONE_S: Final = 15.0  # [G] unlock, open the app, find the code
CARD_S: Final = 18.0  # [G] insert, six digits of a PIN, take out
BANK_S: Final = 3.0  # [G]
PRINT_S: Final = 5.0  # [F] a receipt at 9,600 baud and 100 mm/s
TAKE_PAPER_S: Final = 3.0  # [G]

TARGETS: Final = {"standard": 72.0, "large": 107.0}  # issue 5: the mean of the visits of a day
MOST_S: Final = 120.0  # the two minutes: no visit by glass is above it
STEP = re.compile(r"第\d步 共\d步|\d/\d")
HANZI = re.compile(r"[一-鿿]|[A-Za-z]+|[0-9]+(?:\.[0-9]+)?")


def words(text: str) -> int:
    """Hanzi, Latin words and whole numbers: what the eye takes in one step."""
    return len(HANZI.findall(text))


@dataclass
class Sums:
    touches: int = 0
    keys: int = 0
    read: int = 0
    speech_s: float = 0.0
    passing: int = 0  # words on pages that pass by themselves
    waits_s: float = 0.0
    acts_s: float = 0.0

    @property
    def reading_s(self) -> float:
        return self.read / READ_PER_S


def passes_by_itself(page: c.AnyPage) -> bool:
    if isinstance(page, c.ReceiptPage):
        return page.stage in (c.PaperStage.PRINTING, c.PaperStage.PRINTED)
    return isinstance(page, c.LookingUp | c.Working)


class Ears:
    """Stands where the voice stands and counts what it would say: everything that is new."""

    listening = Listening.GUIDED

    def __init__(self) -> None:
        self.before = EMPTY
        self.said = 0

    def shown(self, glass: Glass, language: c.Language, *, new: bool, home: bool) -> None:
        lines = (reading.page if new else reading.news)(glass, self.before, language)
        self.said += sum(words(line.text) for line in lines)
        self.before = glass

    def focused(self, item: Item, language: c.Language, *, wrapped: bool) -> None:
        self.said += round(words(f"{item.name} {item.value}") * HEAR_ENOUGH)

    def key(self, key: Any, language: c.Language) -> bool:
        return False

    def toggle(self, language: c.Language) -> None: ...
    def headset(self, plugged: bool, language: c.Language) -> None: ...
    def touched(self) -> None: ...


@dataclass
class Booth:
    """One person, one visit, on the real glass in front of the real core."""

    root: Any
    kiosk: Kiosk
    ears: Ears
    by_key: bool
    sums: Sums = field(default_factory=Sums)
    before: Counter[tuple[str, str]] = field(default_factory=Counter)  # button (or none) and words on it

    def look(self) -> None:
        """What the core shows is on the glass, and is read or listened to."""
        self.root.show(self.kiosk.engine.view)
        self.root.drawn()
        said, self.ears.said = self.ears.said, 0
        seen = self._new_on_the_glass()
        if not seen:
            return
        if passes_by_itself(self.kiosk.page):
            self.sums.passing += round(seen)
            return
        self.sums.read += round(seen)
        self.sums.speech_s += said / SPEAK_PER_S

    def _new_on_the_glass(self) -> float:
        """Words that were not there before, on the glass and not in what a voice would say of it."""
        from screens.widgets.text import Text

        buttons = self.root.widgets_by_name()
        now: Counter[tuple[str, str]] = Counter()
        for widget in self.root.things:
            if isinstance(widget, Text):
                middle = widget.frame.x + widget.frame.w / 2, widget.frame.y + widget.frame.h / 2
                on = next((name for name, button in buttons.items() if button.frame.holds(*middle)), "")
                now[(on, widget.text)] += 1
        fresh, self.before = now - self.before, now
        seen = 0.0
        for on, text in fresh:  # the same words for several bills are read once
            if on in KNOWN or on.startswith(("key:", "erase")):
                continue
            if STEP.fullmatch(text) or text in TICKS:
                seen += 1  # a glance
                continue
            seen += words(text) * (SEARCHED if on and on not in IN_THE_BAR else 1.0)
        return seen

    def press(self, name: str) -> None:
        """Decide, and press; where it stands on a further leaf, leaf first."""
        while name not in self.root.widgets_by_name():
            assert "next_page" in self.root.widgets_by_name(), (name, list(self.root.widgets_by_name()))
            self._act("next_page")
        self._act(name)

    def _act(self, name: str) -> None:
        widget = self.root.widgets_by_name()[name]
        assert not widget.off, f"{name} is switched off: {widget.a11y_value}"
        self.sums.acts_s += DECIDE_S
        if self.by_key:
            while self.root.ring != name:
                self._key("down")
            self._key("enter")
        else:
            self.sums.touches += 1
            self.sums.acts_s += TOUCH_S
            self.root.press(name)
        self.look()

    def _key(self, name: str) -> None:
        self.sums.keys += 1
        self.sums.acts_s += KEY_S
        self.root.key_down(name)
        self.root.key_up(name)
        said, self.ears.said = self.ears.said, 0
        self.sums.speech_s += said / SPEAK_PER_S

    def digits(self, number: str) -> None:
        self.sums.acts_s += DECIDE_S
        for place, digit in enumerate(number):
            self.sums.acts_s += GROUP_S if place % 4 == 0 else 0
            self.sums.acts_s += DIGIT_S
            if self.by_key:
                self.root.key_down(f"numpad{digit}")
                self.root.key_up(f"numpad{digit}")
                self.sums.keys += 1
            else:
                self.root.press(f"key:{digit}")
                self.sums.touches += 1
            self.root.show(self.kiosk.engine.view)
            self._new_on_the_glass()
            self.ears.said = 0  # what one types one does not read

    def hear(self, wait_s: float, *stimuli: Any) -> None:
        self.sums.waits_s += wait_s
        self.kiosk.hear(*stimuli)
        self.look()


# ---------------------------------------------------------------------------------------------------
# The visits

ACCOUNTS: Final = {"water": "1002003001"}


def choose(booth: Booth, fee: str = "water") -> None:
    booth.look()
    booth.press(f"fee:{fee}")


def scan(booth: Booth, *bills: Bill, fee: str = "water") -> None:
    choose(booth, fee)
    account = ACCOUNTS[fee]
    booth.hear(SCAN_S, hw.CodeRead(device="camera", text=f"JF:{fee}:{account}"))
    found(booth, account, *bills)


def type_(booth: Booth, *bills: Bill, fee: str = "water") -> None:
    choose(booth, fee)
    booth.digits(ACCOUNTS[fee])
    booth.press("main")
    found(booth, ACCOUNTS[fee], *bills)


def found(booth: Booth, account: str, *bills: Bill) -> None:
    lookup = booth.kiosk.last(cmd.FetchBills).lookup
    booth.hear(LOOKUP_S, st.BillsCame(lookup, customer(*bills, account=account)))


def by_code(booth: Booth, amount: str) -> None:
    booth.press("main")  # all right
    booth.press("tender:code")
    booth.sums.waits_s += PHONE_S
    charge = booth.kiosk.show_code()
    booth.look()
    booth.sums.waits_s += BANK_S
    booth.kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount)
    booth.look()


def by_cash(booth: Booth, *notes: int) -> None:
    booth.press("main")
    booth.press("tender:cash")
    for note in notes:
        booth.sums.waits_s += NOTE_S
        booth.kiosk.hold(note)
        booth.kiosk.hear(taken(note))
        booth.look()


def take_paper(booth: Booth) -> None:
    """Whoever has it may go: the page goes on by itself."""
    booth.sums.waits_s += PRINT_S
    booth.kiosk.print_out()
    booth.look()
    booth.sums.waits_s += TAKE_PAPER_S


def scanned_by_code(booth: Booth) -> None:
    scan(booth, bill("168.30"))
    by_code(booth, "168.30")
    take_paper(booth)


def typed_by_code(booth: Booth) -> None:
    type_(booth, bill("168.30"))
    by_code(booth, "168.30")
    take_paper(booth)


def scanned_by_cash(booth: Booth) -> None:
    scan(booth, bill("70.00"))
    by_cash(booth, 50, 20)
    take_paper(booth)


def typed_by_cash(booth: Booth) -> None:
    type_(booth, bill("70.00"))
    by_cash(booth, 50, 20)
    take_paper(booth)


def scanned_by_card(booth: Booth) -> None:
    booth.kiosk.hear(
        hw.Found(device="terminal", identity="ZVT", serial_number="52500041"),
        card.TerminalAtRest(device="terminal", mark=card.Mark("52500041", 41)),
    )
    scan(booth, bill("168.30"))
    booth.press("main")
    booth.press("tender:card")
    charge = booth.kiosk.last(cmd.PayCard).charge
    booth.hear(0, card.CardAsks(device="terminal", payment=charge, step=card.Step.CARD))
    booth.hear(
        CARD_S + BANK_S,
        card.CardApproved(
            device="terminal",
            payment=charge,
            amount=yuan("168.30"),
            mark=card.Mark("52500041", 42),
            card="****1234",
            scheme="UnionPay",
            receipt="7",
        ),
    )
    take_paper(booth)


def several_at_once(booth: Booth) -> None:
    months = ("2026-08", "2026-09", "2026-10")
    scan(booth, *(bill("48.90", number=f"W{m}", period=m) for m in months))
    booth.press("main")  # pay what has a tick: all of them
    by_code(booth, booth.kiosk.page.amount.figures.removeprefix("¥"))
    take_paper(booth)


def wrong_number_first(booth: Booth) -> None:
    choose(booth)
    booth.hear(SCAN_S, hw.CodeRead(device="camera", text="https://example.invalid/"))
    booth.hear(SCAN_S, hw.CodeRead(device="camera", text="JF:water:1002003001"))
    found(booth, "1002003001", bill("168.30"))
    by_code(booth, "168.30")
    take_paper(booth)


def a_note_comes_back(booth: Booth) -> None:
    scan(booth, bill("70.00"))
    by_cash(booth, 50)
    booth.hear(NOTE_S, hw.Refused(device="acceptor", because=hw.RefusedBecause.NOT_RECOGNISED))
    booth.sums.waits_s += NOTE_S
    booth.kiosk.hold(20)
    booth.kiosk.hear(taken(20))
    booth.look()
    take_paper(booth)


def offline_by_cash(booth: Booth) -> None:
    account = ACCOUNTS["water"]
    booth.kiosk.hear(st.BundleCame(bundle(bill("70.00"), account=account)), st.LinkChanged(False))
    choose(booth)
    booth.hear(SCAN_S, hw.CodeRead(device="camera", text=f"JF:water:{account}"))
    by_cash(booth, 50, 20)
    take_paper(booth)


def no_paper(booth: Booth) -> None:
    booth.kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    scan(booth, bill("168.30"))
    by_code(booth, "168.30")
    booth.sums.waits_s += PHONE_S  # the camera of the phone


def with_a_rating(booth: Booth) -> None:
    scanned_by_code(booth)
    booth.press("main")
    booth.press("face:1")


VISITS: Final[dict[str, Callable[[Booth], None]]] = {
    "bill scanned, paid by phone": scanned_by_code,
    "number typed, paid by phone": typed_by_code,
    "bill scanned, paid in cash": scanned_by_cash,
    "number typed, paid in cash": typed_by_cash,
    "bill scanned, paid by card": scanned_by_card,
    "three bills at once, by phone": several_at_once,
    "a wrong code first": wrong_number_first,
    "a note comes back": a_note_comes_back,
    "offline, in cash": offline_by_cash,
    "no paper, code photographed": no_paper,
    "with a rating": with_a_rating,
}
MODES: Final = {"standard": (c.TextSize.STANDARD, False), "large": (c.TextSize.LARGE, False),
                "voice": (c.TextSize.LARGE, True)}  # fmt: skip


def one(panel: Any, visit: Callable[[Booth], None], size: c.TextSize, by_key: bool) -> Sums:
    from screens.root import ScreenRoot

    clock = iter(range(10**9))
    with tempfile.TemporaryDirectory() as folder:
        kiosk = Kiosk(Path(folder))
        real = msgspec.structs.replace(kiosk.engine.state.site, simulated=False)  # no banner of the practice
        kiosk.engine.state = msgspec.structs.replace(kiosk.engine.state, site=real)
        ears = Ears()
        said = {language: Words(language) for language in c.Language}
        root = ScreenRoot(
            panel, kiosk.engine.touched, clock=lambda: float(next(clock)), words=said, voice=ears
        )
        kiosk.want(c.SetTextSize(size))
        booth = Booth(root, kiosk, ears, by_key)
        visit(booth)
        kiosk.journal.close()
        return booth.sums


def seconds(sums: Sums, by_key: bool) -> float:
    return sums.acts_s + sums.waits_s + (sums.speech_s if by_key else sums.reading_s)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.visit_time", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line per visit and mode")
    parser.add_argument("--panel", default="lobby")
    chosen = parser.parse_args()
    if "DISPLAY" not in os.environ:
        sys.exit(
            "bench.visit_time draws the real pages: start it as `xvfb-run -a python -m bench.visit_time`"
        )
    panel = load_panels()[chosen.panel]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    if not chosen.json:
        print(f"{'visit':32} {'mode':9} touches keys words speech   acts  waits  whole")
    totals: dict[str, list[float]] = {mode: [] for mode in MODES}
    for name, visit in VISITS.items():
        for mode, (size, by_key) in MODES.items():
            sums = one(panel, visit, size, by_key)
            whole = seconds(sums, by_key)
            totals[mode].append(whole)
            if chosen.json:
                row = {"visit": name, "mode": mode, "seconds": round(whole, 1), "touches": sums.touches,
                       "keys": sums.keys, "words": sums.read, "speech_s": round(sums.speech_s, 1)}  # fmt: skip
                print(json.dumps(row))
                continue
            print(
                f"{name:32} {mode:9} {sums.touches:7} {sums.keys:4} {sums.read:5} {sums.speech_s:5.0f} s"
                f" {sums.acts_s:4.0f} s {sums.waits_s:4.0f} s {whole:4.0f} s"
            )
    for mode, all_of_them in totals.items():
        mean = sum(all_of_them) / len(all_of_them)
        target = f", target {TARGETS[mode]:.0f} s" if mode in TARGETS else ""
        if not chosen.json:
            print(f"mean, {mode}: {mean:.0f} s{target}")


if __name__ == "__main__":
    main()
