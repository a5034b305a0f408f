"""A person who walks through `kiosk doctor --guided` before simulated devices on their wires."""

from __future__ import annotations

import queue
import re
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hardware.control import Request
from hardware.shelf import Shelf
from hardware.simulators import World, world_at
from kiosk.contract import Language
from kiosk.doctor.report import Report
from kiosk.doctor.session import guide
from kiosk.doctor.words import Words
from kiosk.identity import save_identity
from kiosk.site import PACKAGED
from tests.kiosk.world import Kiosk

SOON_S = 60.0  # generous: the machine may be ten times slower than usual
HAND_S = 1.0  # a hand takes that long; contacts have to settle
KEYS = (*"0123456789*+-", "enter", "backspace")
LAMPS = ("slot", "printer", "scanner", "card", "beacon")


class Ward:
    """Simulated devices, a server that takes connections, and a configuration that names only `devices`."""

    def __init__(self, folder: Path, *devices: str, acceptor: str = "") -> None:
        self.folder = folder
        self.config, self.state, self.lines = folder / "config", folder / "state", folder / "d"
        for each in (self.config, self.state, self.lines):
            each.mkdir()
        (self.config / "devices.toml").write_text(_tables(devices, acceptor), encoding="utf-8")
        tables = msgspec.toml.decode((self.config / "devices.toml").read_bytes(), type=Shelf)
        self.world: World = world_at(self.lines, None, tables)
        kiosk = Kiosk(self.state)
        save_identity(self.state, kiosk.identity)
        kiosk.journal.close()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.heard: list[str] = []

    def __enter__(self) -> Ward:
        self.world.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.world.stop()
        self.server.close()

    def do(self, device: str, action: str, **given: Any) -> dict[str, Any]:
        return self.world.act(Request(action, device, given))

    def look(self, device: str) -> dict[str, Any]:
        return self.world.act(Request("look", device))

    def until(self, true: Callable[[], Any], what: str) -> Any:
        deadline_s = time.monotonic() + SOON_S
        while not (found := true()):
            assert time.monotonic() < deadline_s, f"not within {SOON_S} s: {what}; heard: {self.heard}"
            time.sleep(0.01)
        return found

    def examined(
        self,
        person: Mapping[str, Any] | None = None,
        language: Language = Language.EN,
        unsettled: bool = False,
    ) -> tuple[int, Report, str]:
        """What the command returned, and both forms of its report."""
        words = Words(language)
        typed: queue.Queue[str | None] = queue.Queue()
        hands = Hands(self, words, typed, {**healthy(self), **(person or {})})
        code = guide(
            self.state,
            self.config,
            self.folder / "no-run",
            self.lines,
            f"http://127.0.0.1:{self.server.getsockname()[1]}",
            language=language,
            by="1001",
            report_at=self.folder / "report",
            note_unsettled=lambda: unsettled,
            lines=iter(typed.get, None),
            tell=hands.read,
        )
        made = msgspec.json.decode((self.folder / "report.json").read_bytes(), type=Report)
        return code, made, (self.folder / "report.txt").read_text("utf-8")


class Hands:
    """Reads each line; where it is their turn, acts or types. A step may have several turns: the next of its list."""

    def __init__(
        self, ward: Ward, words: Words, typed: queue.Queue[str | None], person: Mapping[str, Any]
    ) -> None:
        self._ward, self._typed = ward, typed
        self._turns = {
            name: list(does) if isinstance(does, tuple) else [does] for name, does in person.items()
        }
        self._names = {words(f"doctor.{name}"): name for name in self._turns}
        self._step = ""
        self._go_on = words("doctor.keys_bad")

    def read(self, line: str) -> None:
        self._ward.heard.append(line)
        for phrase, name in self._names.items():
            if line.startswith("[") and line.endswith(": " + phrase):
                self._step = name
        step = self._step
        if line.strip() == self._go_on:
            step += "!"
            if step not in self._turns:
                self._typed.put("")
        hint = re.match(" +[^ (（]", line)
        if (f"{step}~" if hint else step) in self._turns and line.startswith("  "):
            step = f"{step}~" if hint else step
            turns = self._turns[step]
            does = turns.pop(0) if len(turns) > 1 else turns[0]
            if isinstance(does, str):
                self._typed.put(does)
            elif does is not None:
                said = does()
                if isinstance(said, str):
                    self._typed.put(said)


def healthy(ward: Ward) -> dict[str, Any]:
    """What a person does at each step when all is well."""

    def insert() -> None:
        ward.until(lambda: 2000 in ward.look("acceptor")["enabled"], "the acceptor takes notes")
        ward.do("acceptor", "insert", fen=2000)

    def page() -> str:
        text = ward.look("printer")["last_text"]
        return "y" if "KIOSK-TEST-" in text else "n"

    def code() -> None:
        token = next(qr for piece in ward.look("printer")["pieces"] for qr in piece["qr"])
        ward.do("camera", "show", text=token, carrier="paper")

    def scan() -> None:
        ward.do("camera", "hide")
        token = next(qr for piece in ward.look("printer")["pieces"] for qr in piece["qr"])
        ward.do("scanner", "scan", text=token)

    def lamp(name: str) -> Callable[[], str]:
        def look() -> str:
            ward.until(lambda: ward.look("panel")["lamps"] == [name], f"only the lamp {name} burns")
            return "y"

        return look

    def each(device: str, *actions: str, pause_s: float = HAND_S) -> Callable[[], None]:
        def act() -> None:
            for action in actions:
                ward.do(device, action)
                time.sleep(pause_s)

        return act

    def keys() -> None:
        for key in KEYS:
            ward.do("keypad", "press", key=key)

    return {
        "there": None,
        "page": None,
        "legible": page,
        "code": (code, scan),
        "note": insert,
        "record": None,
        **{f"lamp_{name}": lamp(name) for name in LAMPS},
        "call": each("panel", "press_call"),
        "door": each("panel", "open_door", "close_door"),
        "cash_box": each("panel", "open_door", "pull_box", "put_box", "close_door"),
        "presence": each("panel", "come_near", "go_away"),
        "mains": each("panel", "mains_fail", "mains_return", pause_s=4 * HAND_S),
        "keys": keys,
        "headset": each("jack", "insert", "pull"),
    }


def _tables(devices: tuple[str, ...], acceptor: str) -> str:
    """The packaged file with these tables alone, and all profiles of printers; `acceptor` replaces its own."""
    text = (PACKAGED / "devices.toml").read_text("utf-8")
    wanted = {*devices, "printer_profile"} - ({"acceptor"} if acceptor else set())
    tables = re.split(r"(?m)^(?=\[)", text)[1:]
    kept = [table for table in tables if re.match(r"\[+([a-z_]+)", table)[1] in wanted]
    return "\n".join([*kept, acceptor])
