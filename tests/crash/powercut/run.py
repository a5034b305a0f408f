"""Pulls the plug of a whole machine: `script/powercut --cuts 50`.

A small virtual machine under software emulation runs Debian's kernel, ext4 and this checkout's core. On its serial
lines hang the simulated acceptor and printer, outside, so that they know after the cut what is physically true; on
its screen a customer pays with notes. At a random moment the machine is killed (SIGKILL), its drive forgets a chance
part of what was not flushed, the devices lose their power too; then everything is switched on again. Whatever the
glass, the box or the paper has shown must be in the journal, and at the end all must add up to the fen.

Exit code 0: nothing lost; 1: something was; 3: this machine lacks something, and nothing was tested.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.control import Request
from hardware.printers.escpos_sim import EscposSim
from hardware.simulators import World
from kiosk import codec
from kiosk import contract as c
from kiosk.identity import Identity, load_signer, save_identity
from kiosk.journal.store import PRAGMAS, Journal
from kiosk.money import Money
from kiosk.parcels import BUNDLE_DOMAIN, Bill, Bundle, BundleIs, Customer, KnownCustomer
from tests.crash import ext4_mounts as ext4
from tests.crash.block_drive import CACHED, lay_out
from tests.crash.power import Kept
from tests.crash.powercut.books import Auditor, Lost
from tests.crash.powercut.machine import ACCEPTOR, PRINTER, Machine
from tests.crash.powercut.parts import Lacking, Parts, check_tools
from tests.crash.powercut.visitor import Visitor

KEPT_PARTS: Final = Path("out/powercut")
RUNS_S: Final = (0.5, 8.0)  # from the first view to the cut: a visit takes some seconds of this slow machine
AT_A_MOMENT, WRITING, STARTING = "at a moment", "in a write", "while it starts"
WEIGHTS: Final = {AT_A_MOMENT: 4, WRITING: 4, STARTING: 2}  # by time alone a write is rarely hit
WRITES: Final = (1, 60)  # since the first page; a visit makes some forty
WRITES_STARTING: Final = (1, 16)  # since the switch: replay of ext4's journal, what the core settles
LONGEST_RUN_S: Final = 30.0
BOOT_LIMIT_S: Final = 240.0  # ten times what a loaded machine takes
REST_LIMIT_S: Final = 240.0
CORE_ENDED: Final = "init: core ended"  # as guest/start says it
LACKING: Final = 3
CUSTOMERS: Final = 2000
DUES_FEN: Final = (300, 700, 1100, 1600, 2300)
DAY_MS: Final = 86_400_000

DEVICES: Final = f"""
[acceptor]
driver = "ccnet"
port = "{ACCEPTOR}"
baud = 9600
currencies = ["CNY"]
notes_yuan = [1, 5, 10, 20, 50, 100]
box_notes = 5000

[printer]
driver = "escpos"
transport = "serial"
port = "{PRINTER}"
baud = 115200
profile = "80mm"

[[printer_profile]]
name = "80mm"
paper_mm = 80
dots = 576
cutter = true
coverage = "gb18030-2"
speed_mm_s = 150
proof = "process-id"
"""


@dataclass
class Tally:
    cuts: int = 0
    unflushed: int = 0
    at_stake: int = 0  # cuts with unflushed writes
    boots_s: list[float] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def line(self, spent_s: float) -> str:
        boot_s = median(self.boots_s) if self.boots_s else 0.0
        return (
            f"{'LOST' if self.losses else 'PASSED'}: {self.cuts} cuts in {spent_s:.0f} s "
            f"({spent_s / max(1, self.cuts):.1f} s a cut, {boot_s:.1f} s of it from switch to first page), "
            f"{self.at_stake} of them with {self.unflushed} unflushed writes, {len(self.losses)} with loss"
        )


def account(number: int) -> str:
    return f"{1_000_000_000 + number}"


def enrolled(state: Path) -> None:
    """The folder of a kiosk that knows its customers' arrears and has no line to the server."""
    state.mkdir()
    signer, server = load_signer(state, create=True), load_signer(state.parent, create=True)
    identity = Identity("K0001", 1, "lobby", signer.public_key, server.public_key)
    save_identity(state, identity)
    Journal.create(state / "journal.db", identity)
    now_ms = int(time.time() * 1000)
    known = tuple(
        KnownCustomer("water", Customer(account(n), "张*国", "110***********0013", "138****1234", (
            Bill(f"W{n}", "water", "2026-10", Money(DUES_FEN[n % len(DUES_FEN)]), now_ms + 30 * DAY_MS),)))
        for n in range(CUSTOMERS)
    )  # fmt: skip
    bundle = codec.encode(Bundle(1, now_ms, "lobby", (), known))
    signed = BundleIs(bundle.decode(), server.sign(BUNDLE_DOMAIN + bundle))
    (state / "bundle.json").write_bytes(codec.encode(signed))


