"""Receipt printer on ESC/POS: one thread owns the port, and no job counts as printed without the
printer's own word for it (printing-and-codes §A3).

A job: ask for the state → send in small chunks, listening → ask for a proof that carries this job's id →
wait for exactly that. Whatever else happens once a byte has left makes the job doubtful
(`NotPrinted(unknown=True)`), and nothing new is sent until the rest of it has been driven out of the
printer (`_recover`); otherwise it would come out in front of the next customer's receipt."""

from __future__ import annotations

import itertools
import logging
import queue
import secrets
import threading
import time
from typing import Final

from hardware.contracts import (
    Document,
    Event,
    Found,
    Lost,
    NotPrinted,
    Paper,
    Printed,
    PrinterSays,
    PrinterState,
    Sink,
    Trouble,
)
from hardware.line import REOPEN_S, LineTrouble
from hardware.printers.escpos import (
    DROP_BUFFERS,
    MOST_COUNTED,
    Coverage,
    Profile,
    Proof,
    ask_proof,
    encode,
    ending,
    prologue,
)
from hardware.printers.interview import Interview
from hardware.printers.status import ProcessId, Queued
from hardware.printers.wire import SerialWire, Wire

POLL_S: Final = 2.0  # between questions: an open cover is seen before the next customer pays
CHUNK_BYTES: Final = 1024  # sent between two looks at what the printer says
PROOF_LIMIT_S: Final = 30.0  # beyond the transfer: a long report at 50 mm/s, or a hot head that has to cool
RECOVERY_LIMIT_S: Final = 10.0  # nothing is to be printed then: an answer takes a fraction of it
GRACE_S: Final = 3.0  # a proof may be on its way although the printer stops, or the kiosk closes
SETTLE_S: Final = 1.0  # queued answers carry no id: none of an earlier request comes later than this
CLOSE_LIMIT_S: Final = 15.0  # one write at its limit and a little
_BITS_PER_BYTE: Final = 10  # 8N1
_TOKENS: Final = 10_000  # four digits

log = logging.getLogger(__name__)

_Job = tuple[str, Document]


class _Stopped(Exception):
    """What was sent can not be shown to have come to its end; the text says why."""


