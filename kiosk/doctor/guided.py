"""`kiosk doctor --guided`: walks a person through all steps of an examination at a terminal.

Holds the devices itself, so the core must not run. No journal is opened for writing and nothing here can take a note:
whatever is held is given back, a note that went into the box all the same is an alarm at the head of the report."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

import segno

from hardware.contracts import Event, Held
from hardware.shelf import Devices
from kiosk.contract import CheckAnswer as Answer
from kiosk.doctor import examination as ex
from kiosk.doctor.checks import Check, Want
from kiosk.doctor.examination import Examination, Outcome, Result
from kiosk.doctor.page import test_page
from kiosk.doctor.words import Words
from kiosk.money import Money
from kiosk.receipts import time_text
from kiosk.site import Site

ANSWERS: Final = {
    "": Answer.SKIP,  # only behind a step that has ended badly: see `_answer`
    "y": Answer.YES, "yes": Answer.YES, "是": Answer.YES,
    "n": Answer.NO, "no": Answer.NO, "否": Answer.NO,
    "r": Answer.AGAIN, "s": Answer.SKIP, "q": Answer.STOP,
}  # fmt: skip
MARKS: Final = {Result.GOOD: "ok  ", Result.BAD: "BAD ", Result.NOT_TESTED: "--  "}
QUIET_S: Final = (
    3600.0  # a step that has ended badly waits so long for its person; then nobody is there any more
)


class Guided:
    """`Guided(site, devices, words, tell).walk(checks, lines, …)`; `lines` is what the person types."""

    def __init__(self, site: Site, devices: Devices, words: Words, tell: Callable[[str], None]) -> None:
        self._site = site
        self._devices = devices
        self._words = words
        self._tell = tell
        self._came: queue.Queue[Event | str | None] = queue.Queue()  # None: the input has ended
        self._tries = 0
        self._told = 0  # outcomes that were told already
        self._until_s = 0.0
        self._hint = ("", "")
        self._left = 0
        self._shown_bad: Outcome | None = None

    def walk(
        self, checks: tuple[Check, ...], token: str, lines: Iterable[str], away: dict[str, str]
    ) -> Examination:
        """Until all is tested, or the person stops. `away`: devices that must not be touched, and why."""
        threading.Thread(target=self._read, args=(lines,), name="answers", daemon=True).start()
        now = ex.begin(checks, lost=away)
        try:
            for device in self._devices.all:
                device.start(self._came.put)
            while (check := now.check) is not None:
                self._show(now, check, token)
                now = self._next(now, check)
        except KeyboardInterrupt:
            now = ex.answered(now, Answer.STOP)
        finally:
            # Not in the thread that Ctrl-C interrupts: whoever is impatient leaves no acceptor that takes notes.
            order = threading.Thread(target=self._put_in_order, name="order")
            order.start()
            order.join()
        now = self._last_words(now)
        self._tell_outcomes(now)
        return now

    def _put_in_order(self) -> None:
        self._apply(Want(), None)
        for device in self._devices.all:
            device.close()

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._came.put(line)
        self._came.put(None)

    def _next(self, now: Examination, check: Check) -> Examination:
        limit_s = QUIET_S if now.bad else self._until_s - time.monotonic()
        try:
            came = self._came.get(timeout=max(0.0, limit_s))
        except queue.Empty:
            return ex.answered(now, Answer.STOP) if now.bad else ex.time_is_up(now, now.tries)
        if came is None:
            return ex.answered(now, Answer.STOP)
        if isinstance(came, str):
            return self._answer(now, check, came.strip().lower())
        return self._hear(now, came)

    def _hear(self, now: Examination, event: Event) -> Examination:
        if isinstance(event, Held) and self._devices.acceptor:
            self._devices.acceptor.give_back(event.note)
        return ex.heard(now, event)

    def _last_words(self, now: Examination) -> Examination:
        """What the devices still said while they were closed: a note may have gone the wrong way."""
        while True:
            try:
                came = self._came.get_nowait()
            except queue.Empty:
                return now
            if isinstance(came, Event):
                now = ex.heard(now, came)

    def _answer(self, now: Examination, check: Check, typed: str) -> Examination:
        answer = ANSWERS.get(typed)
        if answer is None or (typed == "" and now.bad is None):
            self._tell("     " + self._keys(now, check))
            return now
        return ex.answered(now, answer)

    # ---- what the person sees ---------------------------------------------------------------------

    def _show(self, now: Examination, check: Check, token: str) -> None:
        self._tell_outcomes(now)
        begins = now.tries != self._tries
        if begins:
            self._tries = now.tries
            self._until_s = time.monotonic() + check.limit_s
            self._hint, self._left, self._shown_bad = ("", ""), len(now.unseen), None
            self._tell(f"[{now.at + 1}/{len(now.checks)}] {self._name(check)}: {self._says(check)}")
        if now.bad is not None and now.bad is not self._shown_bad:
            self._shown_bad = now.bad
            self._apply(Want(), None)
            self._tell(outcome_line(now.bad, self._words))
            self._tell("     " + self._keys(now, check))
        elif begins:
            self._begin(check, token)
            self._tell("     " + self._keys(now, check))
        elif now.hint != self._hint:
            self._tell(f"     {self._words(now.hint[0])} {now.hint[1]}".rstrip())
        elif len(now.unseen) < self._left and any(s.name for s in now.unseen):
            left = " ".join(s.name for s in now.unseen)
            self._tell(f"     {self._words('doctor.left')} {left}")
        elif len(now.unseen) < self._left and now.half_done:
            self._tell("     " + self._words("doctor.and_back"))
        self._hint, self._left = now.hint, len(now.unseen)

    def _begin(self, check: Check, token: str) -> None:
        self._apply(check.want, check)
        if check.want.look:
            self._tell(self._words("doctor.or_this"))
            self._tell(_code(token))
        if check.want.page and self._devices.printer:
            when = time_text(self._site, round(datetime.now(UTC).timestamp() * 1000))
            self._devices.printer.print(token, test_page(self._site, token, when))

    def _tell_outcomes(self, now: Examination) -> None:
        for outcome in now.outcomes[self._told :]:
            if outcome.result is not Result.BAD:
                self._tell(outcome_line(outcome, self._words))
        self._told = len(now.outcomes)

    def _keys(self, now: Examination, check: Check) -> str:
        kind = "bad" if now.bad else "asked" if check.asks else "waiting"
        return self._words(f"doctor.keys_{kind}", seconds=round(check.limit_s))

    def _says(self, check: Check) -> str:
        return self._words(f"doctor.{check.name}")

    def _name(self, check: Check) -> str:
        return self._words(f"doctor.device_{check.device}")

    # ---- what the devices do ----------------------------------------------------------------------

    def _apply(self, want: Want, check: Check | None) -> None:
        if self._devices.acceptor:
            limit = max(self._notes()) if want.accept else None
            self._devices.acceptor.disable() if limit is None else self._devices.acceptor.enable(limit)
        for scanner in self._devices.scanners:
            scanner.look() if want.look and check and check.device == scanner.name else scanner.rest()
        if self._devices.panel:
            self._devices.panel.light(want.lamps)

    def _notes(self) -> tuple[Money, ...]:
        plan = self._site.devices.acceptor
        assert plan is not None
        return plan.notes


def outcome_line(outcome: Outcome, words: Words) -> str:
    """`BAD  Test page (printer.page): The device says: not ready: paper is out`"""
    why = f"{words(outcome.why)} {outcome.detail}".strip()
    step = words(f"doctor.name_{outcome.check.partition('.')[2]}")
    return f"{MARKS[outcome.result]} {step} ({outcome.check}): {why}".rstrip(": ")


def _code(token: str) -> str:
    """The code in half blocks, to be held before a scanner where there is no page."""
    rows = [list(row) for row in segno.make(token, error="m").matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    shapes = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}  # light on a dark terminal
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(shapes[bool(a), bool(b)] for a, b in zip(*pair, strict=True)) for pair in pairs)