class Trial:
    """One kiosk, cut again and again."""

    def __init__(self, folder: Path, parts: Path, seed: int, weaken: str, lying: bool) -> None:
        self.tally = Tally()
        self.chance = random.Random(f"powercut/{seed}")
        config, state, lines = folder / "config", folder / "state", folder / "lines"
        config.mkdir()
        lines.mkdir()
        (config / "devices.toml").write_text(DEVICES)
        enrolled(state)
        built = Parts(parts, config)
        paper = lines / "paper"
        self.devices = World({
            "acceptor": lambda: CcnetSim("acceptor", lines / "acceptor"),
            "printer": lambda: EscposSim("printer", lines / "printer", paper),
        }, (paper,))  # fmt: skip
        self.devices.start()
        self.visitor = Visitor(self.devices, map(account, range(CUSTOMERS)), self.chance)
        self.machine = Machine(folder, built, ext4.make(state), lines, weaken, lying)
        self.auditor = Auditor(folder, state)

    def close(self) -> None:
        self.machine.close()
        self.devices.stop()

    def comes_up(self) -> None:
        """Raises Lost: no page, or one that says that it is out of service."""
        began = time.monotonic()
        self.visitor.in_front_of(self.machine.power_on())
        self.visitor.goes_on(
            lambda: self.visitor.page is not None or CORE_ENDED in self._console(), BOOT_LIMIT_S
        )
        if self.visitor.page is None:
            raise Lost(f"the kiosk does not come up again; console: {self._console()}")
        self.tally.boots_s.append(time.monotonic() - began)
        if isinstance(self.visitor.page, c.OutOfService):
            raise Lost(f"the kiosk comes up out of service: {self.visitor.page.reason}; {self._console()}")

    def cut(self) -> str:
        """One line about it. Raises Lost."""
        [how] = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        dead = self.machine.drive.dead
        began = time.monotonic()
        if how == STARTING:
            self.visitor.in_front_of(self.machine.power_on())
            self.machine.drive.dies_at_write(self.chance.randint(*WRITES_STARTING))
            self.visitor.goes_on(lambda: dead.is_set() or self.visitor.page is not None, BOOT_LIMIT_S)
        else:
            self.comes_up()
            began = time.monotonic()
            runs_s = self.chance.uniform(*RUNS_S)
            if how == WRITING:
                runs_s = LONGEST_RUN_S
                self.machine.drive.dies_at_write(self.chance.randint(*WRITES))
            self.visitor.goes_on(lambda: dead.is_set() or time.monotonic() > began + runs_s, BOOT_LIMIT_S)
        after_s = time.monotonic() - began
        kept = self.chance.choice(CACHED)
        lost = self._plug_is_pulled(kept)
        self.tally.cuts += 1
        self.tally.unflushed += lost
        self.tally.at_stake += bool(lost)
        self._audit()
        where = "no page yet" if self.visitor.page is None else type(self.visitor.page).__name__
        return (f"cut {how}, {after_s:4.1f} s after {'the switch' if how == STARTING else 'its first page'}: {where}; "
                f"{lost} writes unflushed, kept {kept.value}; {len(self.auditor.before)} records")  # fmt: skip

    def comes_to_rest(self) -> None:
        """Raises Lost unless everything is settled and adds up."""
        self.comes_up()
        if not self.visitor.goes_on(self._rests, REST_LIMIT_S, pays=False):
            raise Lost(f"the kiosk does not come to rest: {self.visitor.page}")
        self._plug_is_pulled(Kept.NONE)
        self._audit(at_rest=True)

    def _rests(self) -> bool:
        unit, printer = self.visitor.device("acceptor"), self.visitor.device("printer")
        quiet = not unit["inside"] and not unit["mouth"] and not printer["busy"] and not printer["uncut_text"]
        return isinstance(self.visitor.page, c.Home) and quiet and self.visitor.page.ways[0].off is None

    def _plug_is_pulled(self, kept: Kept) -> int:
        self.machine.pull()
        self.devices.act(Request("power_cut", "world"))
        self.visitor.takes_in_the_rest()
        lost = self.machine.power_off(kept, self.chance)
        self.devices.act(Request("power_on", "world"))
        return lost

    def _audit(self, *, at_rest: bool = False) -> None:
        unit, printer = self.visitor.device("acceptor"), self.visitor.device("printer")
        self.auditor.look(self.machine.drive.pages, self.visitor.seen, unit, printer, at_rest=at_rest)

    def evidence(self, folder: Path) -> str:
        """Keeps the drive as the last cut left it, and the machine's words. Where that is."""
        folder.mkdir(parents=True, exist_ok=True)
        lay_out(self.machine.drive.pages, folder / "drive.img", ext4.SIZE)
        shutil.copy(self.machine.console, folder)
        return f"the drive as the cut left it, and the machine's console: {folder}"

    def _console(self) -> str:
        """Its last words; the file is new with each power-on."""
        return self.machine.console.read_text(errors="replace")[-800:]


