"""Given a small printer that does not know GS ( H, then the queued status is its proof, found out by itself where the
profile leaves it open; and a profile that promises more than the printer gives is told to staff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hardware.contracts import Document, Found, Lost, NotPrinted, Printed, PrinterSays, Text, Trouble
from hardware.printers import escpos_driver, one_thread
from hardware.printers.escpos_driver import EscposPrinter
from hardware.printers.escpos_sim import EscposSim
from hardware.printers.plain import plain
from hardware.printers.profile import Coverage, Proof
from tests.hardware.printers.escpos_receipts import Ear, receipt, serial_printer

SMALL = {"paper_mm": 58, "dots": 384, "cutter": False, "coverage": Coverage.GB2312, "speed_mm_s": 50}


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    for module in (one_thread, escpos_driver):
        monkeypatch.setattr(module, "POLL_S", 0.3)
    monkeypatch.setattr(escpos_driver, "RECOVERY_LIMIT_S", 1.5)
    monkeypatch.setattr(escpos_driver, "SETTLE_S", 0.3)
    monkeypatch.setattr(one_thread, "REOPEN_S", 0.1)


@pytest.fixture
def sim(tmp_path) -> Iterator[EscposSim]:
    sim = EscposSim(
        "printer", tmp_path / "printer", tmp_path / "paper", 384, font_coverage="gb2312", process_id=False
    )
    sim.start()
    yield sim
    sim.stop()


@pytest.fixture
def begin(tmp_path, sim):
    begun: list[EscposPrinter] = []

    def begin(ear: Ear, **changes: Any) -> EscposPrinter:
        driver = serial_printer(tmp_path / "printer", **SMALL, **changes)
        begun.append(driver)
        driver.start(ear)
        return driver

    yield begin
    for driver in begun:
        driver.close()


@pytest.mark.parametrize("proof", [Proof.BEST, Proof.QUEUED_STATUS])
def test_a_receipt_is_proven_by_the_queued_status_and_torn_off_by_hand(sim, begin, proof):
    ear = Ear()
    driver = begin(ear, proof=proof)
    ear.hears(Found)
    driver.print("job 1", receipt(name="李平"))
    ear.hears(Printed, job="job 1")
    assert sim.state()["piece_count"] == 0  # no knife
    sim.do("tear")
    (piece,) = sim.pieces
    assert piece["text"].split()[0] == plain(receipt(), 384).split()[0]
    assert "扫码查验本凭证" in piece["text"].replace("\n", "")


def test_a_profile_that_promises_the_process_id_is_called_wrong(sim, begin):
    ear = Ear()
    begin(ear, proof=Proof.PROCESS_ID)
    lost = ear.hears(Lost)
    assert lost.trouble is Trouble.WRONG_DEVICE
    assert "process-id" in lost.detail and "profile" in lost.detail


@pytest.mark.parametrize(("stop", "cure"), [("paper_out", "load_paper"), ("open_cover", "close_cover")])
def test_stopped_half_way_it_is_doubtful_here_too_and_the_rest_never_comes_out(sim, begin, stop, cure):
    ear = Ear()
    driver = begin(ear, proof=Proof.BEST)
    ear.hears(Found)
    sim.do("paper_out_after", lines=6) if stop == "paper_out" else sim.do("speed", mm_s=25.0)
    driver.print("job 1", receipt())
    if stop == "open_cover":
        while "户号" not in sim.state()["uncut_text"]:
            pass
        sim.do("open_cover")
    assert ear.hears(NotPrinted, job="job 1").unknown
    sim.do("speed", mm_s=2000.0)
    sim.do(cure)
    while not ear.hears(PrinterSays).state.ready:
        pass
    driver.print("job 2", Document("", (Text("下一位"),)))
    ear.hears(Printed, job="job 2")
    sim.do("tear")
    assert not any("扫码查验" in piece["text"].replace("\n", "") for piece in sim.pieces)
    assert "下一位" in sim.pieces[-1]["text"]
    assert not [event for event in ear.answers("job 1") if isinstance(event, Printed)]


@pytest.mark.parametrize("knows", [True, False])
def test_the_best_proof_is_found_out_again_when_another_model_stands_there(begin, sim, knows):
    sim.do("process_id", on=not knows)
    ear = Ear()
    driver = begin(ear, proof=Proof.BEST)
    ear.hears(Found)
    sim.do("unplug")
    ear.hears(Lost)
    sim.do("process_id", on=knows)
    sim.do("plug")
    ear.hears(Found)
    asked = sim.state()["commands"].get("GS r", 0)
    driver.print("job 1", Document("", (Text("水费"),)))
    ear.hears(Printed, job="job 1")
    assert (sim.state()["commands"].get("GS r", 0) > asked) is not knows
