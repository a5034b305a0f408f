"""What do the devices cost the core, and how long does a held note wait? `python -m bench.devices [--json]`

The whole house on this machine: server, courier, simulated devices on their wires, the core as it is in the lobby with
its journal on disk, and a client in place of the glass. Per protocol one customer pays with notes of ¥1; times are the
simulator's own: from the byte that tells the held note to the order to stack it, and from the note being held (which
the driver has yet to ask for). Then nobody is there: processor time of the core against the clock. Memory: the core's
against a bare Python that has imported the same foreign modules. Each figure stands beside its goal, and waiting
beside what one flushed write to the same disk takes in the same run."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from hardware.simulated import NotPossible
from kiosk import contract as c
from kiosk.contract import Drawn, Touched, View
from kiosk.site import PACKAGED
from kiosk.supervise import House, Place
from screens.link import Link

PATIENCE_S = 60.0
ACCOUNT = "1002003001"  # ¥37.50 of water
NOTE_FEN, NOTES = 100, 36
AGAIN_S = 2.0  # then a touch is repeated
FLUSHES = 100
SETTLED_S = 5.0  # after the start: whatever is done once is done
GOALS = {"idle_core": 0.03, "memory_mib": 40.0, "median_ms": 50.0}
SHEET = "rom_yuan = [1, 5, 10, 20, 50, 100]\n"
PROTOCOLS = {  # what differs from the packaged table
    "ccnet": "",
    "ssp": "",
    "essp": 'ssp_key = "0123456701234567"\n',
    "id003": "",
    "ebds": SHEET,
    "ict": SHEET,
}
FOREIGN = """
import sys
before = set(sys.modules)
import kiosk.core, hardware.shelf
import hardware.scanners.camera_pictures, hardware.scanners.decode  # the camera's thread imports them
from kiosk import site
from pathlib import Path
shelf = kiosk.core.simulated(site.load(None), Path("/nowhere")).devices
hardware.shelf.build(shelf)
print("\\n".join(m for m in sys.modules if m not in before and m.split(".")[0] not in ("kiosk", "hardware")))
"""
BARE = """
import importlib, sys, time
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception:
        pass  # a part that only its package can load
print("ready", flush=True)
time.sleep(3600)
"""


class Waiting(msgspec.Struct):
    """Milliseconds until the order to stack left, from `told` and from `held`."""

    protocol: str
    notes: int
    median_ms: float
    worst_ms: float
    held_median_ms: float
    held_worst_ms: float


class Glass:
    """Draws nothing, says so, and touches what it is told to."""

    def __init__(self, path: Path) -> None:
        self._changed = threading.Condition()
        self._view: View | None = None
        self._link = Link(path, self._come, lambda: None)
        self._link.start()

    def close(self) -> None:
        self._link.close()

    def _come(self, view: View) -> None:
        self._link.send(Drawn(view.number))
        with self._changed:
            self._view = view
            self._changed.notify_all()

    def wait(self, page: type[Any]) -> View:
        with self._changed:
            came = self._changed.wait_for(
                lambda: self._view is not None and isinstance(self._view.page, page), PATIENCE_S
            )
            assert came and self._view is not None, f"no {page.__name__}: {self._view and self._view.page}"
            return self._view

    def touch(self, intent: c.AnyIntent, done: Callable[[Any], bool]) -> None:
        """Until the page is as it should be: a touch on a page that has just changed is void."""
        deadline_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while not (self._view is not None and done(self._view.page)):
                assert time.monotonic() < deadline_s, f"{intent}: {self._view}"
                if self._view is not None:
                    self._link.send(Touched(self._view.number, intent))
                self._changed.wait_for(lambda: self._view is not None and done(self._view.page), AGAIN_S)


@contextmanager
def lobby(folder: Path, protocol: str) -> Iterator[tuple[House, Glass]]:
    config = folder / f"config-{protocol}"
    config.mkdir()
    text = (PACKAGED / "devices.toml").read_text("utf-8")
    driver = "ssp" if protocol == "essp" else protocol
    table = f'[acceptor]\ndriver = "{driver}"\n{PROTOCOLS[protocol]}'
    if PROTOCOLS[protocol] == SHEET:
        text = "\n".join(line for line in text.splitlines() if not line.startswith("currencies"))
    (config / "devices.toml").write_text(
        text.replace('[acceptor]\ndriver = "ccnet"', table), encoding="utf-8"
    )
    place = Place(folder / protocol)
    house = House(place, config=config, screen=("-c", "import signal; signal.pause()"))
    try:
        house.start()
        glass = Glass(place.run / "screens.sock")
        glass.wait(c.Home)
        yield house, glass
        glass.close()
    finally:
        house.stop()
        place.close()


def until(true: Callable[[], Any], what: str) -> Any:
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            if found := true():
                return found
        except NotPossible:
            pass
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.005)


def pay(house: House, glass: Glass, protocol: str) -> Waiting:
    devices = house.devices()
    until(lambda: _open_for_cash(glass), "the kiosk takes cash")
    glass.touch(c.ChooseFee("water"), is_a(c.EnterAccount))
    for at, digit in enumerate(ACCOUNT, 1):
        glass.touch(c.PressKey(digit), lambda page, at=at: len(page.typed) >= at)
    glass.touch(c.SubmitAccount(), is_a(c.CheckItems))
    glass.touch(c.AllRight(), is_a(c.PayBy))
    glass.touch(c.ChooseTender(c.Tender.CASH), is_a(c.CashRunning))
    told, held = [], []
    for number in range(NOTES):
        until(lambda: NOTE_FEN in devices.look("acceptor")["enabled"], "the note slot is open")
        until(lambda: devices.do("acceptor", "insert", fen=NOTE_FEN), "it draws the note in")
        until(lambda number=number: len(devices.look("acceptor")["box"]) > number, "it is in the box")
        since = devices.look("acceptor")["since"]
        told.append((since["stacking"] - since["told"]) * 1000)
        held.append((since["stacking"] - since["escrow"]) * 1000)
    devices.close()
    return Waiting(
        protocol,
        len(told),
        *(round(x, 1) for x in (statistics.median(told), max(told), statistics.median(held), max(held))),
    )


def is_a(kind: type[Any]) -> Callable[[Any], bool]:
    return lambda page: isinstance(page, kind)


def _open_for_cash(glass: Glass) -> bool:
    view = glass.wait(c.Home)
    return not {"offline", "no_receipts"} & {banner.value for banner in view.banners}


def processor_s(pid: int) -> float:
    """Of all threads of this process, its children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def idle(house: House, seconds: float) -> float:
    """Share of one core."""
    pid = house.processes["core"].pid
    assert pid is not None
    time.sleep(SETTLED_S)
    began, before = time.monotonic(), processor_s(pid)
    time.sleep(seconds)
    return (processor_s(pid) - before) / (time.monotonic() - began)


