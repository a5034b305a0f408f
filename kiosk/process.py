"""A process that is started again when it dies, and an end that leaves none behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

RESTART_S: Final = 0.5  # as RestartSec in the units: time for the dead process's ports to be free
STOP_S: Final = 8.0  # then it is killed
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_in_order() -> None:
    """SIGTERM and a terminal that is closed are as Ctrl+C: whatever was started is stopped. Once: a second one would
    cut that short."""

    def interrupt(*_: object) -> None:
        for name in ENDINGS:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in ENDINGS:
        signal.signal(name, interrupt)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """What ends us is answered after the block: between a child and its name it would leave the child to nobody."""
    if threading.current_thread() is not threading.main_thread():  # signals come to the main one only
        yield
        return
    came: list[int] = []
    before = {name: signal.signal(name, lambda number, _: came.append(number)) for name in ENDINGS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        for number in came[:1]:
            signal.raise_signal(number)


class Process:
    """One supervised process. Its output goes to a log file of its own."""

    def __init__(
        self, name: str, command: Sequence[str], logs: Path, env: dict[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self._command = list(command)
        self._env = {**os.environ, **(env or {})}
        self._wanted = False
        self._changed = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.on_clean_exit: Callable[[], None] | None = None  # instead of starting it again

    def start(self) -> None:
        with self._changed:
            if self._wanted:
                return
            self._wanted = True
            self._launch()
        threading.Thread(target=self._watch, name=f"supervise {self.name}", daemon=True).start()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        with self._changed:
            self._wanted = False
            process = self._process
            self._changed.notify_all()
        if process is None:
            return
        _send(process, how)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            _send(process, signal.SIGKILL)
            process.wait()

    def kill(self) -> None:
        """As if it had crashed: it is started again after `RESTART_S`."""
        with self._changed:
            if self._process is not None:
                _send(self._process, signal.SIGKILL)

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _launch(self) -> None:
        with self.log.open("ab") as log, _undisturbed():
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._env
            )
        self.starts += 1

    def _watch(self) -> None:
        while True:
            process = self._process
            assert process is not None
            code = process.wait()
            if code == 0 and self.on_clean_exit is not None:
                self.on_clean_exit()
                return
            with self._changed:
                if self._changed.wait_for(lambda: not self._wanted, RESTART_S):
                    return
                if self._process is process:
                    self._launch()


def _send(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    try:
        process.send_signal(how)
    except ProcessLookupError:
        pass
