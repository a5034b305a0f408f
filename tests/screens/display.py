"""A glass without a wall: a virtual display, the real screens process on it, and a core that says what it is told."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageGrab

from kiosk import codec
from kiosk.contract import SPEAKS, FromScreens, Hello, View

PATIENCE_S = 60  # the machine may be ten times slower than a quiet one
PROJECT = Path(__file__).parent.parent.parent


@contextlib.contextmanager
def virtual_display(width: int = 1280, height: int = 800) -> Iterator[str]:
    """Xvfb on a free number; yields `:7` and the like."""
    read, write = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            f"{width}x{height}x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as number:
            line = number.readline().strip()
        assert line, "Xvfb did not start (package xvfb)"
        yield f":{line}"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def surroundings(display: str, home: Path) -> dict[str, str]:
    """Environment of a screens process: its own Kivy home, fonts shared by all tests of this machine."""
    home.mkdir(parents=True, exist_ok=True)
    shared = Path(tempfile.gettempdir()) / f"kiosk-test-fonts-{os.getuid()}"
    shared.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (home / "fonts").symlink_to(shared)
    return {**os.environ, "DISPLAY": display, "KIVY_HOME": str(home), "PYTHONPATH": str(PROJECT)}


class FakeCore:
    """Listens like the core; `heard` holds what the screens said, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: queue.Queue[Any] = queue.Queue()
        self._line: socket.socket | None = None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(1)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            line, _ = self._listener.accept()
            self._line = line
            with line.makefile("rb") as lines:
                for data in lines:
                    self.heard.put(codec.decode(data, FromScreens))

    def hear(self, kind: type[Any]) -> Any:
        """The next message of this kind; others before it are passed over."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            message = self.heard.get(timeout=max(0.01, ends - time.monotonic()))
            if isinstance(message, kind):
                return message

    def greet(self) -> None:
        self.hear(Hello)
        self.say(Hello("core", SPEAKS))

    def show(self, view: View) -> None:
        self.say(view)

    def say(self, message: Any) -> None:
        assert self._line is not None
        self._line.sendall(codec.encode(message) + b"\n")

    def die(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.path.unlink(missing_ok=True)


@contextlib.contextmanager
def screens_process(
    display: str, socket_path: Path, home: Path, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "screens", "--socket", str(socket_path)],
        cwd=PROJECT,
        env={**surroundings(display, home), **more},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def places(display: str, home: Path, view: View, opened: str = "") -> dict[str, tuple[int, int]]:
    """Where the buttons of this view stand on the display (middle, from the top left), by their names.

    `opened`: a button to press first. Asked of another process, because Kivy lives once in a process."""
    answer = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("where.py")), opened],
        input=codec.encode(view),
        capture_output=True,
        cwd=PROJECT,
        env=surroundings(display, home),
        timeout=PATIENCE_S,
        check=True,
    )
    return {name: (x, y) for name, (x, y) in json.loads(answer.stdout).items()}


def tap(display: str, place: tuple[int, int], times: int = 1, pause_ms: int = 200) -> None:
    """A finger (here: the mouse) comes down and up again."""
    x, y = place
    subprocess.run(
        [
            "xdotool",
            "mousemove",
            str(x),
            str(y),
            "click",
            "--repeat",
            str(times),
            "--delay",
            str(pause_ms),
            "1",
        ],
        env={**os.environ, "DISPLAY": display},
        check=True,
        timeout=PATIENCE_S,
    )


def picture(display: str) -> Image.Image:
    """What is on the glass now."""
    return ImageGrab.grab(xdisplay=display).convert("RGB")


def wait_until(true: Any, what: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends, f"waited {PATIENCE_S} s in vain: {what}"
        time.sleep(0.05)
