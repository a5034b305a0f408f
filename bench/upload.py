"""Does a backlog that goes up hold up the customer? `python -m bench.upload [--records 100000] [--visits 60]`

Real engine, journal, post, courier process and server on this machine. A customer pays in cash, visit after visit;
each step is due at a certain moment, and late by whatever else the core's event loop does then. First with nothing
to upload, then beside the backlog; printed side by side, with the records that went up in a second."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import KioskStarted
from kiosk.post import Pace
from tests.central.conftest import start
from tests.kiosk.world import bill
from tests.sync.terminal import Terminal

PAUSE_S = 0.01  # between two steps: no customer is faster
IDLE_S = 0.0002  # less is a look that found a batch under way
COMMIT = 500
NOTES = 100  # then the box is changed, so that the way of paying stays open


def steps(terminal: Terminal) -> Iterator[Callable[[], None]]:
    """One visit, in the steps that a customer or a device takes."""
    kiosk = terminal.kiosk
    number = f"W{terminal.journal.head.seq}"
    yield lambda: kiosk.to_cash(bill("36.00", number=number))
    for amount in (20, 10, 5, 1):
        yield lambda amount=amount: kiosk.insert(amount)
    yield kiosk.print_out
    yield lambda: kiosk.want(c.Done(), c.Done())


async def customer(terminal: Terminal, enough: Callable[[int], bool]) -> list[float]:
    """How long each step took from the moment when it was due, in milliseconds."""
    took: list[float] = []
    loop = asyncio.get_running_loop()
    visits = 0
    while not enough(visits):
        if terminal.kiosk.engine.state.notes_in_box > NOTES:
            terminal.kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
        for step in steps(terminal):
            due = loop.time() + PAUSE_S
            await asyncio.sleep(PAUSE_S)
            step()
            terminal.outbox.upload()
            took.append((loop.time() - due) * 1000)
        visits += 1
    return took


def backlog(terminal: Terminal, records: int) -> None:
    fact = KioskStarted(
        boot="b" * 36, software="s" * 300, time_quality="none"
    )  # as large as an average record
    for _ in range(records // COMMIT):
        terminal.journal.append([fact] * COMMIT)


def own_work(terminal: Terminal) -> list[float]:
    """Milliseconds of processor time that the core itself spends on each batch: read, encode, sign, send."""
    took: list[float] = []
    go_on = terminal.outbox._upload.go_on

    def timed() -> None:
        records, began = terminal.journal.uploaded.seq, time.thread_time()
        go_on()
        if records < terminal.journal.head.seq and (spent := time.thread_time() - began) > IDLE_S:
            took.append(spent * 1000)

    terminal.outbox._upload.go_on = timed  # type: ignore[method-assign]
    return took


def line(name: str, took: list[float]) -> str:
    took = sorted(took)
    middle, late, worst = statistics.median(took), took[int(len(took) * 0.99)], took[-1]
    return f"{name:<28} {len(took):>6} steps   median {middle:7.2f}   99% {late:7.2f}   worst {worst:7.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.upload", description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=100_000, help="how long the backlog is")
    parser.add_argument(
        "--visits", type=int, default=60, help="visits with nothing to upload, for comparison"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="upload-") as name:
        folder = Path(name)
        process, server = start(folder / "central", folder / "central.log")
        command = [sys.executable, "-m", "kiosk.courier", "--run", name, "--server", server.url]
        courier = subprocess.Popen(
            [*command, "--config", str(folder / "none")], stderr=(folder / "courier.log").open("w")
        )
        terminal = Terminal.enrolled(folder / "kiosk", folder, server)
        terminal.pace = Pace()
        terminal.start()
        terminal.settle()
        try:
            alone = terminal.run(customer(terminal, lambda visits: visits >= given.visits))
            terminal.settle()
            backlog(terminal, given.records)
            terminal.restart()  # a backlog of weeks is in the file itself, not in SQLite's log
            batches = own_work(terminal)
            goal, before, began = terminal.journal.head.seq, terminal.journal.uploaded.seq, time.monotonic()
            beside = terminal.run(customer(terminal, lambda _: terminal.journal.uploaded.seq >= goal))
            seconds = time.monotonic() - began
            terminal.settle()
            terminal.agree()
        finally:
            terminal.close()
            for child in (courier, process):
                child.terminate()
                child.wait()
    print(line("nothing to upload", alone))
    print(line(f"beside {goal - before} records", beside))
    ratios = [statistics.median(beside) / statistics.median(alone), max(beside) / max(alone)]
    print(
        f"beside the backlog a step takes {ratios[0]:.2f} times as long (median), {ratios[1]:.2f} times (worst)"
    )
    print(
        f"own work of the core for one batch: {statistics.median(batches):.2f} ms, at most {max(batches):.2f} ms"
    )
    print(f"{(goal - before) / seconds:.0f} records a second went up; every record and every sum agrees")


if __name__ == "__main__":
    main()