def trial(cuts: int, seed: int, weaken: str, lying: bool, parts: Path) -> Tally:
    with tempfile.TemporaryDirectory(prefix="powercut-") as folder:
        print("building the machine", flush=True)
        kiosk = Trial(Path(folder), parts, seed, weaken, lying)
        try:
            for number in range(1, cuts + 1):
                print(f"{number:4}/{cuts}  {kiosk.cut()}", flush=True)
            kiosk.comes_to_rest()
            print(
                f"      at rest: {kiosk.auditor.summary()}; {kiosk.visitor.seen.done} customers were served",
                flush=True,
            )
        except Lost as lost:
            kiosk.tally.losses.append(str(lost))
            print(f"LOST after cut {kiosk.tally.cuts}: {lost}", flush=True)
            print(f"      {kiosk.evidence(parts / 'lost')}", flush=True)
        finally:
            kiosk.close()
    return kiosk.tally


def pragmas(text: str) -> str:
    known = dict(PRAGMAS)
    for word in text.split(","):
        name, _, value = word.partition("=")
        if name not in known or not value.isalnum():
            raise argparse.ArgumentTypeError(
                f"{word!r}: expected PRAGMA=VALUE with one of {', '.join(known)}"
            )
    return text


def count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of cuts, at least 1")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/powercut", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cuts", type=count, default=50, help="how often the plug is pulled (default: 50)")
    parser.add_argument("--seed", type=int, help="of the moments and of what is lost; by chance if not given")
    parser.add_argument("--weaken", type=pragmas, metavar="PRAGMA=VALUE[,…]",
                        help="breaks the journal on purpose (synchronous=OFF): a loss must be found")  # fmt: skip
    parser.add_argument(
        "--lying", action="store_true", help="a drive that acknowledges flushes and does not flush"
    )
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that all is taken down
    try:
        check_tools()
        seed = secrets.randbelow(10**6) if given.seed is None else given.seed
        broken = f", WEAKENED on purpose: {given.weaken or ''}{' lying drive' if given.lying else ''}"
        print(f"seed {seed}, {given.cuts} cuts{broken if given.weaken or given.lying else ''}", flush=True)
        began = time.monotonic()
        tally = trial(given.cuts, seed, given.weaken or "", given.lying, KEPT_PARTS)
    except Lacking as lacking:
        print(f"powercut: NOT TESTED. {lacking}", file=sys.stderr)
        return LACKING
    print(f"{tally.line(time.monotonic() - began)}; seed {seed}")
    return bool(tally.losses)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