def flush_ms(folder: Path) -> float:
    """Median of one small write, flushed, as each commit of the journal needs at least once."""
    took = []
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _ in range(FLUSHES):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def bare_mib() -> float:
    """A Python that has imported what the core imports, and nothing of ours."""
    found = subprocess.run([sys.executable, "-c", FOREIGN], capture_output=True, text=True, check=True)
    bare = subprocess.Popen([sys.executable, "-c", BARE, *found.stdout.split()], stdout=subprocess.PIPE)
    assert bare.stdout is not None
    try:
        bare.stdout.readline()
        return resident_mib(bare.pid)
    finally:
        bare.kill()
        bare.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.devices", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long nobody is there")
    parser.add_argument(
        "--protocol", action="append", choices=PROTOCOLS, help="only this one; may be repeated"
    )
    given = parser.parse_args()
    waits: list[Waiting] = []
    share = core_mib = 0.0
    with tempfile.TemporaryDirectory(prefix="devices-", dir="/var/tmp") as name:  # /tmp may be in RAM
        for number, protocol in enumerate(given.protocol or PROTOCOLS):
            with lobby(Path(name), protocol) as (house, glass):
                if number == 0:
                    share = idle(house, given.seconds)
                waits.append(pay(house, glass, protocol))
                if number == 0:
                    pid = house.processes["core"].pid
                    assert pid is not None
                    core_mib = resident_mib(pid)
        flush = flush_ms(Path(name))
    bare = bare_mib()
    result = {
        "goals": GOALS,
        "idle_core": round(share, 4),
        "core_mib": round(core_mib, 1),
        "bare_python_mib": round(bare, 1),
        "memory_mib": round(core_mib - bare, 1),
        "flush_ms": round(flush, 2),
        "held_to_take": [msgspec.to_builtins(wait) for wait in waits],
    }
    if given.json:
        print(json.dumps(result))
        return
    print(f"idle, all devices: {share:.2%} of one core (goal {GOALS['idle_core']:.0%})")
    print(f"memory: core {core_mib:.1f} MiB, bare Python with its imports {bare:.1f} MiB, ", end="")
    print(f"more by {core_mib - bare:.1f} MiB (goal {GOALS['memory_mib']:.0f})")
    print(f"one flushed write to this disk: {flush:.2f} ms")
    print(
        f"{'note → order to stack':<22} {'notes':>5}  told: median  worst   held: median  worst ms   median / flush"
    )
    for w in waits:
        row = f"{w.median_ms:>12.1f} {w.worst_ms:>6.1f} {w.held_median_ms:>14.1f} {w.held_worst_ms:>6.1f}"
        print(f"{w.protocol:<22} {w.notes:>5} {row}   {w.median_ms / flush:>14.1f}")


if __name__ == "__main__":
    main()
