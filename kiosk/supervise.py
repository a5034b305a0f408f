"""A whole kiosk on one machine, with a server and simulated devices: what `kiosk run` and `kiosk demo` start.

Stands in for systemd there: a process that dies is started again. It can also be told to kill one, to pull the power
plug, and to begin a new world, over the same kind of control channel that the simulated devices have."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec

from hardware.control import Answer, ControlClient, Request
from kiosk.courier.enrol import enrol
from kiosk.identity import IDENTITY_FILE
from kiosk.journal.store import JOURNAL_FILE
from kiosk.process import Process

START_S: Final = 180.0  # a cold start on a slow card or a loaded machine, imports included
SERVICES: Final = ("core", "screens", "courier")


class Trouble(Exception):
    """What could not be started, and where its own words are."""


class Place:
    """Where everything of one simulated kiosk lies. Sockets need short paths, hence a folder of their own."""

    def __init__(self, home: Path) -> None:
        """Raises Trouble where another kiosk runs in this folder."""
        self.home = home.resolve()
        self._claim = self._claimed()
        self.central = self.home / "central"
        self.state = self.home / "kiosk"
        self.logs = self.home / "logs"
        self.run = Path(tempfile.mkdtemp(prefix="kiosk-"))
        self.devices = self.run / "devices"
        for folder in (self.central, self.state, self.logs, self.devices):
            folder.mkdir(parents=True, exist_ok=True)

    def _claimed(self) -> TextIO:
        """Two houses in one folder would be two servers with one set of books, and a journal that is locked."""
        self.home.mkdir(parents=True, exist_ok=True)
        claim = (self.home / "in-use").open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            raise Trouble(
                f"another kiosk runs in {self.home}: close its window, or name another folder with --home"
            ) from None
        return claim

    @property
    def control(self) -> Path:
        return self.devices / "control.sock"

    @property
    def supervisor(self) -> Path:
        return self.run / "supervisor.sock"

    @property
    def remote(self) -> Path:
        return self.run / "remote.sock"

    def close(self) -> None:
        shutil.rmtree(self.run, ignore_errors=True)
        self._claim.close()


def _devices_of(config: Path | None) -> tuple[str, ...]:
    """So that the simulated acceptor is of the kind that this configuration names."""
    file = config and config / "devices.toml"
    return ("--devices", str(file)) if file and file.exists() else ()


class House:
    """Server, devices and kiosk. `start` returns when the kiosk is ready for its first customer."""

    def __init__(
        self,
        place: Place,
        *,
        config: Path | None = None,
        screen: Sequence[str] = ("-m", "screens"),
        tell: Callable[[str], None] = lambda text: None,
        environment: dict[str, str] | None = None,
        training: bool = False,
    ) -> None:
        """`environment`: what is set for the screens, such as DISPLAY. `training`: all of it is for practice."""
        self.place = place
        overrides = ("--config", str(config or place.home / "no-overrides"))
        self._tell = tell
        self._training = training
        practice = ("--training",) if training else ()
        self.server_port = 0
        self._ports = (_free_port(), _free_port())
        server_port, cable_port = self._ports
        run = ("--run", str(place.run))
        links = ("--socket", str(place.run / "screens.sock"), "--remote", str(place.remote))
        commands: dict[str, tuple[str, ...]] = {
            "central": (
                *("-m", "central", "serve", "--sandbox"),
                *("--state", str(place.central), "--port", str(server_port), *practice),
            ),
            "devices": (
                *("-m", "hardware.simulators", "--at", str(place.devices)),
                *("--network", f"{cable_port}:{server_port}"),
                *_devices_of(config),
            ),
            "core": (
                *("-m", "kiosk.core", "--state", str(place.state), *run, *overrides),
                *("--simulated", str(place.devices), *practice),
            ),
            "courier": (
                *("-m", "kiosk.courier", *run, *overrides),
                *("--server", f"http://127.0.0.1:{cable_port}"),
            ),
            "screens": (*screen, *links),
        }
        self.processes = {
            name: Process(name, (sys.executable, *command), place.logs, environment)
            for name, command in commands.items()
        }
        self._closing = threading.Event()

    @property
    def server(self) -> str:
        """Address of the server's own pages, not behind the cable that can be pulled."""
        return f"http://127.0.0.1:{self._ports[0]}"

    def start(self) -> None:
        """All of it or nothing: raises Trouble, and leaves no process behind."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self._tell("starting the central server")
        self._start_and_wait("central", lambda: _listens(self._ports[0]))
        self._tell("plugging in the simulated devices")
        self._start_and_wait("devices", self.place.control.exists)
        if not (self.place.state / IDENTITY_FILE).exists():
            self._tell("enrolling the kiosk with a one-time code")
            self._enrol()
        self._tell("starting core, courier and screens")
        self._start_and_wait("core", (self.place.run / "screens.sock").exists)
        self.processes["courier"].start()
        self.processes["screens"].start()
        threading.Thread(target=self._serve, name="supervisor", daemon=True).start()

    def stop(self) -> None:
        self._closing.set()
        for name in ("screens", "courier", "core", "devices", "central"):
            self.processes[name].stop()

    def devices(self) -> ControlClient:
        return ControlClient(self.place.control)

    def totals(self) -> dict[str, Any]:
        """What the server recomputes for our kiosk from its records."""
        out = subprocess.run(
            [sys.executable, "-m", "central", "totals", "--state", str(self.place.central)],
            check=True,
            capture_output=True,
            text=True,
        )
        found: dict[str, Any] = json.loads(out.stdout)
        return found

    # ---- faults ---------------------------------------------------------------------------------------

    def power_cut(self) -> None:
        """The mains are gone: kiosk and devices stop dead, the server lives on elsewhere."""
        for name in SERVICES[:1] + SERVICES[2:]:
            self.processes[name].stop(signal.SIGKILL)
        self._world("power_cut")

    def power_on(self) -> None:
        self._world("power_on")
        self.processes["core"].start()
        self.processes["courier"].start()

    def reset(self) -> None:
        """A new world: empty journal, empty boxes, the server's sandbox as on the first day."""
        for name in ("courier", "core", "central"):
            self.processes[name].stop(signal.SIGKILL)
        for folder in (self.place.state, self.place.central):
            shutil.rmtree(folder)
            folder.mkdir()
        self._world("reset")
        self._start_and_wait("central", lambda: _listens(self._ports[0]))
        self._enrol()
        self.processes["core"].start()
        self.processes["courier"].start()

    def _world(self, action: str) -> None:
        client = self.devices()
        try:
            client.do("world", action)
        finally:
            client.close()

    # ---- starting -------------------------------------------------------------------------------------

    def _start_and_wait(self, name: str, ready: Callable[[], bool]) -> None:
        process = self.processes[name]
        before = process.starts
        process.start()
        until = time.monotonic() + START_S
        while not ready():
            if time.monotonic() > until or process.starts > before + 3:
                raise Trouble(f"{name} does not start; its own words are at the end of {process.log}")
            time.sleep(0.05)

    def _enrol(self) -> None:
        code = subprocess.run(
            [sys.executable, "-m", "central", "enrolment-code", "--state", str(self.place.central)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        enrol(self.place.state, self.server, code, JOURNAL_FILE, training=self._training)

    # ---- control channel ------------------------------------------------------------------------------

    def _serve(self) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.place.supervisor))
            listener.listen()
            listener.settimeout(0.5)
            while not self._closing.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        # Whoever asked may be killed at any moment, also by what it asked for.
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rwb") as stream:
            for line in stream:
                try:
                    answer = self._obey(msgspec.json.decode(line, type=Request))
                except (msgspec.MsgspecError, Trouble, OSError, subprocess.SubprocessError) as error:
                    answer = Answer(ok=False, why=str(error))
                stream.write(msgspec.json.encode(answer) + b"\n")
                stream.flush()

    def _obey(self, request: Request) -> Answer:
        actions: dict[str, Callable[[], None]] = {
            "look": lambda: None,
            "power_cut": self.power_cut,
            "power_on": self.power_on,
            "reset": self.reset,
        }
        if request.do == "kill" and request.given.get("process") in self.processes:
            self.processes[request.given["process"]].kill()
        elif request.do in actions:
            actions[request.do]()
        else:
            raise Trouble(
                f"{request.do!r} is not possible here; possible: kill process=NAME, {', '.join(actions)}"
            )
        state: dict[str, Any] = {
            name: {"pid": process.pid, "starts": process.starts} for name, process in self.processes.items()
        }
        return Answer(ok=True, state={**state, "server": self.server})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
