"""Given a printer, when the kiosk starts, then not a millimetre of paper moves, unless half a paper may hang out."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.contracts import Document, Found, NotPrinted, Printed, PrinterSays, Text
from hardware.printers.escpos_driver import EscposPrinter
from hardware.printers.escpos_sim import EscposSim
from hardware.printers.profile import Proof
from tests.hardware.printers.escpos_receipts import PATIENCE_S, Ear, receipt, serial_printer


@pytest.fixture
def sim(tmp_path):
    sim = EscposSim("printer", tmp_path / "printer", tmp_path / "paper")
    sim.start()
    yield sim
    sim.stop()


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def begun(folder: Path, ear: Ear, *, half_printed: bool = False, **changes: Any) -> EscposPrinter:
    driver = serial_printer(folder / "printer", **changes)
    if half_printed:
        driver.half_printed()
    driver.start(ear)
    ear.hears(Found)
    assert ear.hears(PrinterSays).state.ready
    return driver


def paper_moved(sim: EscposSim) -> bool:
    """Whether any has left the slot since it was loaded: cut off, or hanging out."""
    until(lambda: not sim.state()["busy"])
    return bool(sim.state()["piece_count"]) or Path(sim.state()["current_png"]).exists()


@pytest.mark.parametrize("proof", Proof)
def test_three_starts_move_no_paper_and_the_next_receipt_begins_at_its_edge(tmp_path, sim, proof):
    for _ in range(3):
        begun(tmp_path, Ear(), proof=proof).close()
        assert not paper_moved(sim)
    ear = Ear()
    driver = begun(tmp_path, ear, proof=proof)
    driver.print("job 1", receipt())
    ear.hears(Printed, job="job 1")
    driver.close()
    assert [piece["cut"] for piece in sim.pieces] == [True]


def test_half_a_paper_of_an_earlier_process_is_cut_off_before_the_next_customer(tmp_path, sim):
    ear = Ear()
    driver = begun(tmp_path, ear)
    sim.do("speed", mm_s=25.0)
    driver.print("job 1", receipt())
    until(lambda: "户号" in sim.state()["uncut_text"])
    sim.do("open_cover")
    assert ear.hears(NotPrinted, job="job 1").unknown
    driver.close()
    sim.do("speed", mm_s=2000.0)
    sim.do("close_cover")
    # when the next process was told of the doubtful paper
    ear = Ear()
    driver = begun(tmp_path, ear, half_printed=True)
    driver.print("job 2", Document("", (Text("下一位"),)))
    ear.hears(Printed, job="job 2")
    driver.close()
    torn, *_, last = [piece["text"] for piece in sim.pieces if piece["text"]]
    assert "户号" in torn and "下一位" not in torn
    assert last == "下一位"
