"""The core process: the only one that touches money. Opens devices, journal and two Unix sockets; no network.

python -m kiosk.core [--state DIR] [--run DIR] [--config DIR] [--simulated DIR]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final

import msgspec

from hardware.contracts import Event, Found, Held
from hardware.panel.contract import KeyPressed, Lamp
from hardware.shelf import Devices, build
from kiosk import SOFTWARE, parcels, site
from kiosk.books import last_written_ms
from kiosk.clock import SystemClock
from kiosk.contacts import Contacts
from kiosk.contract import PREVIEW, SPEAKS, Drawn, FromScreens, Hello, Keyed, Touched, View
from kiosk.disk import disk_trouble
from kiosk.distress import Distress
from kiosk.engine import Engine, Ledger, NoLedger
from kiosk.flow.commands import Command
from kiosk.flow.state import PaperState, begin
from kiosk.flow.stimuli import (
    BundleCame,
    CallSeen,
    LinkChanged,
    NumbersCame,
    OfficeCloses,
    Stimulus,
    TimeIsUp,
    Uploaded,
    WriteFailed,
)
from kiosk.flow.wanted import Timer, Wanted
from kiosk.hands import Hands
from kiosk.identity import NotEnrolled, load_identity, load_signer
from kiosk.journal.audit import Audit, audit_for_ever
from kiosk.journal.store import JOURNAL_FILE, Damaged, Journal
from kiosk.links import LineRefused, Link, Peer, allowed_users
from kiosk.notify import notify, watchdog_s
from kiosk.outbox import Outbox
from kiosk.post import Post
from kiosk.simulation import simulated
from kiosk.training import apart

log = logging.getLogger(__name__)

STATE: Final = Path("/var/lib/kiosk")
RUN: Final = Path("/run/kiosk")
SCREENS_USER, COURIER_USER = "kiosk-screens", "kiosk-courier"  # whose process may use which socket
BUSY_FILE: Final = "busy"  # there while money is moving: script/install does not switch releases then
POWER_OFF_FILE: Final = "power-off"  # seen by systemd/kiosk-power-off.path: the machine may be switched off
DISK_CHECK_S: Final = 30.0  # a log that fills the disk does so slowly
RECOVERY_S: Final = 900  # a Raspberry Pi, a million records, after an update: no snapshot fits


class Core:
    """The outside of the engine: devices, sockets, timers. Everything runs in one event loop."""

    def __init__(self, plan: site.Site, state: Path, run: Path) -> None:
        self._state, self._run = state, run
        self._clock = SystemClock()
        self._loop = asyncio.get_running_loop()
        self._signer = load_signer(state)
        self._identity = load_identity(state)
        plan = msgspec.structs.replace(
            plan,
            kiosk=self._identity.kiosk,
            epoch=self._identity.epoch,
            server_key=self._identity.server_key,
        )
        self._site = plan
        journal, ledger, broken = self._open_journal()
        self._journal = journal
        self._engine = Engine(plan, ledger, self, self._clock)
        self._broken = broken
        preview = run / PREVIEW
        run.mkdir(parents=True, exist_ok=True)
        preview.parent.mkdir(mode=0o700, exist_ok=True)  # systemd-tmpfiles gives it to the screens' group
        self._devices: Devices = build(plan.devices, preview)
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._screens: set[Peer] = set()
        self._drawing: set[Peer] = set()  # those that said that a view is on their glass
        self._accepting: object = None
        self._looking = False
        self._keys_are_tested = False
        self._lamps: frozenset[Lamp] | None = None
        self._power_off = Path(os.environ.get("RUNTIME_DIRECTORY", run)) / POWER_OFF_FILE
        self._power_off.unlink(missing_ok=True)
        self._post = Post(self._identity, self._signer, self._reached)
        self._hands = Hands(
            plan,
            self._devices,
            self._post,
            Contacts(state),
            self._clock,
            journal,
            self._feed,
            lambda: self._engine.state.settings.text_size,
        )
        self._outbox: Outbox | None = None
        self._distress: Distress | None = None  # instead of it, while there is no journal
        self._audit: asyncio.Task[None] | None = None
        self._screen_link = Link(
            run / "screens.sock",
            FromScreens,
            self._from_screen,
            self._screen_came,
            self._screen_went,
            allowed_users(SCREENS_USER),
        )
        self._courier_link = Link(
            run / "courier.sock",
            parcels.Brought | Hello,
            self._from_courier,
            self._post.connected,
            self._post.gone,
            allowed_users(COURIER_USER),
            parcels.MAX_PARCEL_BYTES,
        )

    def _open_journal(self) -> tuple[Journal | None, Ledger, str]:
        try:
            journal = Journal.open(self._state / JOURNAL_FILE, self._identity, self._signer, self._clock)
            return journal, journal, ""
        except Damaged as error:
            log.critical("journal: %s", error)
            return None, NoLedger(str(error)), str(error)

    async def start(self) -> None:
        notify(f"EXTEND_TIMEOUT_USEC={RECOVERY_S * 1_000_000}")
        try:
            self._engine.start(self._broken, last_written_ms(self._journal) if self._journal else 0)
        except Damaged as error:
            log.critical("journal: %s", error)
            self._broken = str(error)
            if self._journal is not None:
                self._journal.close()
                self._journal = self._hands.journal = None
            self._engine = Engine(self._site, NoLedger(self._broken), self, self._clock)
            self._engine.start(self._broken)
        if self._journal is not None:
            self._outbox = Outbox(
                self._post,
                self._journal,
                self._state,
                self._clock,
                self._health,
                lambda server_ms: self._engine.feed(Uploaded(server_ms)),
                self._bundle_came,
                lambda: self._engine.feed(LinkChanged(False)),
                lambda why: self._engine.feed(WriteFailed(why)),
                SOFTWARE,
                self._site.retention.kiosk,
                on_call_answered=self._call_answered,
                on_numbers=self._numbers_came,
                on_closing=self._office_closes,
                broken=lambda: self._engine.state.house.broken,
            )
            self._outbox.start()
            audit = Audit(self._journal, begin(self._site))
            self._audit = self._loop.create_task(
                audit_for_ever(audit, lambda why: self._engine.feed(WriteFailed(why)))
            )
        else:
            self._distress = Distress(self._post, self._clock, self._health, SOFTWARE, self._broken)
            self._distress.beat()
        if self._devices.printer and any(
            paper.stage is PaperState.PERHAPS for paper in self._engine.state.papers.values()
        ):
            self._devices.printer.half_printed()
        for device in self._devices.all:
            device.start(self._from_device)
        await self._screen_link.open()
        await self._courier_link.open()
        self._check_disk()
        notify("READY=1")
        self._ping()

    async def stop(self) -> None:
        notify("STOPPING=1")
        await self._screen_link.close()
        await self._courier_link.close()
        if caller := self._outbox or self._distress:
            caller.stop()
        if self._audit:
            self._audit.cancel()
        await asyncio.gather(*(asyncio.to_thread(device.close) for device in self._devices.all))
        if self._journal:
            self._journal.close()

    def _ping(self) -> None:
        """From the loop itself: a step that hangs stops the pings."""
        pause = watchdog_s()
        if pause is not None:
            notify("WATCHDOG=1")
            self._loop.call_later(pause, self._ping)

    def _check_disk(self) -> None:
        trouble = disk_trouble(self._state, may_be_ram=self._site.simulated)
        if trouble and not self._engine.state.house.broken:
            log.critical("%s; no money is taken", trouble)
            self._engine.feed(WriteFailed(trouble))
        self._loop.call_later(DISK_CHECK_S, self._check_disk)

    def _health(self) -> tuple[tuple[parcels.DeviceHealth, ...], bool]:
        house = self._engine.state.house
        devices = []
        for device in self._devices.all:
            trouble = house.troubles.get(device.name, "")
            name, _, detail = trouble.partition(": ")
            devices.append(parcels.DeviceHealth(device.name, name or "ok", detail))
        return tuple(devices), self._engine.state.staff_wanted

    # ---- what comes in ---------------------------------------------------------------------------------

    def _from_device(self, event: Event) -> None:
        """Called in the device's thread."""
        self._loop.call_soon_threadsafe(self._device_event, event)

    def _device_event(self, event: Event) -> None:
        if isinstance(event, Held):
            self._hands.held = event.note
        if isinstance(event, KeyPressed) and not self._keys_are_tested:
            for peer in self._screens:
                peer.send(Keyed(event.key))
            return
        self._engine.feed(event)
        if isinstance(event, Found):
            # A device that came back knows nothing of before.
            self._accepting, self._looking, self._lamps = None, False, None
            self._engine.apply_again()
        self._written()

    def _from_screen(self, peer: Peer, message: Touched | Hello | Drawn) -> None:
        if isinstance(message, Touched):
            self._engine.touched(message)
            self._written()
        elif isinstance(message, Drawn) and peer not in self._drawing:
            self._drawing.add(peer)
            self._engine.apply_again()
        elif isinstance(message, Hello) and message.speaks != SPEAKS:
            peer.send(LineRefused(f"this core speaks contract {SPEAKS}, the screens speak {message.speaks}"))

    def _screen_came(self, peer: Peer) -> None:
        self._screens.add(peer)
        peer.send(Hello("core", SPEAKS))
        if self._engine.view is not None:
            peer.send(self._engine.view)

    def _screen_went(self, peer: Peer) -> None:
        self._screens.discard(peer)
        self._drawing.discard(peer)
        self._engine.apply_again()

    def _from_courier(self, peer: Peer, message: parcels.Brought | Hello) -> None:
        if isinstance(message, parcels.Brought):
            self._post.brought(message)
        elif (caller := self._outbox or self._distress) is not None:
            caller.beat()  # a courier that has just come up: is the server there?

    def _call_answered(self, call: str, by: str) -> None:
        self._feed(CallSeen(call, by))

    def _office_closes(self, closing: parcels.Closing) -> None:
        self._feed(OfficeCloses(closing.exception, closing.cause, closing.by))

    def _bundle_came(self, bundle: parcels.Bundle) -> None:
        self._feed(BundleCame(bundle))

    def _numbers_came(self, came: parcels.NumbersAre) -> None:
        self._feed(NumbersCame(came.block, came.series, came.first, came.last))

    def _reached(self, online: bool) -> None:
        self._feed(LinkChanged(online))

    def _feed(self, stimulus: Stimulus) -> None:
        self._engine.feed(stimulus)
        self._written()

    def _written(self) -> None:
        """New records go up at once while the line is good."""
        if self._outbox is not None and self._engine.state.house.online:
            self._outbox.upload()

    # ---- Outside: what the engine wants ----------------------------------------------------------------

    def do(self, command: Command) -> None:
        self._hands.do(command)

    def apply(self, wanted: Wanted) -> None:
        self._mark_busy()
        # While nothing is drawn nobody sees what the machine does with the money: it takes none.
        limit = wanted.accept_up_to if self._drawing else None
        acceptor = self._devices.acceptor
        if acceptor is not None and limit != self._accepting:
            self._accepting = limit
            acceptor.disable() if limit is None else acceptor.enable(limit)
        if wanted.looking != self._looking:
            self._looking = wanted.looking
            for scanner in self._devices.scanners:
                scanner.look() if wanted.looking else scanner.rest()
        self._keys_are_tested = wanted.keys_are_tested
        self._light(wanted.lamps if self._drawing else wanted.lamps - {Lamp.SLOT})
        if wanted.power_off != self._power_off.exists():
            log.warning("power off is %s", "asked for" if wanted.power_off else "not asked for any more")
            self._power_off.touch() if wanted.power_off else self._power_off.unlink(missing_ok=True)
        if self._outbox is not None:
            self._outbox.want_numbers(wanted.numbers)
        self._set_timers(wanted.timers)

    def _light(self, lamps: frozenset[Lamp]) -> None:
        if self._devices.panel is not None and lamps != self._lamps:
            self._lamps = lamps
            self._devices.panel.light(lamps)

    def _mark_busy(self) -> None:
        state = self._engine.state
        busy = bool(state.payments or state.note_inside or state.charges or state.printing)
        path = self._run / BUSY_FILE
        if busy != path.exists():
            path.touch() if busy else path.unlink(missing_ok=True)

    def show(self, view: View) -> None:
        self._mark_busy()
        for peer in self._screens:
            peer.send(view)

    def _set_timers(self, timers: tuple[Timer, ...]) -> None:
        for timer in self._timers.keys() - set(timers):
            self._timers.pop(timer).cancel()
        for timer in timers:
            if timer not in self._timers:
                self._timers[timer] = self._loop.call_later(timer.seconds, self._time_is_up, timer)

    def _time_is_up(self, timer: Timer) -> None:
        self._feed(TimeIsUp(timer.delay, timer.key))