class EscposPrinter:
    """`EscposPrinter("printer", "/dev/kiosk/printer", 115200, 576, "gb18030-2", True, "process-id")`.

    `coverage` and `proof` are values of `Coverage` and `Proof`; ValueError for another."""

    def __init__(
        self, name: str, port: str, baud: int, dots: int, coverage: str, cutter: bool, proof: str
    ) -> None:
        self.name = name
        self._profile = Profile(dots, Coverage(coverage), cutter)
        self._proof = Proof(proof)
        self._byte_s = _BITS_PER_BYTE / baud
        self._identity = f"ESC/POS, {baud} baud, {dots} dots, {coverage}, {proof}"
        self._wire: Wire = SerialWire(port, baud)
        self._interview = Interview(self._wire)
        self._sink: Sink = lambda _: None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"printer {name}", daemon=True)
        self._tokens = itertools.count(secrets.randbelow(_TOKENS))
        self._here = False  # `Found` was said, and no `Lost` since
        self._said: PrinterState | None = None  # the last `PrinterSays` since `Found`
        self._lost: LineTrouble | None = None
        self._clean = False  # nothing of an earlier job, or of an earlier process, is left in the printer
        self._proven = False  # it gave the configured proof at least once

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

    # -- the thread

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                if not self._wire.is_open:
                    self._greet()
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

    def _greet(self) -> None:
        self._wire.open()
        self._interview.begin()
        state = self._look()
        self._here, self._lost = True, None
        self._say(Found(device=self.name, identity=self._identity))
        self._tell(state)

    def _look(self) -> PrinterState:
        """Ask and tell; clean up behind a doubtful job as soon as the printer is ready for it."""
        state = self._ask()
        if self._interview.waiting and state.paper is not Paper.OUT and not state.cover_open:
            self._wire.write(DROP_BUFFERS)  # also means "go on"; between jobs there is nothing to lose
            state = self._ask()
        if state.ready and not self._clean:
            self._recover()
            state = self._ask()
        return state

    def _ask(self) -> PrinterState:
        state = self._interview.state()
        self._tell(state)
        return state

    def _tell(self, state: PrinterState) -> None:
        if self._here and state != self._said:
            self._said = state
            self._say(PrinterSays(device=self.name, state=state))

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

    def _not_printed(self, job: str, why: str, *, unknown: bool) -> None:
        log.warning("%s: job %s %s: %s", self.name, job, "is doubtful" if unknown else "was not sent", why)
        state = self._said or PrinterState()
        self._say(NotPrinted(device=self.name, job=job, unknown=unknown, state=state, detail=why))

    def _say(self, event: Event) -> None:
        self._sink(event)

    # -- one job

    def _print(self, job: str, document: Document) -> None:
        try:
            pieces = encode(document, self._profile)
        except Exception as error:  # whatever a document holds, it must not take the printer away
            self._not_printed(job, f"the document can not be drawn: {error}", unknown=False)
            return
        sent = False
        try:
            state = self._look()
            if not (state.ready and self._clean):
                self._not_printed(job, f"not ready: {_why_not(state)}", unknown=False)
                return
            sent, self._clean = True, False
            self._send(pieces)
            self._await_proof(PROOF_LIMIT_S + self._byte_s * sum(map(len, pieces)))
            self._clean = True
        except _Stopped as stopped:
            try:
                self._drop_buffers()  # first: whoever hears of it may load paper, and the rest would come out
            finally:
                self._not_printed(job, str(stopped), unknown=True)
        except LineTrouble as trouble:
            self._not_printed(job, trouble.detail, unknown=sent)
            raise
        else:
            self._say(Printed(device=self.name, job=job))
            self._ask()

    def _send(self, pieces: list[bytes]) -> None:
        """Raises _Stopped as soon as the printer tells that it can not go on."""
        for chunk in _chunks(pieces):
            self._wire.write(chunk)
            self._interview.listen(0)
            if self._interview.changed:
                state = self._ask()
                if _needs_somebody(state):
                    raise _Stopped(_why_not(state))

    def _await_proof(self, limit_s: float) -> None:
        """Have the printer say that all sent so far is done. Raises _Stopped where it does not."""
        token = f"{next(self._tokens) % _TOKENS:04}".encode()
        self._interview.proofs.clear()
        self._wire.write(ask_proof(self._proof, token))
        until = time.monotonic() + limit_s
        ask_at = time.monotonic() + POLL_S
        why, in_grace = f"no proof ({self._proof.value}) within {limit_s:.0f} s", False
        while not self._proof_came(token):
            now = time.monotonic()
            if now >= until:
                raise _Stopped(why)
            if now >= ask_at or self._interview.changed:
                ask_at = now + POLL_S
                state = self._ask()
                stops = _why_not(state) if _needs_somebody(state) else ""
                if self._closing.is_set():
                    stops = "the kiosk is closing its printer"
                if stops and not in_grace:
                    why, in_grace, until = stops, True, min(until, now + GRACE_S)
            else:
                self._interview.listen(min(until, ask_at) - now)

    def _proof_came(self, token: bytes) -> bool:
        if self._proof is Proof.PROCESS_ID:
            return ProcessId(token) in self._interview.proofs
        answers = [reply for reply in self._interview.proofs if isinstance(reply, Queued)]
        if not answers:
            return False
        # "Processed" is less than "on paper": what the printer says now must agree.
        state = self._ask()
        if answers[-1].paper_out or _needs_somebody(state):
            raise _Stopped(_why_not(state))
        return True

    # -- after a doubtful job, and once at the start

    def _drop_buffers(self) -> None:
        self._wire.drop_output()
        self._wire.write(DROP_BUFFERS)

    def _recover(self) -> None:
        """Drive out whatever an earlier job left in the printer, and cut off what of it is on paper.

        The zeros end a command that was broken off (they fill up its data). Raises LineTrouble
        WRONG_DEVICE where a ready printer never gave its proof, FAILED where it no longer does."""
        self._drop_buffers()
        for _ in range(MOST_COUNTED // CHUNK_BYTES + 1):
            self._wire.write(bytes(CHUNK_BYTES))
        self._wire.write(prologue(self._profile.coverage))
        try:
            self._await_proof(RECOVERY_LIMIT_S + self._byte_s * 2 * MOST_COUNTED)
        except _Stopped as stopped:
            if self._closing.is_set() or not self._ask().ready:
                return
            raise self._unproven(str(stopped)) from stopped
        if self._proof is Proof.QUEUED_STATUS:
            self._outwait_late_answers()
        self._wire.write(ending(self._profile.cutter))
        self._clean = self._proven = True

    def _unproven(self, why: str) -> LineTrouble:
        trouble = Trouble.FAILED if self._proven else Trouble.WRONG_DEVICE
        return LineTrouble(
            trouble,
            f"{self._wire.port}: the printer says it is ready, but {why}; switch it off and on, and check"
            " proof in [printer] of config/devices.toml against its manual",
        )

    def _outwait_late_answers(self) -> None:
        heard = -1
        while heard != len(self._interview.proofs):
            heard = len(self._interview.proofs)
            self._interview.listen(SETTLE_S)


def _chunks(pieces: list[bytes]) -> list[bytes]:
    """Whole pieces, joined up to CHUNK_BYTES; a longer piece is a chunk of its own."""
    chunks = [b""]
    for piece in pieces:
        if chunks[-1] and len(chunks[-1]) + len(piece) > CHUNK_BYTES:
            chunks.append(b"")
        chunks[-1] += piece
    return chunks


def _needs_somebody(state: PrinterState) -> bool:
    """Printing will not go on by itself (as it does when a hot head has cooled)."""
    return state.paper is Paper.OUT or state.cover_open or state.cutter_error or state.failed


def _why_not(state: PrinterState) -> str:
    reasons = {
        "paper is out": state.paper is Paper.OUT,
        "the paper sensor contradicts itself": state.paper is Paper.UNKNOWN,
        "the cover is open": state.cover_open,
        "the cutter is stuck": state.cutter_error,
        "it reports an error": state.failed,
        "it is offline": state.offline,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds) or "it is still being cleaned up"
