"""How quick and how calm the glass is: `python -m bench.screens [--quick] [--json]`.

Under a virtual display with software drawing, 1280 × 800, real X events in and pixels of the display out:
- a finger down → the button looks pressed; a finger up → the next page (goal: at most 100 ms at p95);
- cold start to the first complete page, beside a bare Kivy window with one label (goal: at most 1.5 times);
- memory after each hundred visits (goal: flat);
- processor time while a page just stands there (goal: at most 5 % of one core).
"""

from __future__ import annotations

import argparse
import ctypes
import ctypes.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.contract import Drawn, Touched, View
from screens import samples
from tests.screens.display import FakeCore, places, screens_process, surroundings, virtual_display

PAUSE_S: Final = (
    0.55  # between touches: longer than the dead time after a change of page and the same-key guard
)
PATCH_PX: Final = 12
VISIT: Final = (
    "home", "account_empty", "account_typed", "looking_up", "check", "pay_by", "cash_start", "cash_some",
    "cash_enough", "receipt_printing", "receipt", "thank_you",
)  # fmt: skip

BARE: Final = """
import os, time
os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1", KIVY_NO_CONSOLELOG="1", KIVY_WINDOW="sdl2")
from kivy.config import Config
Config.set("graphics", "width", "1280"); Config.set("graphics", "height", "800")
from kivy.base import runTouchApp, stopTouchApp
from kivy.core.window import Window
from kivy.uix.label import Label
flips = []
def flipped(*_):
    flips.append(1)
    if len(flips) == 2:
        print("drawn", flush=True); stopTouchApp()
Window.bind(on_flip=flipped)
label = Label(text="one label"); Window.add_widget(label)
from kivy.clock import Clock
Clock.schedule_interval(lambda _: Window.canvas.ask_update(), 0)
runTouchApp()
"""


class _Image(ctypes.Structure):
    """The head of XImage (Xlib.h): only what is read here."""

    _fields_ = (
        ("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int), ("format", ctypes.c_int),
        ("data", ctypes.POINTER(ctypes.c_char)), ("byte_order", ctypes.c_int), ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int), ("bitmap_pad", ctypes.c_int), ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
    )  # fmt: skip


