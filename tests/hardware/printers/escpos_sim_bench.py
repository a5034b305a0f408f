"""A host with nothing but a file descriptor, and the simulated printer at the other end of the cable."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import zxingcpp
from PIL import Image

from hardware.printers.escpos_sim import EscposSim

PATIENCE_S = 60.0
CUT = b"\x1dVB\x00"


def gb(text: str) -> bytes:
    return text.encode("gb18030")


def process_id(name: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + name


def answer_to(name: bytes) -> bytes:
    return b"\x37\x22" + name + b"\x00"


def qr(payload: bytes, module: int = 6, level: int = 49) -> bytes:
    stored = (len(payload) + 3).to_bytes(2, "little") + b"1P0" + payload
    return (
        b"\x1d(k\x03\x001C"
        + bytes([module])
        + b"\x1d(k\x03\x001E"
        + bytes([level])
        + b"\x1d(k"
        + stored
        + b"\x1d(k\x03\x001Q0"
    )


def raster(width_bytes: int, rows: int, byte: int = 0xFF) -> bytes:
    return (
        b"\x1dv0\x00"
        + width_bytes.to_bytes(2, "little")
        + rows.to_bytes(2, "little")
        + bytes([byte]) * (width_bytes * rows)
    )


def until(true: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (value := true()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)
    return value


def read_codes(png: str) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(png).convert("L"))]


class Bench:
    def __init__(self, folder: Path, **printer: Any) -> None:
        self.paper_folder = folder / "paper"
        self.link = folder / "printer"
        self.printer = EscposSim("printer", self.link, self.paper_folder, **printer)
        self.sent = 0

    def __enter__(self) -> Bench:
        self.printer.start()
        self.port = os.open(self.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self.port)
        self.printer.stop()

    def send(self, data: bytes) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while data:
            assert time.monotonic() < deadline, "the port takes nothing"
            written = self.try_to_send(data)
            data = data[written:]

    def try_to_send(self, data: bytes) -> int:
        """How many bytes the port took, after a short wait for room."""
        if not select.select([], [self.port], [], 0.2)[1]:
            return 0
        try:
            written = os.write(self.port, data[:1024])
        except BlockingIOError:
            return 0
        self.sent += written
        return written

    def read(self, count: int) -> bytes:
        got = b""
        deadline = time.monotonic() + PATIENCE_S
        while len(got) < count:
            assert time.monotonic() < deadline, f"only {got!r} came back"
            if select.select([self.port], [], [], 0.2)[0]:
                got += os.read(self.port, count - len(got))
        return got

    def ask(self, question: bytes, count: int = 1) -> bytes:
        self.send(question)
        return self.read(count)

    def status(self, n: int) -> int:
        return self.ask(bytes((0x10, 0x04, n)))[0]

    def settled(self) -> dict[str, Any]:
        """The state once all that was sent is received and worked off, or the printer has stopped over it."""

        def at_rest() -> dict[str, Any] | None:
            state = self.printer.state()
            idle = state["bytes_received"] == self.sent and (not state["busy"] or state["stopped"])
            return state if idle else None

        return until(at_rest)

    def print(self, data: bytes) -> dict[str, Any]:
        """Print and cut; the piece of paper."""
        self.send(data + CUT)
        return self.settled()["pieces"][-1]
