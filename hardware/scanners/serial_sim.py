"""A simulated serial code scanner on a pseudo-terminal: what is scanned goes out as bytes, then the suffix."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from hardware.actions import Actions, perform
from hardware.simulated import Json, NotPossible, Pty

SPLIT_GAP_S: Final = 0.01  # between single bytes when split: well inside one code for any host
GARBAGE: Final = bytes.fromhex("ff00fe80c1f8e0ff0090ff00")  # what another speed makes of a code

Suffix = Literal["", "\r", "\n", "\r\n"]
Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-fA-F]{2})+$")]


class SerialScannerSim:
    """`SerialScannerSim("scanner", Path("/tmp/x/scanner")).start()`, then open the link like a serial port."""

    def __init__(self, name: str, link: Path) -> None:
        self.name = name
        self._link = link
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._plugged = self._powered = True
        self._split = False
        self._last = b""
        self._scans = 0
        self._actions: Actions = {
            "scan": self._scan,
            "scan_bytes": self._scan_bytes,
            "split": self._set_split,
            "garbage": self._garbage,
            "unplug": self._unplug,
            "plug": self._plug,
        }

    def start(self) -> None:
        with self._lock:
            self._pty = Pty(self._link, lambda data: None)  # whatever a host sends, it only ever talks

    def stop(self) -> None:
        with self._lock:
            pty, self._pty = self._pty, None
        if pty is not None:
            pty.close()

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        scan(text, encoding: utf-8 or gb18030, suffix) · scan_bytes(hex, suffix) · garbage ·
        split(on): every byte by itself · unplug, plug."""
        with self._lock:
            perform(self._actions, action, given)
            return self.state()

    def state(self) -> Json:
        """`last` is the hex of the last code sent, without suffix."""
        with self._lock:
            return {
                "powered": self._powered,
                "plugged": self._plugged,
                "split": self._split,
                "scans": self._scans,
                "last": self._last.hex(),
            }

    def power_cut(self) -> None:
        with self._lock:
            self._powered = False
            self._port().unplug()

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
            if self._plugged:
                self._port().plug()

    def _scan(
        self, text: str, encoding: Literal["utf-8", "gb18030"] = "utf-8", suffix: Suffix = "\r"
    ) -> None:
        try:
            payload = text.encode(encoding)
        except UnicodeEncodeError as error:
            raise NotPossible(f"scan: {text!r} can not be written in {encoding}: {error.reason}") from error
        self._read(payload, suffix)

    def _scan_bytes(self, hex: Hex, suffix: Suffix = "\r") -> None:
        self._read(bytes.fromhex(hex), suffix)

    def _garbage(self) -> None:
        self._read(GARBAGE, "")

    def _set_split(self, on: bool) -> None:
        self._split = on

    def _unplug(self) -> None:
        self._plugged = False
        self._port().unplug()

    def _plug(self) -> None:
        self._plugged = True
        if self._powered:
            self._port().plug()

    def _read(self, payload: bytes, suffix: str) -> None:
        port = self._port()
        if not self._powered:
            raise NotPossible("the scanner has no power")
        if not self._plugged:
            raise NotPossible("the cable of the scanner is out; plug it in first")
        data = payload + suffix.encode("ascii")
        if self._split:
            for byte in data:
                port.send(bytes([byte]))
                time.sleep(SPLIT_GAP_S)
        else:
            port.send(data)
        self._last = payload
        self._scans += 1

    def _port(self) -> Pty:
        if self._pty is None:
            raise NotPossible(f"{self.name} is not started")
        return self._pty
