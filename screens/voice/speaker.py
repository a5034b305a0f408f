"""Says lines one after the other in a thread of its own; whatever comes next interrupts what is running.

Numbers: facts/accessibility.md §1.1 (EN 301 549 5.1.3, 8.2.1), §1.3 (VVSG 7.1-K), §4.1.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

from kiosk.contract import Language
from screens.voice.sound import Player, chime, quieter
from screens.voice.sources import Source

log = logging.getLogger(__name__)

RATES: Final = (50, 67, 83, 100, 117, 133, 167, 200)  # percent of the usual rate
USUAL_RATE: Final = RATES.index(100)
VOLUMES_DB: Final = (
    -24.0,
    -18.0,
    -12.0,
    -6.0,
    0.0,
)  # 24 dB range; the amplifier makes 65 dBA of the usual step
USUAL_VOLUME: Final = VOLUMES_DB.index(-12.0)


class Line(NamedTuple):
    """`personal`: for a headset only (EN 301 549 5.1.3.9). `chime`: the sound of a ring that went round comes first."""

    text: str
    personal: bool = False
    chime: bool = False


class Speaker:
    """`headset`: whether somebody listens privately. Rate and volume go back after each visit (`reset`)."""

    def __init__(self, sources: Sequence[Source], player: Player) -> None:
        self._sources = sources
        self._player = player
        self.headset = False
        self.reset()
        self._last: tuple[tuple[Line, ...], Language] = ((), Language.ZH)
        self._waiting: tuple[tuple[Line, ...], Language] | None = None
        self._wake = threading.Condition()
        self._stopped = threading.Event()
        self._closed = False
        self._speaking = False
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def reset(self) -> None:
        self.rate = USUAL_RATE
        self.volume = USUAL_VOLUME

    def say(self, lines: Sequence[Line], language: Language) -> None:
        """Returns at once. Personal lines are left out unless a headset is in."""
        heard = tuple(line for line in lines if self.headset or not line.personal)
        with self._wake:
            self._last = (heard, language)
            self._begin(self._last)

    def repeat(self) -> None:
        with self._wake:
            self._begin(self._last)

    def stop(self) -> None:
        with self._wake:
            self._begin(None)

    def forget(self) -> None:
        """Nothing of the last visit can be repeated."""
        with self._wake:
            self._last = ((), self._last[1])
            self._begin(None)

    def change_rate(self, steps: int) -> None:
        self.rate = min(max(self.rate + steps, 0), len(RATES) - 1)

    def change_volume(self, steps: int) -> None:
        self.volume = min(max(self.volume + steps, 0), len(VOLUMES_DB) - 1)

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._begin(None)
        self._thread.join(timeout=5)

    def wait(self, seconds: float) -> bool:
        """Until all was said; False when it took longer. For tests and the doctor."""
        with self._wake:
            return self._wake.wait_for(lambda: self._waiting is None and not self._speaking, seconds)

    def _begin(self, what: tuple[tuple[Line, ...], Language] | None) -> None:
        self._waiting = what
        self._stopped.set()
        self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._speaking = False
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._waiting is not None or self._closed)
                if self._closed:
                    return
                assert self._waiting is not None
                (lines, language), self._waiting = self._waiting, None
                self._speaking = True
                self._stopped.clear()
            for line in lines:
                if self._player.usable and not self._stopped.is_set():
                    self._say(line, language)

    def _say(self, line: Line, language: Language) -> None:
        percent, text = RATES[self.rate], line.text
        if line.chime:
            self._player.play(quieter(chime(), VOLUMES_DB[self.volume]), self._stopped)
        for source in self._sources:
            sound = source.sound(text, language, percent)
            if sound is not None:
                self._player.play(quieter(sound, VOLUMES_DB[self.volume]), self._stopped)
                return
        log.warning("no voice for a text of %d characters", len(text))
