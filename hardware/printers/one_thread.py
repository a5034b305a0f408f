"""The life of a printer driver: one thread that owns the wire, one job at a time, open again by itself."""

from __future__ import annotations

import logging
import queue
import threading
import time
from abc import ABC, abstractmethod
from typing import Final

from hardware.contracts import Document, Event, Found, Lost, NotPrinted, PrinterSays, PrinterState, Sink
from hardware.line import REOPEN_S, LineTrouble
from hardware.printers.escpos import encode
from hardware.printers.profile import Profile
from hardware.printers.wire import Wire

POLL_S: Final = (
    0.5  # between questions: what is wrong is known within two seconds, before the next customer pays
)
CHUNK_BYTES: Final = 1024  # sent between two looks at what the printer says
CLOSE_LIMIT_S: Final = 15.0  # one write at its limit and a little

log = logging.getLogger(__name__)

_Job = tuple[str, Document]


class OneThread(ABC):
    """A driver says how it greets, looks and prints; each of these may raise LineTrouble."""

    def __init__(self, name: str, wire: Wire, profile: Profile, identity: str) -> None:
        self.name = name
        self._wire = wire
        self._profile = profile
        self._identity = identity
        self._sink: Sink = lambda _: None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"printer {name}", daemon=True)
        self._here = False  # `Found` was said, and no `Lost` since
        self._said: PrinterState | None = None  # the last `PrinterSays` since `Found`
        self._lost: LineTrouble | None = None
        self._clean = False  # nothing of an earlier job, or of an earlier process, is left in the printer
        self._hanging = False  # a part of an earlier paper may hang out of it, uncut

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(CLOSE_LIMIT_S)

    def print(self, job: str, document: Document) -> None:
        self._jobs.put((job, document))

    def half_printed(self) -> None:
        self._hanging = True

    @abstractmethod
    def _greet(self) -> PrinterState:
        """The wire was just opened: who is there?"""

    @abstractmethod
    def _look(self) -> PrinterState:
        """Between jobs."""

    @abstractmethod
    def _put_on_paper(self, job: str, pieces: list[bytes], limit_s: float) -> None:
        """Answer `job`. `limit_s`: how long the mechanism may need for it."""

    # -- the thread

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                if not self._wire.is_open:
                    self._open()
                job = self._next(POLL_S)
                if job:
                    self._print(*job)
                elif not self._closing.is_set():
                    self._look()
            except LineTrouble as trouble:
                self._lose(trouble)
                self._refuse_for(REOPEN_S)
        self._refuse_for(0)
        self._wire.close()

    def _next(self, limit_s: float) -> _Job | None:
        try:
            return self._jobs.get(timeout=max(0.0, limit_s))
        except queue.Empty:
            return None

    def _open(self) -> None:
        self._wire.open()
        state = self._greet()
        self._here, self._lost = True, None
        self._say(Found(device=self.name, identity=self._identity))
        self._tell(state)

    def _print(self, job: str, document: Document) -> None:
        try:
            pieces, length_mm = encode(document, self._profile)
        except Exception as error:  # whatever a document holds, it must not take the printer away
            self._not_printed(job, f"the document can not be drawn: {error}", unknown=False)
            return
        transfer_s = self._wire.byte_s * sum(map(len, pieces))
        self._put_on_paper(job, pieces, transfer_s + length_mm / self._profile.speed_mm_s)

    def _lose(self, trouble: LineTrouble) -> None:
        self._wire.close()
        if self._lost is None or self._lost.trouble is not trouble.trouble:
            self._say(Lost(device=self.name, trouble=trouble.trouble, detail=trouble.detail))
        self._here, self._said, self._lost = False, None, trouble

    def _refuse_for(self, limit_s: float) -> None:
        """Answer jobs for a while without a printer."""
        until = time.monotonic() + limit_s
        why = self._lost.detail if self._lost else "the kiosk is closing its printer"
        while not self._jobs.empty() or (time.monotonic() < until and not self._closing.is_set()):
            job = self._next(until - time.monotonic())
            if job:
                self._not_printed(job[0], why, unknown=False)

    # -- what it says

    def _tell(self, state: PrinterState) -> None:
        if self._here and state != self._said:
            self._said = state
            self._say(PrinterSays(device=self.name, state=state))

    def _not_printed(self, job: str, why: str, *, unknown: bool) -> None:
        log.warning("%s: job %s %s: %s", self.name, job, "is doubtful" if unknown else "was not sent", why)
        state = self._said or PrinterState()
        self._say(NotPrinted(device=self.name, job=job, unknown=unknown, state=state, detail=why))

    def _say(self, event: Event) -> None:
        self._sink(event)


def chunks(pieces: list[bytes]) -> list[bytes]:
    """Whole pieces, joined up to CHUNK_BYTES; a longer piece is a chunk of its own."""
    joined = [b""]
    for piece in pieces:
        if joined[-1] and len(joined[-1]) + len(piece) > CHUNK_BYTES:
            joined.append(b"")
        joined[-1] += piece
    return joined
