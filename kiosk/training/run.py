"""One attempt at a situation: lets happen what it says, watches the journal, ends with a verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from kiosk.contract import Language
from kiosk.facts import Durable
from kiosk.rules.terms import Words
from kiosk.training.judge import Progress, due, progress
from kiosk.training.record import Practice
from kiosk.training.situations import Event, Situation

LOOK_EVERY_S: Final = 0.5  # a person needs longer between two steps
SAYS: Final = {
    "task": Words("任务", "Your task"),
    "done": Words("完成", "Done"),
    "missed": Words("未完成", "Missed"),
    "time": Words("超过 {minutes} 分钟", "more than {minutes} minutes"),
    "stopped": Words("中途停止", "stopped before the end"),
    "seconds": Words("用时 {seconds} 秒，{reached} / {of} 步", "{seconds} s, {reached} of {of} steps"),
}

Records = Callable[[], Sequence[Durable]]


class Attempt:
    """`facts()`: records of the sandbox since it began. `cause`: makes a simulated device do something."""

    def __init__(
        self,
        name: str,
        situation: Situation,
        by: str,
        facts: Records,
        cause: Callable[[Event], None],
        language: Language,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._situation, self._by = name, situation, by
        self._facts, self._cause, self._clock = facts, cause, clock
        self._language, self._tell = language, tell
        self._began, self._began_at = clock(), datetime.now(UTC)
        self._happened = 0
        self._read: Sequence[Durable] = ()
        self._seen = Progress(0, len(situation.step))
        tell(f"── {situation.name.in_(language)} ──")
        tell(situation.happens.in_(language))
        tell(f"{self._say('task')}: {situation.task.in_(language)}")

    def play(self, wait: Callable[[float], bool]) -> Practice:
        """Until it is done or missed. `wait`: so many seconds; true: the trainee gave up."""
        while (verdict := self.look()) is None:
            if wait(LOOK_EVERY_S):
                return self.end("missed", "stopped")
        return verdict

    def look(self) -> Practice | None:
        """Once: what is due happens, steps that were reached are told; the verdict, if there is one by now."""
        facts = self._read = max(self._read, self._facts(), key=len)  # a copy of the journal may come torn
        for event in due(self._situation, facts)[self._happened :]:
            self._cause(event)
            self._happened += 1
        now = progress(self._situation, facts)
        for sign in self._situation.step[self._seen.reached : now.reached]:
            self._tell(f"  ✓ {sign.says.in_(self._language)}")
        self._seen = now
        if now.done:
            return self.end("done")
        if now.spoilt is not None:
            return self.end("missed", f"never {now.spoilt}")
        if self._clock() - self._began > self._situation.minutes * 60:
            return self.end("missed", "time")
        return None

    def end(self, result: str, why: str = "") -> Practice:
        seconds = round(self._clock() - self._began)
        reached, of = self._seen.reached, self._seen.of
        told = self._say(result)
        if why:
            told += f" ({self._because(why)})"
        if reached < of and why != "stopped":
            told += f" ← {self._situation.step[reached].says.in_(self._language)}"
        self._tell(f"{told}; {self._say('seconds', seconds=seconds, reached=reached, of=of)}")
        began = self._began_at.isoformat(timespec="seconds")
        return Practice(began, self._by, self._name, result, why, reached, of, seconds)

    def _because(self, why: str) -> str:
        if why.startswith("never "):
            return self._situation.never[int(why.removeprefix("never "))].says.in_(self._language)
        return self._say(why, minutes=self._situation.minutes)

    def _say(self, word: str, **values: object) -> str:
        return SAYS[word].in_(self._language).format(**values)
