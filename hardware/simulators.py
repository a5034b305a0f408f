"""All simulated devices in one process, each on its own line in a folder, with a control channel.

    python -m hardware.simulators --at DIR [--network LISTEN_PORT:TARGET_PORT] [--devices FILE] [--init SECONDS]

DIR/acceptor, DIR/printer, DIR/scanner and DIR/terminal are lines to open like serial ports, DIR/panel the wires of
the front, DIR/keypad and DIR/jack input devices; DIR/camera holds the frames that the camera sees, DIR/paper what
the printer has printed, DIR/control.sock is described in `hardware.control`. FILE is a `devices.toml`; acceptor,
printer and scanner are of the kinds that it names. "ready" is printed once all lines exist; SIGTERM ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from hardware.acceptors.sims import INIT_S, acceptor_sim
from hardware.control import Answer, Change, Request, checked_address
from hardware.network_sim import NetworkPlug
from hardware.panel.evdev_sim import JackSim, KeypadSim
from hardware.panel.panel_sim import PanelSim
from hardware.printers.sims import printer_sim
from hardware.scanners.camera_sim import CameraSim
from hardware.scanners.sims import scanner_sim
from hardware.shelf import Shelf
from hardware.simulated import Json, NotPossible, Simulator
from hardware.terminals.zvt_sim import ZvtSim

CHANGES_EVERY_S: Final = 0.1  # how often a watched device is compared with what was told last
STOP_LIMIT_S: Final = 20  # then the kernel ends us: a device may be stuck writing to a line that nobody reads
LONGEST_REQUEST: Final = 1 << 20  # bytes; a picture for the camera may come as text
WORLD: Final = "world"
EXAMPLE: Final = '{"device": "acceptor", "do": "insert", "given": {"fen": 2000}}'

log = logging.getLogger(__name__)
Makers = Mapping[str, Callable[[], Simulator]]


class World:
    """All devices by name. Any thread may call; one action at a time."""

    def __init__(self, makers: Makers, folders: tuple[Path, ...]) -> None:
        """`folders` hold what devices leave behind, and are emptied by a reset."""
        self._makers = makers
        self._folders = folders
        self._lock = threading.Lock()
        self._devices: dict[str, Simulator] = {}
        self._actions: dict[str, Callable[[], None]] = {
            "power_cut": lambda: self._all(lambda device: device.power_cut()),
            "power_on": lambda: self._all(lambda device: device.power_on()),
            "reset": self._reset,
        }

    def start(self) -> None:
        with self._lock:
            self._start()

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def act(self, request: Request) -> Json:
        """Raises NotPossible where the device refuses or does not exist."""
        with self._lock:
            if request.device is None or request.device == WORLD:
                return self._act_on_world(request)
            if request.device not in self._devices:
                names = ", ".join([*self._devices, WORLD])
                raise NotPossible(f"there is no device {request.device!r}; there are: {names}")
            device = self._devices[request.device]
            match request.do:
                case "look":
                    return device.state()
                case "power_cut" | "power_on" if request.given:
                    raise NotPossible(f"{request.do} takes no arguments")
                case "power_cut":
                    device.power_cut()
                    return device.state()
                case "power_on":
                    device.power_on()
                    return device.state()
            return device.do(request.do, **request.given)

    def look(self) -> dict[str, Json]:
        with self._lock:
            return self._look()

    def _act_on_world(self, request: Request) -> Json:
        if request.given:
            raise NotPossible(f"{request.do} of the world takes no arguments")
        if request.do != "look":
            if request.device is None or request.do not in self._actions:
                known = ", ".join(["look", "watch", *(f"{do} of the device {WORLD}" for do in self._actions)])
                raise NotPossible(f"nothing can {request.do!r}: name a device, or use {known}")
            self._actions[request.do]()
        return self._look()

    def _look(self) -> dict[str, Json]:
        return {name: device.state() for name, device in self._devices.items()}

    def _all(self, act: Callable[[Simulator], None]) -> None:
        for device in self._devices.values():
            with contextlib.suppress(NotPossible):  # it is in that state already
                act(device)

    def _start(self) -> None:
        for name, make in self._makers.items():
            device = make()
            device.start()
            self._devices[name] = device

    def _stop(self) -> None:
        devices = list(self._devices.values())
        self._devices.clear()
        with ThreadPoolExecutor(max(1, len(devices))) as together:  # each may wait a second for its line
            list(together.map(lambda device: device.stop(), devices))

    def _reset(self) -> None:
        """Everything out, everything new in: whoever has a line open sees it go and come back."""
        self._stop()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._start()


class Control:
    """The control channel of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._conversations: set[asyncio.Task[None]] = set()

    async def serve(self, path: Path, until: asyncio.Event, ready: Callable[[], None]) -> None:
        server = await asyncio.start_unix_server(self._converse, checked_address(path), limit=LONGEST_REQUEST)
        path.chmod(0o600)
        ready()
        await until.wait()
        server.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = asyncio.current_task()
        assert conversation is not None
        self._conversations.add(conversation)
        try:
            await self._answer_all(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the other side has gone, or we stop; asyncio's streams would report a cancelled task as a fault
        finally:
            self._conversations.discard(conversation)
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watcher: asyncio.Task[None] | None = None
        try:
            while True:
                try:
                    line = await reader.readline()
                except ValueError:
                    why = (
                        f"a request is longer than {LONGEST_REQUEST} bytes; where it ends is lost, so goodbye"
                    )
                    await _send(writer, Answer(ok=False, why=why))
                    return
                if not line:
                    return
                answer, watching = await asyncio.to_thread(self._answer, line)
                await _send(writer, answer)
                if watching is not None and watcher is None:
                    watcher = asyncio.create_task(self._tell_changes(writer, watching))
        finally:
            if watcher is not None:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)

    def _answer(self, line: bytes) -> tuple[Answer, dict[str, Json] | None]:
        """Also what the asker has seen of each device, if it wants to see changes."""
        try:
            request = msgspec.json.decode(line, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Answer(ok=False, why=f"not a request: {error}; write one line such as {EXAMPLE}"), None
        try:
            if request.do == "watch" and request.device is None:
                seen = self._world.look()
                return Answer(ok=True, state=dict(seen)), seen
            return Answer(ok=True, state=self._world.act(request)), None
        except NotPossible as reason:
            return Answer(ok=False, why=str(reason)), None
        except Exception as error:  # a fault of one simulator must not take the others down
            log.exception("%s of %s failed", request.do, request.device)
            why = f"{request.do} failed inside the simulator: {type(error).__name__}: {error}"
            return Answer(ok=False, why=why), None

    async def _tell_changes(self, writer: asyncio.StreamWriter, seen: dict[str, Json]) -> None:
        while True:
            await asyncio.sleep(CHANGES_EVERY_S)
            now = await asyncio.to_thread(self._world.look)
            for name, state in now.items():
                if state != seen.get(name):
                    await _send(writer, Change(name, state))
            seen = now


async def _send(writer: asyncio.StreamWriter, message: Answer | Change) -> None:
    writer.write(msgspec.json.encode(message) + b"\n")
    await writer.drain()


def world_at(folder: Path, network: tuple[int, int] | None, shelf: Shelf, init_s: float = INIT_S) -> World:
    """`network`: port to listen on, port of the server. `shelf`: which kind of acceptor, printer and scanner."""
    paper, camera = folder / "paper", folder / "camera"
    makers: dict[str, Callable[[], Simulator]] = {
        "acceptor": lambda: acceptor_sim(shelf.acceptor, folder / "acceptor", init_s),
        "printer": lambda: printer_sim(shelf.profile, folder / "printer", paper),
        "camera": lambda: CameraSim("camera", camera),
        "scanner": lambda: scanner_sim(shelf.scanner, folder / "scanner"),
        "panel": lambda: PanelSim("panel", folder / "panel"),
        "keypad": lambda: KeypadSim("keypad", folder / "keypad"),
        "jack": lambda: JackSim("jack", folder / "jack"),
        "terminal": lambda: ZvtSim("terminal", folder / "terminal"),
    }
    if network is not None:
        listen_port, target_port = network
        makers["network"] = lambda: NetworkPlug("network", listen_port, target_port)
    return World(makers, (paper, camera))


async def run(folder: Path, network: tuple[int, int] | None, shelf: Shelf, init_s: float) -> None:
    """Until SIGTERM or SIGINT. Raises RuntimeError when simulators run in that folder already."""
    control = folder / "control.sock"
    folder.mkdir(parents=True, exist_ok=True)
    checked_address(control)
    if _somebody_answers(control):
        raise RuntimeError(f"{control}: simulators run here already; stop them or choose another folder")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = world_at(folder, network, shelf, init_s)
    try:
        world.start()
        control.unlink(missing_ok=True)
        await Control(world).serve(control, stop, ready=lambda: print("ready", flush=True))
    finally:
        signal.alarm(STOP_LIMIT_S)
        await asyncio.to_thread(world.stop)
        control.unlink(missing_ok=True)


def _somebody_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _shelf(path: Path) -> Shelf:
    """Raises ValueError, naming the file."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Shelf)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error


def _ports(text: str) -> tuple[int, int]:
    listen, target = (int(part) for part in text.split(":"))
    if not (0 <= listen <= 65535 and 1 <= target <= 65535):
        raise ValueError(text)
    return listen, target


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m hardware.simulators", description="All simulated devices."
    )
    parser.add_argument("--at", type=Path, required=True, metavar="DIR", help="folder for lines and control")
    parser.add_argument("--network", type=_ports, metavar="LISTEN_PORT:TARGET_PORT", help="a cable to pull")
    parser.add_argument(
        "--devices",
        type=Path,
        metavar="FILE",
        help="a devices.toml: whose acceptor, printer and scanner to simulate",
    )
    parser.add_argument(
        "--init",
        type=float,
        default=INIT_S,
        metavar="SECONDS",
        help="that a ccnet acceptor takes to initialise; real ones take 1 to 40 (default %(default)s)",
    )
    arguments = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        shelf = _shelf(arguments.devices) if arguments.devices else Shelf()
        asyncio.run(run(arguments.at, arguments.network, shelf, arguments.init))
    except (RuntimeError, ValueError, OSError) as error:
        print(f"simulators: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
