"""What can be seen without a person. Each finding says what was looked at, what was seen, and what to do.

Devices are asked by their own drivers, so this must not run beside the core, which holds the ports: when the core runs,
its own word about the devices is on the screens and at the server, and the doctor says so instead."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from hardware.contracts import Device, Event, Found, Lost, Paper, PrinterSays, PrinterState, Trouble
from hardware.fonts import chinese_font
from hardware.panel.contract import Guarded, GuardIs, MainsAre
from hardware.shelf import build
from kiosk import site
from kiosk.clock import SystemClock
from kiosk.disk import disk_trouble, file_system
from kiosk.doctor.examination import begin, heard
from kiosk.doctor.exchanged import exchanged
from kiosk.doctor.report import Finding
from kiosk.identity import NotEnrolled, load_identity, load_signer
from kiosk.journal.store import JOURNAL_FILE, Damaged, Journal
from kiosk.simulation import simulated

DEVICE_S: Final = 10.0  # a validator that was just switched on may need that long to say who it is
SERVER_S: Final = 5.0
UNHEARD: Final = (Trouble.SILENT, Trouble.GARBAGE, Trouble.WRONG_DEVICE)


def examine(
    state: Path, config: Path, run: Path, devices_at: Path | None, server: str | None
) -> list[Finding]:
    """Everything that can be looked at; nothing raises."""
    try:
        plan = site.load(config)
    except site.BadConfiguration as error:
        wrong = Finding("configuration", False, str(error), "correct the value and start again")
        return [_font(), _clock(), _disk(state), wrong]
    findings = surroundings(plan, state, server)
    if core_runs(run):
        findings.append(
            Finding(
                "devices",
                True,
                "the core is running and holds them; the server's kiosk page shows their health",
            )
        )
    else:
        findings += _devices(simulated(plan, devices_at) if devices_at else plan)
        findings.append(journal(state))
    return findings


def surroundings(plan: site.Site, state: Path, server: str | None, may_be_ram: bool = False) -> list[Finding]:
    """All but devices and journal."""
    configuration = Finding("configuration", True, f"{len(plan.fees)} fees for {plan.house.name.en}")
    return [
        _font(),
        _clock(),
        _disk(state, may_be_ram),
        configuration,
        _server(server or plan.house.server.url),
    ]


def core_runs(run: Path) -> bool:
    """The core holds the devices and the journal."""
    return _listens(run / "screens.sock")


def _font() -> Finding:
    try:
        path, index = chinese_font()
    except RuntimeError as error:
        return Finding("font", False, str(error), "apt-get install fonts-noto-cjk")
    return Finding("font", True, f"{path}, face {index}")


def _clock() -> Finding:
    now = SystemClock().now()
    if now.quality == "none":
        return Finding(
            "clock",
            False,
            "the clock shows a time before this software was made",
            "set the clock, check its battery",
        )
    return Finding("clock", True, f"quality {now.quality}")


def _disk(state: Path, may_be_ram: bool = False) -> Finding:
    trouble = disk_trouble(state, may_be_ram=may_be_ram)
    if trouble:
        return Finding("disk", False, trouble, "a kiosk takes no money like this: mount a disk, make room")
    return Finding("disk", True, f"{state} on {file_system(state)}")


def _server(url: str) -> Finding:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), SERVER_S):
            return Finding("server", True, f"{url} takes connections")
    except OSError as error:
        return Finding(
            "server",
            False,
            f"{url}: {error}",
            "check network and address; cash is taken all the same and uploaded later",
        )


def journal(state: Path) -> Finding:
    try:
        identity = load_identity(state)
        opened = Journal.open(state / JOURNAL_FILE, identity, load_signer(state), SystemClock())
        try:
            records, _ = opened.verify()
        finally:
            opened.close()
    except NotEnrolled as error:
        return Finding("journal", False, str(error), "kiosk enrol --code CODE")
    except Damaged as error:
        return Finding("journal", False, str(error), "do not delete anything; call the supervisor")
    return Finding("journal", True, f"{records} records of {identity.kiosk}, the chain is whole")


def _devices(plan: site.Site) -> Iterator[Finding]:
    awaits = _awaits(plan)
    waiting = [_Examination(device, awaits.get(device.name, Found)) for device in build(plan.devices).all]
    findings = {examination.name: examination.finding() for examination in waiting}
    unheard = [examination.name for examination in waiting if examination.is_unheard]
    for name, other in exchanged(plan.devices, unheard, _answers).items():
        do = f"it answers on the port of the {other}: exchange the cables, or their ports in config/devices.toml"
        findings[name] = replace(findings[name], do=do)
    yield from findings.values()


def _awaits(plan: site.Site) -> dict[str, type[Event]]:
    """What a device says right after `Found` of how it stands."""
    panel = plan.devices.panel
    return {"printer": PrinterSays, **({"panel": MainsAre} if panel and panel.mains is not None else {})}


def _answers(device: Device) -> bool:
    examination = _Examination(device)
    return examination.finding().good


class _Examination:
    """Start one driver and listen until it says who it is and how it stands, or what is wrong."""

    def __init__(self, device: Device, awaits: type[Event] = Found) -> None:
        """`awaits`: what the device says last of what is to be known; `Found` comes before."""
        self.name = device.name
        self._device = device
        self._awaits = awaits
        self._heard = begin(())
        self._lost: Lost | None = None
        self._printer: PrinterState | None = None
        self._open: dict[Guarded, bool] = {}
        self._mains = True
        self._done = threading.Event()
        device.start(self._hear)

    def _hear(self, event: Event) -> None:
        self._heard = heard(self._heard, event)
        match event:
            case PrinterSays():
                self._printer = event.state
            case GuardIs():
                self._open[event.what] = event.open
            case MainsAre():
                self._mains = event.on
            case Found():
                self._lost = None
            case Lost():
                self._lost = event
        if isinstance(event, self._awaits | Lost) or self._heard.obstacles:
            self._done.set()

    @property
    def is_unheard(self) -> bool:
        """Its port can be used, and it does not answer there."""
        return self._lost is not None and self._lost.trouble in UNHEARD

    def finding(self) -> Finding:
        name = self.name
        self._done.wait(DEVICE_S)
        self._device.close()
        if self._lost is not None:
            says = f"{self._lost.trouble.value}: {self._lost.detail}"
            return Finding(name, False, says, "see the detail; then run doctor again")
        if obstacle := self._heard.obstacles.get(name):
            return Finding(name, False, obstacle, "put that right; then run doctor again")
        if name not in self._heard.found:
            return Finding(name, False, f"no word within {DEVICE_S:.0f} s", "check power and cable")
        if self._printer is not None and not self._printer.ready:
            return Finding(
                name, False, _not_ready(self._printer), "load paper, close the cover, free the cutter"
            )
        who = str(self._heard.found[name])
        if not self._mains:
            do = "switch the mains on; if they are, mend the wire of their line: docs/wiring.md"
            return Finding(name, False, f"{who}; the mains are off, so no money is taken", do)
        is_open = [what.value.replace("_", " ") for what, is_open in self._open.items() if is_open]
        return Finding(name, True, f"{who}; open: {', '.join(is_open)}" if is_open else who)


def _not_ready(state: PrinterState) -> str:
    reasons = {
        "paper is out": state.paper is Paper.OUT,
        "it does not tell whether it has paper": state.paper is Paper.UNKNOWN,
        "the cover is open": state.cover_open,
        "the cutter is stuck": state.cutter_error,
        "it reports an error": state.failed,
        "it is offline": state.offline,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