class Hand:
    """A finger (XTEST) and an eye (XGetImage of a small patch) on a display."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst"))
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XGetImage.restype = ctypes.POINTER(_Image)
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x.XFlush(self._display)

    def button(self, down: bool) -> None:
        self._test.XTestFakeButtonEvent(self._display, 1, int(down), 0)
        self._x.XFlush(self._display)

    def patch(self, x: int, y: int) -> bytes:
        image = self._x.XGetImage(
            self._display, self._root, x, y, PATCH_PX, PATCH_PX, ctypes.c_ulong(0xFFFFFFFF), 2
        )
        size = image.contents.bytes_per_line * image.contents.height
        data = ctypes.string_at(image.contents.data, size)
        self._x.XDestroyImage(image)
        return data

    def until_changed(self, place: tuple[int, int], before: bytes) -> float:
        """Seconds until the patch looks different."""
        began = time.perf_counter()
        while self.patch(*place) == before:
            if time.perf_counter() - began > 10:
                raise TimeoutError(f"nothing changed at {place} within 10 s")
            time.sleep(0.0005)
        return time.perf_counter() - began


@contextmanager
def glass(display: str, folder: Path) -> Iterator[tuple[FakeCore, Any]]:
    core = FakeCore(folder / "core.sock")
    with screens_process(display, folder / "core.sock", folder / "kivy") as process:
        core.greet()
        yield core, process
    core.die()


def numbered(view: View, number: int) -> View:
    return msgspec.structs.replace(view, number=number)


def touches(display: str, folder: Path, count: int) -> tuple[list[float], list[float]]:
    """(finger down → pressed look, finger up → next page), in seconds each."""
    pages = [samples.view("home"), samples.view("pay_by")]
    buttons = [places(display, folder / "where", pages[0]), places(display, folder / "where", pages[1])]
    targets = [buttons[0]["fee:water"], buttons[1]["tender:cash"]]
    hand = Hand(display)
    pressed, turned = [], []
    with glass(display, folder) as (core, _):
        core.show(numbered(pages[0], 1))
        core.hear(Drawn)
        for turn in range(count):
            time.sleep(PAUSE_S)
            x, y = targets[turn % 2]
            corner = (x - 60, y + 40)  # inside the button, off its words
            hand.move(x, y)
            before = hand.patch(*corner)
            hand.button(True)
            pressed.append(hand.until_changed(corner, before))
            title = (60, 30)
            before = hand.patch(*title)
            hand.button(False)
            began = time.perf_counter()
            core.hear(Touched)
            core.show(numbered(pages[(turn + 1) % 2], turn + 2))
            hand.until_changed(title, before)
            turned.append(time.perf_counter() - began)
            core.hear(Drawn)
    return pressed, turned


def starts(display: str, folder: Path, count: int) -> tuple[list[float], list[float]]:
    """(bare Kivy window, ours to the first complete page), one after the other."""
    bare, ours = [], []
    for number in range(count):
        began = time.perf_counter()
        environment = surroundings(display, folder / "bare")
        with subprocess.Popen(
            [sys.executable, "-c", BARE], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"drawn\n"
            bare.append(time.perf_counter() - began)
        own = folder / f"start{number}"
        own.mkdir()
        began = time.perf_counter()
        with glass(display, own) as (core, _):
            core.show(numbered(samples.view("home"), 1))
            core.hear(Drawn)
            ours.append(time.perf_counter() - began)
    return bare, ours


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def many_visits(display: str, folder: Path, visits: int, idle_s: float) -> tuple[list[float], float]:
    """(MB after each tenth of the visits, share of one core while a page stands)."""
    memory = []
    with glass(display, folder) as (core, process):
        number = 0
        for visit in range(visits):
            for name in VISIT:
                number += 1
                core.show(numbered(samples.view(name), number))
                while core.hear(Drawn).view < number:
                    pass
            if (visit + 1) % max(1, visits // 10) == 0:
                memory.append(resident_mb(process.pid))
        core.show(numbered(samples.view("home"), number + 1))
        time.sleep(2)  # what the last page still had to do
        before, began = processor_s(process.pid), time.perf_counter()
        time.sleep(idle_s)
        idle = (processor_s(process.pid) - before) / (time.perf_counter() - began)
    return memory, idle


def p(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.screens", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    scale = 10 if chosen.quick else 1
    with tempfile.TemporaryDirectory() as name, virtual_display() as display:
        folder = Path(name)
        for part in ("touch", "start", "visits"):
            (folder / part).mkdir()
        pressed, turned = touches(display, folder / "touch", 100 // scale)
        bare, ours = starts(display, folder / "start", max(3, 10 // scale))
        memory, idle = many_visits(display, folder / "visits", 1000 // scale, 20 / min(scale, 4))
    result = {
        "pressed_ms_p50": round(statistics.median(pressed) * 1000, 1),
        "pressed_ms_p95": round(p(pressed, 95) * 1000, 1),
        "page_ms_p50": round(statistics.median(turned) * 1000, 1),
        "page_ms_p95": round(p(turned, 95) * 1000, 1),
        "bare_start_s": round(statistics.median(bare), 2),
        "start_s": round(statistics.median(ours), 2),
        "start_ratio": round(statistics.median(ours) / statistics.median(bare), 2),
        "memory_mb": [round(mb, 1) for mb in memory],
        "memory_growth": round(memory[-1] / memory[0], 3),
        "idle_core_share": round(idle, 4),
    }
    if chosen.json:
        print(json.dumps(result))
        return
    pressed_ms = f"{result['pressed_ms_p50']} / {result['pressed_ms_p95']} ms"
    page_ms = f"{result['page_ms_p50']} / {result['page_ms_p95']} ms"
    start = f"{result['start_s']} / {result['bare_start_s']} s = {result['start_ratio']}"
    grown = " ".join(f"{mb:.0f}" for mb in memory) + " MB"
    rows = (
        ("finger down → pressed look, p50 / p95", pressed_ms, "100 ms"),
        ("finger up → next page, p50 / p95", page_ms, "100 ms"),
        ("cold start, ours / bare window", start, "1.5"),
        (f"memory after each {100 // scale} visits", grown, "flat"),
        ("a page that stands still, of one core", f"{idle:.1%}", "5 %"),
    )
    for what, figure, goal in rows:
        print(f"{what:42} {figure:42} goal {goal}")


if __name__ == "__main__":
    main()