def _a_device_thread_died(died: threading.ExceptHookArgs) -> None:
    """A driver never raises: this is a fault of ours. A fresh core settles everything; a deaf one would not."""
    log.critical("thread %s died", died.thread and died.thread.name, exc_info=died.exc_value)
    os._exit(70)  # EX_SOFTWARE


async def _run(plan: site.Site, state: Path, run: Path) -> None:
    core = Core(plan, state, run)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await core.start()
    await stop.wait()
    await core.stop()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk.core", description=__doc__.partition("\n")[0])
    parser.add_argument("--state", type=Path, default=STATE, help="journal, keys, site bundle")
    parser.add_argument("--run", type=Path, default=RUN, help="sockets")
    parser.add_argument(
        "--config", type=Path, default=site.OVERRIDES, help="files that replace the packaged ones"
    )
    parser.add_argument("--simulated", type=Path, help="folder with the lines of hardware.simulators")
    parser.add_argument("--training", action="store_true", help="for practice: `kiosk train` starts it so")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    threading.excepthook = _a_device_thread_died
    try:
        plan = site.load(given.config)
        if given.simulated:
            plan = simulated(plan, given.simulated)
        apart.check(load_identity(given.state).kiosk, given.training, given.simulated)
        asyncio.run(_run(plan, given.state, given.run))
    except (site.BadConfiguration, NotEnrolled, apart.Mixed) as error:
        print(f"kiosk core: {error}", file=sys.stderr)
        return 78  # EX_CONFIG: starting again does not help
    return 0


if __name__ == "__main__":
    sys.exit(main())
