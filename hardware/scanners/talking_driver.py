"""What a scanner with an aim of its own needs, on whatever line it talks: it reads by itself and only ever talks.

What it is can not be asked. So `Found` means that its line opens, and what is wrong shows only in what it says:
bytes that are no text, one code after the other, are those of another speed or of another device.
"""

from __future__ import annotations

import threading
import time
from typing import Final, Protocol

from hardware.contracts import (
    MAX_CODE_CHARS,
    CodeRead,
    CodeRefused,
    CodeRefusedBecause,
    Found,
    Lost,
    Sink,
    Trouble,
)
from hardware.line import CALM_S, REOPEN_S, LineTrouble
from hardware.recognise import looks_like
from hardware.scanners.serial_frames import Chunk, Splitter
from hardware.scanners.text import Once, Sighting, safe_text

PRESENCE_S: Final = 1.0  # between looks whether the line is still there, while nobody scans
CLOSE_LIMIT_S: Final = 3.0
PAUSE_S: Final = 0.5  # between two things that a person holds before it there is more
STRANGE_BYTES: Final = 64  # without one text since the line was opened: some codes at another speed
STRANGE_BYTES_LATER: Final = (
    1024  # after a text was read: somebody's odd code is held there for long, no more
)
LONGEST_STRANGE: Final = 3 * MAX_CODE_CHARS  # a code all in Chinese; what goes on beyond that is none
KEPT_BYTES: Final = 512  # of what was heard last, to say who else may be talking there
_PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\r\n"


class TalkingLine(Protocol):
    """Belongs to one thread, but for `wake`. Everything that waits raises LineTrouble."""

    @property
    def identity(self) -> str:
        """Of what is open."""
        ...

    @property
    def port(self) -> str: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, limit_s: float) -> bytes:
        """The bytes of codes as they come, each code ended by CR or LF or by silence; b"" when nothing came."""
        ...

    def pause(self, limit_s: float) -> None: ...

    def wake(self) -> None: ...


class Doubt:
    """Whether what is heard is a scanner at all. Raises LineTrouble GARBAGE when it can not be."""

    def __init__(self, port: str) -> None:
        self._port = port
        self._limit = STRANGE_BYTES
        self._strange = 0  # since the last code that is text
        self._unended = 0  # strange bytes of what has begun and does not end
        self._heard_last = b""

    def hear(self, data: bytes) -> None:
        self._heard_last = (self._heard_last + data)[-KEPT_BYTES:]
        self._unended += _strange(data) if data else -self._unended
        if self._unended > LONGEST_STRANGE:
            raise self._trouble()

    def judge(self, chunk: Chunk) -> None:
        """A code has ended."""
        self._unended = 0
        if isinstance(safe_text(chunk.payload), str):
            self._strange, self._limit = 0, STRANGE_BYTES_LATER
            return
        self._strange += _strange(chunk.payload)
        if self._strange >= self._limit:
            raise self._trouble()

    def _trouble(self) -> LineTrouble:
        other = looks_like(self._heard_last)
        who = f"; it looks like {other}" if other else ""
        detail = (
            f"{self._port}: what comes is no text of a code; check baud in [scanner] of config/devices.toml, and which"
            f" device hangs there{who}"
        )
        return LineTrouble(Trouble.GARBAGE, detail)


def _strange(data: bytes) -> int:
    """How many bytes are no printable ASCII. Chinese has many, too, but then it is text as a whole."""
    return len(data.translate(None, _PLAIN))


class TalkingScanner:
    """What is scanned while resting is read and thrown away, so that it can not come out at the next screen."""

    def __init__(self, name: str, line: TalkingLine) -> None:
        self.name = name
        self._line = line
        self._sink: Sink = lambda event: None
        self._looking_since_s: float | None = None
        self._fresh = threading.Event()  # a look has begun: what was said before counts afresh
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._line.wake()
        self._thread.join(CLOSE_LIMIT_S)

    def look(self) -> None:
        self._fresh.set()
        self._looking_since_s = time.monotonic()

    def rest(self) -> None:
        self._looking_since_s = None

    def _run(self) -> None:
        told: Trouble | None = None
        while not self._closing.is_set():
            try:
                self._line.open()
                if told is Trouble.GARBAGE:
                    self._hear_out()
                told = None
                self._sink(Found(device=self.name, identity=self._line.identity))
                self._listen()
            except LineTrouble as trouble:
                self._line.close()
                if trouble.trouble is not told:
                    told = trouble.trouble
                    self._sink(Lost(device=self.name, trouble=trouble.trouble, detail=trouble.detail))
                self._line.pause(REOPEN_S)
        self._line.close()

    def _hear_out(self) -> None:
        """On a line that gave nonsense: until it is calm, or a text comes after a pause. Noise has no pauses."""
        splitter, heard_s, paused = Splitter(), time.monotonic(), False
        while not self._closing.is_set():
            data = self._line.read(splitter.wait_s if splitter.has_part else PAUSE_S)
            now_s = time.monotonic()
            if now_s - heard_s >= CALM_S:
                return
            paused, heard_s = (paused, now_s) if data else (paused or not splitter.has_part, heard_s)
            for chunk in splitter.feed(data, now_s) if data else splitter.silence(now_s):
                if paused and isinstance(safe_text(chunk.payload), str):
                    return
                paused = False

    def _listen(self) -> None:
        splitter, once, doubt = Splitter(), Once(), Doubt(self._line.port)
        while not self._closing.is_set():
            data = self._line.read(splitter.wait_s if splitter.has_part else PRESENCE_S)
            now_s = time.monotonic()
            if not data:
                once.see((), now_s)  # nothing lies before the scanner
            doubt.hear(data)
            for chunk in splitter.feed(data, now_s) if data else splitter.silence(now_s):
                if self._fresh.is_set():
                    self._fresh.clear()
                    once = Once()
                doubt.judge(chunk)
                self._tell(chunk, once, now_s)

    def _tell(self, chunk: Chunk, once: Once, now_s: float) -> None:
        since_s = self._looking_since_s
        if since_s is None or chunk.began_s < since_s:
            return  # its beginning belongs to another screen, or was never meant for us
        payload = once.see([Sighting(chunk.payload)], now_s)
        if not isinstance(payload, bytes):
            return
        text = safe_text(payload)
        if isinstance(text, CodeRefusedBecause):
            self._sink(CodeRefused(device=self.name, because=text))
        else:
            self._sink(CodeRead(device=self.name, text=text))
