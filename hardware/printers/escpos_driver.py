"""Receipt printer on ESC/POS: one thread owns the port, and no job counts as printed without the
printer's own word for it (printing-and-codes §A3).

A job: ask for the state → send in small chunks, listening → ask for a proof that carries this job's id →
wait for exactly that. Whatever else happens once a byte has left makes the job doubtful
(`NotPrinted(unknown=True)`), and nothing new is sent until the rest of it has been driven out of the
printer (`_recover`); otherwise it would come out in front of the next customer's receipt."""

from __future__ import annotations

import itertools
import logging
import secrets
import time
from typing import Final

from hardware.contracts import Paper, Printed, PrinterState, Trouble
from hardware.line import LineTrouble
from hardware.printers.escpos import DROP_BUFFERS, MOST_COUNTED, ask_proof, ending, prologue, way_out
from hardware.printers.interview import Interview
from hardware.printers.one_thread import POLL_S, OneThread, chunks
from hardware.printers.profile import Profile, Proof
from hardware.printers.status import ProcessId, Queued
from hardware.printers.wire import Wire

PROOF_LIMIT_S: Final = 30.0  # beyond transfer and printing: a hot head that has to cool
RECOVERY_LIMIT_S: Final = 10.0  # nothing is to be printed then: an answer takes a fraction of it
GRACE_S: Final = 3.0  # a proof may be on its way although the printer stops, or the kiosk closes
SETTLE_S: Final = 1.0  # queued answers carry no id: none of an earlier request comes later than this
_TOKENS: Final = 10_000  # four digits

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """What was sent can not be shown to have come to its end; the text says why."""


class EscposPrinter(OneThread):
    """`EscposPrinter("printer", SerialWire("/dev/kiosk/printer", 115200), profile)`."""

    def __init__(self, name: str, wire: Wire, profile: Profile) -> None:
        identity = f"ESC/POS, {wire.kind}, {profile.described}, {profile.proof.value}"
        super().__init__(name, wire, profile, identity)
        self._interview = Interview(wire)
        self._tokens = itertools.count(secrets.randbelow(_TOKENS))
        self._proof = profile.proof
        self._proven = False  # it gave the configured proof at least once

    def _greet(self) -> PrinterState:
        self._interview.begin()
        if self._profile.proof is Proof.BEST:  # it may be another unit: find out once more
            self._proof, self._clean = Proof.BEST, False
        return self._look()

    def _look(self) -> PrinterState:
        """Ask and tell; clean up behind a doubtful job as soon as the printer is ready for it."""
        state = self._ask(in_job=False)
        if self._interview.waiting and state.paper is not Paper.OUT and not state.cover_open:
            self._wire.write(DROP_BUFFERS)  # also means "go on"; between jobs there is nothing to lose
            state = self._ask()
        if state.ready and not self._clean:
            self._recover()
            state = self._ask()
        return state

    def _ask(self, *, in_job: bool = True) -> PrinterState:
        state = self._interview.state(in_job)
        self._tell(state)
        return state

    # -- one job

    def _put_on_paper(self, job: str, pieces: list[bytes], limit_s: float) -> None:
        sent = False
        try:
            state = self._look()
            if not (state.ready and self._clean):
                self._not_printed(job, f"not ready: {_why_not(state)}", unknown=False)
                return
            sent, self._clean, self._hanging = True, False, True
            self._send(pieces)
            self._await_proof(self._proof, PROOF_LIMIT_S + limit_s)
            self._clean, self._hanging = True, False
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
        for chunk in chunks(pieces):
            self._wire.write(chunk)
            self._interview.listen(0)
            if self._interview.changed:
                state = self._ask()
                if _needs_somebody(state):
                    raise _Stopped(_why_not(state))

    def _await_proof(self, proof: Proof, limit_s: float) -> None:
        """Have the printer say that all sent so far is done. Raises _Stopped where it does not."""
        token = f"{next(self._tokens) % _TOKENS:04}".encode()
        self._interview.proofs.clear()
        self._wire.write(ask_proof(proof, token))
        until = time.monotonic() + limit_s
        ask_at = time.monotonic() + POLL_S
        why, in_grace = f"no proof ({proof.value}) within {limit_s:.0f} s", False
        while not self._proof_came(proof, token):
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

    def _proof_came(self, proof: Proof, token: bytes) -> bool:
        if proof is Proof.PROCESS_ID:
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

        Paper moves only where some of it may be half printed: a start on a clean printer costs none. Raises
        LineTrouble WRONG_DEVICE where a ready printer never gave its proof, FAILED where it no longer does."""
        self._wire.drop_output()
        self._wire.write(way_out(self._profile.coverage))
        kinds = (Proof.PROCESS_ID, Proof.QUEUED_STATUS) if self._proof is Proof.BEST else (self._proof,)
        limit_s = RECOVERY_LIMIT_S + self._wire.byte_s * 2 * MOST_COUNTED
        for proof in kinds:
            try:
                self._await_proof(proof, limit_s)
                break
            except _Stopped as stopped:
                why = stopped
                if self._closing.is_set() or not self._ask().ready:
                    return
                # A request that was not understood may stand in the line as text.
                self._wire.write(prologue(self._profile.coverage))
        else:
            raise self._unproven(str(why)) from why
        if proof is not self._proof:
            log.info("%s: proves its jobs by %s", self.name, proof.value)
        if proof is Proof.QUEUED_STATUS:
            self._outwait_late_answers()
        if self._hanging:
            self._wire.write(ending(self._profile.cutter))
        self._proof, self._clean, self._hanging, self._proven = proof, True, False, True

    def _unproven(self, why: str) -> LineTrouble:
        trouble = Trouble.FAILED if self._proven else Trouble.WRONG_DEVICE
        return LineTrouble(
            trouble,
            f"{self._wire.port}: the printer says it is ready, but {why}; switch it off and on, and check"
            " proof in its profile in config/devices.toml against its manual",
        )

    def _outwait_late_answers(self) -> None:
        heard = -1
        while heard != len(self._interview.proofs):
            heard = len(self._interview.proofs)
            self._interview.listen(SETTLE_S)


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
