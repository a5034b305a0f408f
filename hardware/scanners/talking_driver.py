"""What a scanner with an aim of its own needs, on whatever line it talks: it reads by itself and only ever talks.

What it is can not be asked. So `Found` means that its line opens.
"""

from __future__ import annotations

import threading
import time
from typing import Final, Protocol

from hardware.contracts import CodeRead, CodeRefused, CodeRefusedBecause, Found, Lost, Sink, Trouble
from hardware.line import REOPEN_S, LineTrouble
from hardware.scanners.serial_frames import Chunk, Splitter
from hardware.scanners.text import Once, Sighting, safe_text

PRESENCE_S: Final = 1.0  # between looks whether the line is still there, while nobody scans
CLOSE_LIMIT_S: Final = 3.0


class TalkingLine(Protocol):
    """Belongs to one thread, but for `wake`. Everything that waits raises LineTrouble."""

    @property
    def identity(self) -> str:
        """Of what is open."""
        ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, limit_s: float) -> bytes:
        """The bytes of codes as they come, each code ended by CR or LF or by silence; b"" when nothing came."""
        ...

    def pause(self, limit_s: float) -> None: ...

    def wake(self) -> None: ...


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

    def _listen(self) -> None:
        splitter, once = Splitter(), Once()
        while not self._closing.is_set():
            data = self._line.read(splitter.wait_s if splitter.has_part else PRESENCE_S)
            now_s = time.monotonic()
            if not data:
                once.see((), now_s)  # nothing lies before the scanner
            for chunk in splitter.feed(data, now_s) if data else splitter.silence(now_s):
                if self._fresh.is_set():
                    self._fresh.clear()
                    once = Once()
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
