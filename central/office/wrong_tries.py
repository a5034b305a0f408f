"""Who guesses passwords waits longer and longer, and nobody is locked out for good."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FREE: Final = 4  # wrong passwords in a row without a pause: fingers slip
FIRST_PAUSE_S: Final = 5.0  # doubles with each further one
LONGEST_PAUSE_S: Final = 300.0  # a night of guessing tries some hundred
NAMES_REMEMBERED: Final = 10_000  # also those of nobody, or a pause would tell who exists; then the oldest go


class WrongTries:
    """By name, in memory: a restart forgets them. `now` gives seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._of: dict[str, tuple[int, float]] = {}  # how many in a row, and until when the next one waits

    def wait_s(self, name: str) -> float:
        """How long until the next password for this name is looked at."""
        _, until = self._of.get(name, (0, 0.0))
        return max(until - self._now(), 0.0)

    def failed(self, name: str) -> None:
        tries = self._of.pop(name, (0, 0.0))[0] + 1
        pause = FIRST_PAUSE_S * 2 ** min(tries - FREE - 1, 10) if tries > FREE else 0.0
        self._of[name] = (tries, self._now() + min(pause, LONGEST_PAUSE_S))
        if len(self._of) > NAMES_REMEMBERED:
            del self._of[next(iter(self._of))]

    def came_in(self, name: str) -> None:
        self._of.pop(name, None)


WRONG_TRIES: Final = WrongTries()
