"""The control channel of the simulated devices: one JSON object per line over a Unix socket, and its client.

→ {"device": "acceptor", "do": "insert", "given": {"fen": 2000}}
← {"ok": true, "state": {…}}  or  {"ok": false, "why": "…"}
→ {"do": "look"}                                  ← {"ok": true, "state": {"acceptor": {…}, …}}
→ {"do": "watch"}                                 ← the same, then {"device": "acceptor", "state": {…}} per change
→ {"device": "world", "do": "power_cut"}          also power_on, reset: all devices at once
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from io import BufferedRWPair
from pathlib import Path
from typing import Any, Final

import msgspec

from hardware.simulated import Json, NotPossible

LONGEST_PATH: Final = 107  # bytes that a Unix socket's address holds
ANSWER_LIMIT_S: Final = 60.0  # a reset of the world takes seconds; more means that the simulators hang


class Request(msgspec.Struct, forbid_unknown_fields=True):
    do: str
    device: str | None = None
    given: Json = {}


class Answer(msgspec.Struct, omit_defaults=True):
    """`state` is that of the device, or of all by name."""

    ok: bool
    state: Json | None = None
    why: str | None = None


class Change(msgspec.Struct):
    device: str
    state: Json


def checked_address(path: Path) -> str:
    """Raises ValueError where the kernel would refuse the length of the path with a riddle."""
    if len(str(path).encode()) > LONGEST_PATH:
        raise ValueError(f"{path}: a socket's path holds {LONGEST_PATH} bytes; choose a shorter folder")
    return str(path)


class ControlClient:
    """`ControlClient(folder / "control.sock").do("acceptor", "insert", fen=2000)`. Any thread may call it.

    It connects when first used, and again after the simulators were restarted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stream: BufferedRWPair | None = None

    def do(self, device: str, action: str, /, **given: Any) -> Json:
        """The state after `action`. Raises NotPossible with the device's reason, ConnectionError or
        FileNotFoundError when no simulators run there, TimeoutError when they hang."""
        return self._ask(Request(action, device, given))

    def look(self, device: str | None = None) -> Json:
        """The state of one device, or of all by name."""
        return self._ask(Request("look", device))

    def watch(self) -> Iterator[tuple[str, Json]]:
        """Each device's state as it is now, then again whenever it changes, for as long as they run."""
        stream = self._connected(None)
        with stream:
            yield from _asked(stream, Request("watch")).items()
            for line in stream:
                change = msgspec.json.decode(line, type=Change)
                yield change.device, change.state

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _ask(self, request: Request) -> Json:
        with self._lock:
            if self._stream is None:
                self._stream = self._connected(ANSWER_LIMIT_S)
            try:
                return _asked(self._stream, request)
            except OSError:
                self._drop()
                raise

    def _connected(self, limit_s: float | None) -> BufferedRWPair:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(limit_s)
            connection.connect(checked_address(self._path))
            return connection.makefile("rwb")

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            stream.close()
        except OSError:
            pass  # what could not be sent is lost with the other side


def _asked(stream: BufferedRWPair, request: Request) -> Json:
    stream.write(msgspec.json.encode(request) + b"\n")
    stream.flush()
    line = stream.readline()
    if not line:
        raise ConnectionResetError("the simulators have closed the control channel")
    answer = msgspec.json.decode(line, type=Answer)
    if not answer.ok:
        raise NotPossible(answer.why or "refused without a reason")
    return answer.state or {}
