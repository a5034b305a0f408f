"""Given somebody at the other end of the cable who answers by a script, then the driver says `Printed` only
for the right proof, and names the trouble otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.acceptors import ccnet_frames, ssp_frames
from hardware.contracts import (
    Document,
    Found,
    Lost,
    NotPrinted,
    Paper,
    Printed,
    PrinterSays,
    PrinterState,
    Qr,
    Text,
    Trouble,
)
from hardware.printers import escpos_driver, one_thread
from hardware.printers.escpos_driver import EscposPrinter
from hardware.printers.profile import Proof
from hardware.simulated import Pty
from tests.hardware.printers.escpos_receipts import Ear, receipt, serial_printer

STATUS = re.compile(rb"\x10\x04([\x01-\x04])", re.DOTALL)
PROCESS_ID = re.compile(rb"\x1d\(H\x06\x0000(....)", re.DOTALL)
QUEUED = re.compile(rb"\x1dr\x01")
CUT = b"\x1dVB\x00"
WELL = {1: b"\x12", 2: b"\x12", 3: b"\x12", 4: b"\x12"}


class Scripted:
    """A printer of few words. `status`: answer to each DLE EOT; `prove`: token → answer to GS ( H."""

    def __init__(self, link: Path) -> None:
        self.status = dict(WELL)
        self.prove: Callable[[bytes], bytes] = lambda token: b"\x37\x22" + token + b"\x00"
        self.queued: Callable[[], bytes] = lambda: b"\x00"
        self.got = b""
        self._read = 0
        self.pty = Pty(link, self._receive)

    def _receive(self, data: bytes) -> None:
        self.got += data
        asked = [
            *((found.end(), self.status[found[1][0]]) for found in STATUS.finditer(self.got, self._read)),
            *((found.end(), self.prove(found[1])) for found in PROCESS_ID.finditer(self.got, self._read)),
            *((found.end(), self.queued()) for found in QUEUED.finditer(self.got, self._read)),
        ]
        for end, answer in sorted(asked):
            self._read = end
            self.pty.send(answer)


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """The same waits, shorter: what is waited for here never comes."""
    for module in (one_thread, escpos_driver):
        monkeypatch.setattr(module, "POLL_S", 0.3)
    monkeypatch.setattr(escpos_driver, "PROOF_LIMIT_S", 4.0)
    monkeypatch.setattr(escpos_driver, "RECOVERY_LIMIT_S", 4.0)


@pytest.fixture
def there(tmp_path) -> Iterator[Scripted]:
    there = Scripted(tmp_path / "printer")
    yield there
    there.pty.close()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def begin(tmp_path, ear):
    begun: list[EscposPrinter] = []

    def begin(proof: str = "process-id") -> EscposPrinter:
        driver = serial_printer(tmp_path / "printer", proof=Proof(proof))
        begun.append(driver)
        driver.start(ear)
        return driver

    yield begin
    for driver in begun:
        driver.close()


def test_a_printer_that_answers_is_found_and_proves_its_jobs(there, ear, begin):
    driver = begin()
    assert ear.hears(Found).device == "printer"
    assert ear.hears(PrinterSays).state.ready
    driver.print("job 1", receipt())
    ear.hears(Printed, job="job 1")
    assert len(ear.answers("job 1")) == 1


#   what the other end does with the proof of a job             what that is worth
NO_PROOF = {
    "it says nothing": lambda token: b"",
    "it proves another job": lambda token: b"\x37\x220000\x00" if token != b"0000" else b"\x37\x229999\x00",
    "it breaks off in the middle": lambda token: b"\x37\x22" + token[:2],
    "it proves with a bit wrong": lambda token: b"\x37\x22" + bytes([token[0] ^ 0x80]) + token[1:] + b"\x00",
    "it answers a status instead": lambda token: b"\x12",
    "it answers noise": lambda token: b"\xff\xfe\x80\x01",
}


@pytest.mark.parametrize("proof", NO_PROOF.values(), ids=NO_PROOF)
def test_without_the_right_proof_a_job_is_doubtful(there, ear, begin, proof):
    driver = begin()
    ear.hears(Found)
    there.prove = proof
    driver.print("job 1", receipt())
    answer = ear.hears(NotPrinted, job="job 1")
    assert answer.unknown
    assert "no proof" in answer.detail
    driver.close()
    assert ear.answers("job 1") == [answer]


def test_a_proof_that_comes_too_late_changes_nothing_and_does_not_prove_the_next_job(there, ear, begin):
    kept: list[bytes] = []
    driver = begin()
    ear.hears(Found)
    there.prove = lambda token: kept.append(b"\x37\x22" + token + b"\x00") or b""
    driver.print("job 1", receipt())
    assert ear.hears(NotPrinted, job="job 1").unknown
    # when the late proof comes in place of every later one
    there.prove = lambda token: kept[0]
    driver.print("job 2", receipt())
    assert not ear.hears(
        NotPrinted, job="job 2"
    ).unknown  # not even begun: what came before is not cleaned up
    assert not [event for event in ear.heard if isinstance(event, Printed)]


def test_after_a_doubtful_job_the_rest_is_driven_out_before_anything_new(there, ear, begin):
    driver = begin()
    ear.hears(Found)
    honest, there.prove = there.prove, lambda token: b""
    driver.print("job 1", receipt())
    ear.hears(NotPrinted, job="job 1")
    there.prove = honest
    after = len(there.got)
    driver.print("job 2", Document("", (Text("XYZ"),)))
    ear.hears(Printed, job="job 2")
    cleaning, printed = there.got[after:].split(b"XYZ")
    assert cleaning.count(b"\x00") > 3000
    assert b"\x1b@" in cleaning
    assert CUT in cleaning  # half a receipt does not hang at the next one
    assert CUT in printed


def test_a_printer_that_never_proves_anything_is_the_wrong_one_and_wastes_no_paper(there, ear, begin):
    there.prove = lambda token: b""
    begin()
    lost = ear.hears(Lost)
    assert lost.trouble is Trouble.WRONG_DEVICE
    assert "proof" in lost.detail
    assert CUT not in there.got


#   DLE EOT answers                          trouble
NOT_A_PRINTER = {
    "silence": (dict.fromkeys(WELL, b""), Trouble.SILENT),
    "all bits set": (dict.fromkeys(WELL, b"\xff"), Trouble.GARBAGE),
    "no bits set": (dict.fromkeys(WELL, b"\x00"), Trouble.GARBAGE),
    "text": (dict.fromkeys(WELL, b"login: "), Trouble.GARBAGE),
    "three of four answers": ({**WELL, 4: b""}, Trouble.GARBAGE),
    "our own bytes": ({n: b"\x10\x04" + bytes([n]) for n in WELL}, Trouble.ECHO),
}


@pytest.mark.parametrize(("answers", "trouble"), NOT_A_PRINTER.values(), ids=NOT_A_PRINTER)
def test_what_does_not_answer_like_a_printer_is_named(there, ear, begin, answers, trouble):
    there.status = answers
    begin()
    lost = ear.hears(Lost)
    assert lost.trouble is trouble
    assert "printer" in lost.detail
    # and when it comes to itself
    there.status = WELL
    ear.hears(Found)


#   who sits there               what it says to a question
STRANGERS = {
    "a CCNET bill acceptor": ccnet_frames.encode(b"\x14"),
    "an SSP bill acceptor": ssp_frames.encode(ssp_frames.Frame(True, b"\xf0\xe8")),
    "an ICT bill acceptor": b"\x80\x8f",
    "a code scanner": b"6901234567892\r\n",
}


@pytest.mark.parametrize(("stranger", "says"), STRANGERS.items())
def test_another_device_on_the_port_is_named(there, ear, begin, stranger, says):
    there.status = dict.fromkeys(WELL, says)
    begin()
    lost = ear.hears(Lost)
    assert lost.trouble is Trouble.WRONG_DEVICE
    assert stranger in lost.detail and "exchange the cables" in lost.detail


class Disturbed(dict[int, bytes]):
    """The first answers to DLE EOT 4 arrive with all bits set."""

    left = 2

    def __getitem__(self, n: int) -> bytes:
        if n == 4 and self.left:
            self.left -= 1
            return b"\xff"
        return super().__getitem__(n)


def test_a_disturbed_answer_is_asked_again_and_takes_nothing_away(there, ear, begin):
    begin()
    ear.hears(Found)
    there.status = Disturbed({**WELL, 4: b"\x1e"})
    ear.hears(PrinterSays, state=PrinterState(paper=Paper.NEAR_END))
    assert not [event for event in ear.heard if isinstance(event, Lost)]


def test_a_printer_that_is_not_ready_gets_not_one_byte_of_a_job(there, ear, begin):
    driver = begin()
    ear.hears(Found)
    there.status[4] = b"\x72"
    before = len(there.got)
    driver.print("job 1", Document("", (Text("XYZ"),)))
    answer = ear.hears(NotPrinted, job="job 1")
    assert not answer.unknown
    assert answer.state.paper is Paper.OUT
    assert STATUS.sub(b"", there.got[before:]) == b""


def test_sensor_bits_that_contradict_each_other_are_no_paper(there, ear, begin):
    there.status[4] = b"\x32"
    begin()
    state = ear.hears(PrinterSays).state
    assert state.paper is Paper.UNKNOWN
    assert not state.ready


def test_a_document_that_can_not_be_drawn_is_refused_and_the_next_one_prints(there, ear, begin):
    driver = begin()
    ear.hears(Found)
    driver.print("job 1", Document("", (Qr("x" * 5000),)))
    driver.print("job 2", receipt())
    assert not ear.hears(NotPrinted, job="job 1").unknown
    ear.hears(Printed, job="job 2")


def test_with_queued_status_the_answer_must_agree_with_the_paper(there, ear, begin):
    driver = begin("queued-status")
    ear.hears(Found)
    driver.print("job 1", receipt())
    ear.hears(Printed, job="job 1")

    there.queued = lambda: b"\x0f"  # "no paper", as some models say it
    driver.print("job 2", receipt())
    assert ear.hears(NotPrinted, job="job 2").unknown


def test_closing_answers_every_job_once(there, ear, begin):
    driver = begin()
    ear.hears(Found)
    there.prove = lambda token: b""
    for job in ("1", "2", "3"):
        driver.print(job, receipt())
    driver.close()
    assert [len(ear.answers(job)) for job in ("1", "2", "3")] == [1, 1, 1]
    assert ear.answers("3")[0].unknown is False
