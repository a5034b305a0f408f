"""How long a visit takes somebody old: `xvfb-run -a python -m bench.visit_time [--json] [--pages]`.

The real core and the real glass; a person of paper reads what is new on it, presses what a visitor would press (and
leafs where it is on a further leaf), and every act costs what the literature says that it costs people over 65
(`bench/visit_pace.py`). Three ways: standard text, large text (the default), and by headset and keypad alone, where
listening takes the place of reading. Not a measurement of people: a way to see what costs how much, and that no visit
grows unnoticed. The visit ends with the paper in the hand."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from bench import visit_pace as pace
from bench.visit_booth import Booth, Ears
from bench.visit_kinds import KINDS, Kind, all_works
from bench.visit_pace import Sums
from kiosk import contract as c
from screens import environment
from screens.theme import load_panels
from screens.words import Words
from tests.kiosk.world import Kiosk

MODES: Final = {"standard": (c.TextSize.STANDARD, False), "large": (c.TextSize.LARGE, False),
                "voice": (c.TextSize.LARGE, True)}  # fmt: skip
GROUPS: Final = {
    "code": "bill scanned, no cash: what the targets speak of",
    "typed": "number typed",
    "cash": "bill scanned, in cash",
    "more": "more than a visit, or with trouble",
}


class Row(NamedTuple):
    kind: Kind
    mode: str
    sums: Sums

    def seconds(self, of_pace: float = 1.0) -> float:
        return self.sums.seconds(MODES[self.mode][1], of_pace)


def booth_for(panel: Any, folder: Path, size: c.TextSize, by_key: bool) -> Booth:
    from screens.root import ScreenRoot

    clock = iter(range(10**9))
    kiosk = Kiosk(folder)
    real = msgspec.structs.replace(kiosk.engine.state.site, simulated=False)  # no banner of the practice
    kiosk.engine.state = msgspec.structs.replace(kiosk.engine.state, site=real)
    ears = Ears()
    said = {language: Words(language) for language in c.Language}
    root = ScreenRoot(panel, kiosk.engine.touched, clock=lambda: float(next(clock)), words=said, voice=ears)
    kiosk.want(c.SetTextSize(size))
    return Booth(root, kiosk, ears, by_key)


def one(panel: Any, visit: Callable[[Booth], None], size: c.TextSize, by_key: bool) -> Booth:
    with tempfile.TemporaryDirectory() as folder:
        booth = booth_for(panel, Path(folder), size, by_key)
        all_works(booth)
        visit(booth)
        booth.kiosk.journal.close()
        return booth


def for_standard_text(booth: Booth) -> None:
    """What somebody does first who wants the standard size: every visit begins in the large one."""
    booth.look()
    booth.press("settings")
    booth.press(f"text_size:{c.TextSize.STANDARD.value}")
    booth.press("settings:close")


def ninetieth(values: Sequence[float]) -> float:
    """The least that nine of ten do not exceed."""
    return sorted(values)[-(-9 * len(values) // 10) - 1]


def summary(rows: Sequence[Row]) -> str:
    usual = [row.seconds() for row in rows]
    slow = statistics.mean(row.seconds(pace.SLOW) for row in rows)
    quick = statistics.mean(row.seconds(pace.QUICK) for row in rows)
    return (
        f"mean {statistics.mean(usual):4.0f} s (quick {quick:.0f}, slow {slow:.0f}),"
        f" median {statistics.median(usual):.0f} s, 90th percentile {ninetieth(usual):.0f} s"
    )


def print_row(row: Row) -> None:
    s = row.sums
    print(
        f"{row.kind.name:30} {row.mode:9} {s.touches:7} {s.keys:4} {s.words:5} {s.speech_s:6.0f}"
        f" {s.reading_s:7.0f} {s.acts_s:5.0f} {s.hands_s:5.0f} {s.machine_s:7.0f}"
        f" {row.seconds():6.0f} {row.seconds(pace.QUICK):5.0f}–{row.seconds(pace.SLOW):.0f}"
    )


def print_sums(rows: Sequence[Row]) -> None:
    for mode in MODES:
        of_mode = [row for row in rows if row.mode == mode]
        print(f"\n{mode}")
        for group, words in GROUPS.items():
            print(f"  {words:50} {summary([r for r in of_mode if r.kind.group == group])}", end="")
            print(f", target {pace.TARGETS[mode]:.0f} s" if group == "code" and mode in pace.TARGETS else "")
        print(f"  {'all kinds, equally often':50} {summary(of_mode)}")


def print_what_if(rows: Sequence[Row]) -> None:
    """How much the mean of all kinds by glass would move if a figure of the model were another one."""
    sums = [row.sums for row in rows if row.mode != "voice"]

    def mean(part: Callable[[Sums], float]) -> float:
        return statistics.mean(part(s) for s in sums)

    as_sentences = mean(lambda s: s.labels * (1 / pace.SENTENCE_PER_S - 1 / pace.LABEL_PER_S))
    print("\nwhat moves the mean of all kinds by glass")
    for words, part in (
        ("reading", mean(lambda s: s.reading_s)),
        ("deciding and pressing", mean(lambda s: s.acts_s)),
        ("hands: bill, phone, card, notes, paper", mean(lambda s: s.hands_s)),
        ("machine: look-up, bank, printer", mean(lambda s: s.machine_s)),
    ):
        print(f"  {words:40} {part:4.0f} s; a fifth slower or quicker: ±{part / 5:.0f} s")
    print(f"  {'captions read like sentences':40} +{as_sentences:.0f} s")


def print_pages(booth: Booth) -> None:
    """What was read where, longest first."""
    pages: Counter[str] = Counter()
    for page, _, count in booth.seen:
        pages[page] += count  # type: ignore[assignment]
    for page, total in pages.items():
        texts = " · ".join(f"{text} {count:g}" for where, text, count in booth.seen if where == page)
        print(f"    {page:13} {total:4.0f}  {texts}".replace("\u200b", "").replace("\n", "/"))


def as_json(row: Row) -> str:
    s = row.sums
    shown = {"visit": row.kind.name, "group": row.kind.group, "mode": row.mode, "seconds": round(row.seconds(), 1),
             "slow": round(row.seconds(pace.SLOW), 1), "touches": s.touches, "keys": s.keys, "words": s.words,
             "speech_s": round(s.speech_s, 1)}  # fmt: skip
    return json.dumps(shown)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.visit_time", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line per visit and mode, nothing else")
    parser.add_argument("--pages", action="store_true", help="what is read on each page")
    parser.add_argument("--only", default="", help="only visits whose name contains this")
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
        print(
            f"{'visit':30} {'mode':9} touches keys words speech reading  acts hands machine  whole quick–slow"
        )
    rows = []
    for kind in KINDS:
        for mode, (size, by_key) in MODES.items():
            if chosen.only not in kind.name:
                continue
            booth = one(panel, kind.visit, size, by_key)
            row = Row(kind, mode, booth.sums)
            rows.append(row)
            if chosen.json:
                print(as_json(row))
                continue
            print_row(row)
            if chosen.pages:
                print_pages(booth)
    if chosen.json or chosen.only:
        return
    print_sums(rows)
    print_what_if(rows)
    first = one(panel, for_standard_text, c.TextSize.LARGE, by_key=False).sums.seconds(listens=False)
    seen = one(panel, Booth.look, c.TextSize.LARGE, by_key=False).sums.seconds(listens=False)
    print(f"\nto change to standard text first: {first - seen:.0f} s more, once")


if __name__ == "__main__":
    main()
