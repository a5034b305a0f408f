"""Given a receipt of the kiosk, when the printer loses its power at any stage of the job, then the job is doubtful,
and printed again it is whole, from its start, marked 补打 with the time of issue and that of printing."""

from __future__ import annotations

import time

import pytest

from hardware.contracts import Document, Found, Lost, NotPrinted, Printed, PrinterSays, Text
from hardware.printers import escpos_driver, interview, one_thread
from hardware.printers.escpos_sim import EscposSim
from hardware.printers.plain import plain
from kiosk.receipts import document, time_text
from tests.hardware.printers.escpos_papers import AGAIN_MS, ISSUED_MS, receipt_issued, site
from tests.hardware.printers.escpos_receipts import PATIENCE_S, Ear, serial_printer

DOTS = {58: 384, 80: 576}
# Power ends before the printer carries out this.      Are all words of the first paper on it by then?
STAGES = {
    "ESC @": False,  # the very first command
    "FS &": False,
    "text": False,  # in a line
    "hanzi": False,
    "rows": False,  # in the middle of a name that is drawn
    "GS ( k": False,  # at the QR code
    "ESC d": True,  # the feed to the knife is missing
    "GS V": True,  # fed, not cut
    "GS ( H": True,  # cut; not proven
}


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """The same waits, shorter: the printer is silent for as long as it has no power."""
    for module in (one_thread, escpos_driver):
        monkeypatch.setattr(module, "POLL_S", 0.3)
    monkeypatch.setattr(interview, "REPLY_LIMIT_S", 0.5)
    monkeypatch.setattr(one_thread, "REOPEN_S", 0.1)


@pytest.mark.parametrize(
    ("stage", "whole", "paper_mm"),
    [(stage, whole, 80) for stage, whole in STAGES.items()] + [("hanzi", False, 58), ("GS ( H", True, 58)],
)
def test_what_was_interrupted_is_printed_again_from_the_start(tmp_path, stage, whole, paper_mm):
    dots = DOTS[paper_mm]
    issued = receipt_issued(customer="𠮷*田")
    first = document(site(), issued, 1)
    second = document(site(), issued, 2, printed_ms=AGAIN_MS)
    ear = Ear()
    sim = EscposSim("printer", tmp_path / "printer", tmp_path / "paper", dots)
    driver = serial_printer(tmp_path / "printer", paper_mm=paper_mm, dots=dots)
    sim.start()
    driver.start(ear)
    try:
        ear.hears(Found)
        sim.do("power_ends_before", command=stage)
        driver.print("job 1", first)
        assert ear.hears(NotPrinted, job="job 1").unknown
        ear.hears(Lost)
        sim.power_on()
        ear.hears(Found)
        assert ear.hears(PrinterSays).state.ready
        driver.print("job 2", second)
        ear.hears(Printed, job="job 2")
        assert len(ear.answers("job 1")) == 1
    finally:
        driver.close()
        sim.stop()
    *before, last = [piece for piece in sim.pieces if piece["text"] or piece["qr"]]
    assert words(last["text"]) == words(plain(second, dots), drawn="𠮷")
    assert len(last["qr"]) == 1
    marked = last["text"].replace(" ", "")
    assert "补打第2次" in marked
    for at_ms in (ISSUED_MS, AGAIN_MS):
        assert time_text(site(), at_ms).replace(" ", "") in marked.replace("\n", "")
    assert [words(p["text"]) == words(plain(first, dots), drawn="𠮷") for p in before].count(True) == whole
    assert not any("补打" in piece["text"] for piece in before)


def words(text: str, drawn: str = "") -> list[str]:
    """Lines of letters, without rules, spaces and codes; `drawn`: a character whose line went out as dots."""
    lines = (line.replace(" ", "") for line in text.splitlines())
    return [li for li in lines if li.strip("─") and "R1;" not in li and not (drawn and drawn in li)]


@pytest.mark.parametrize("paper_mm", DOTS)
def test_a_receipt_of_two_metres_is_one_job_and_one_piece_of_paper(tmp_path, paper_mm):
    dots = DOTS[paper_mm]
    ear = Ear()
    sim = EscposSim("printer", tmp_path / "printer", tmp_path / "paper", dots)
    driver = serial_printer(tmp_path / "printer", paper_mm=paper_mm, dots=dots)
    lines = tuple(Text(f"第{n}行 水费三十七元五角") for n in range(200 if paper_mm == 80 else 130))
    sim.start()
    driver.start(ear)
    try:
        ear.hears(Found)
        driver.print("long", Document("", lines))
        ear.hears(Printed, job="long")
        until = time.monotonic() + PATIENCE_S
        while not sim.pieces and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        driver.close()
        sim.stop()
    (piece,) = sim.pieces
    assert piece["cut"]
    assert words(piece["text"]) == words(plain(Document("", lines), dots))


def test_a_long_paper_gets_the_time_that_a_slow_printer_needs_for_it(tmp_path, monkeypatch):
    """Half a metre at 100 mm/s takes 5 s; the limit beside that is 2 s."""
    monkeypatch.setattr(escpos_driver, "PROOF_LIMIT_S", 2.0)
    ear = Ear()
    sim = EscposSim("printer", tmp_path / "printer", tmp_path / "paper", speed_mm_s=100.0)
    driver = serial_printer(tmp_path / "printer", speed_mm_s=40)
    sim.start()
    driver.start(ear)
    try:
        ear.hears(Found)
        driver.print("long", Document("", tuple(Text(f"第{n}行") for n in range(67))))
        ear.hears(Printed, job="long")
    finally:
        driver.close()
        sim.stop()
