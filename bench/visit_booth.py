"""One person of paper in front of the real glass and the real core: reads what is new, leafs, presses, listens.

What is read: every sentence, figure and title; of tiles a half, because one looks until the right one is found; the
keys of a keypad, the step and the ticks of a receipt are seen, not read; the same words for several bills once. Pages
that pass by themselves while the machine works (looking up, the bank, the printer) are read during that work or not
at all."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from bench import visit_pace as pace
from bench.visit_pace import Sums, is_sentence, words
from kiosk import contract as c
from screens.voice import reading
from screens.voice.guide import Listening
from screens.voice.reading import EMPTY, Glass, Item
from screens.words import Words
from tests.kiosk.world import Kiosk

TICKS: Final = {
    words for key, words in Words(c.Language.ZH).phrases.items() if key.startswith("receipt.tick.")
}
KNOWN: Final = ("call", "back", "language", "settings", "help")  # the same on every page
IN_THE_BAR: Final = ("main", "second", "next_page")
STEP: Final = re.compile(r"第\d步 共\d步|\d/\d")


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
        self.said += round(words(f"{item.name} {item.value}") * pace.HEAR_ENOUGH)

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
    seen: list[tuple[str, str, float]] = field(default_factory=list)  # page, words, how many of them are read

    def look(self) -> None:
        """What the core shows is on the glass, and is read or listened to."""
        self.root.show(self.kiosk.engine.view)
        self.root.drawn()
        said, self.ears.said = self.ears.said, 0
        fresh = self._new_on_the_glass()
        if not fresh:
            return
        if passes_by_itself(self.kiosk.page):
            self.sums.passing += sum(fresh.values())
            return
        self.sums.speech_s += said / pace.SPEAK_PER_S
        for text, count in fresh.items():
            self.seen.append((type(self.kiosk.page).__name__, text, count))
            if is_sentence(text):
                self.sums.sentences += count
            else:
                self.sums.labels += count

    def _new_on_the_glass(self) -> dict[str, float]:
        """Texts that were not there before, and how many of their words are read: on the glass, not in what a
        voice would say of it."""
        from screens.widgets.text import Text

        buttons = self.root.widgets_by_name()
        now: Counter[tuple[str, str]] = Counter()
        for widget in self.root.things:
            if isinstance(widget, Text):
                middle = widget.frame.x + widget.frame.w / 2, widget.frame.y + widget.frame.h / 2
                on = next((name for name, button in buttons.items() if button.frame.holds(*middle)), "")
                now[(on, widget.text)] += 1
        fresh, self.before = now - self.before, now
        seen: dict[str, float] = {}
        for on, text in fresh:  # the same words for several bills are read once
            if on in KNOWN or on.startswith(("key:", "erase")):
                continue
            if STEP.fullmatch(text) or text in TICKS:
                seen[text] = 1  # a glance
                continue
            seen[text] = words(text) * (pace.SEARCHED if on and on not in IN_THE_BAR else 1.0)
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
        self.sums.acts_s += pace.DECIDE_S
        if self.by_key:
            while self.root.ring != name:
                self._key("down")
            self._key("enter")
        else:
            self.sums.touches += 1
            self.sums.acts_s += pace.TOUCH_S
            self.root.press(name)
        self.look()

    def _key(self, name: str) -> None:
        self.sums.keys += 1
        self.sums.acts_s += pace.KEY_S
        self.root.key_down(name)
        self.root.key_up(name)
        said, self.ears.said = self.ears.said, 0
        self.sums.speech_s += said / pace.SPEAK_PER_S

    def digits(self, number: str) -> None:
        self.sums.acts_s += pace.DECIDE_S
        for place, digit in enumerate(number):
            self.sums.acts_s += pace.GROUP_S if place % 4 == 0 else 0
            self.sums.acts_s += pace.DIGIT_S
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

    def hear(self, *stimuli: Any, hands_s: float = 0.0, machine_s: float = 0.0) -> None:
        self.sums.hands_s += hands_s
        self.sums.machine_s += machine_s
        self.kiosk.hear(*stimuli)
        self.look()
