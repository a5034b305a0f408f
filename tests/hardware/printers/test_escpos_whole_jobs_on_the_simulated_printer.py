"""Given the simulated printer at the other end of a cable, when things go wrong at any moment of a job, then
what the driver says is what is on paper."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.contracts import (
    Document,
    Found,
    Lost,
    NotPrinted,
    Paper,
    Printed,
    PrinterSays,
    Size,
    Text,
    Trouble,
)
from hardware.printers import escpos_driver, interview, one_thread, wire
from hardware.printers.escpos_sim import EscposSim
from hardware.printers.plain import plain
from hardware.printers.profile import Proof
from tests.hardware.printers.escpos_receipts import PATIENCE_S, QR, Ear, receipt, serial_printer

SLOW_MM_S = 25.0  # a receipt of some 20 cm takes 8 s: time enough to disturb it
DOTS = 576
CUT_SHORT = (Trouble.SILENT, Trouble.GARBAGE)  # it fell silent, perhaps within an answer


class Kiosk:
    """The driver, the simulated printer, and an ear between them."""

    def __init__(self, folder: Path, proof: str = "process-id", **printer: Any) -> None:
        self.sim = EscposSim("printer", folder / "printer", folder / "paper", DOTS, **printer)
        self.ear = Ear()
        baud = printer.get("baud", 115200)
        self.driver = serial_printer(folder / "printer", baud, proof=Proof(proof))

    def __enter__(self) -> Kiosk:
        self.sim.start()
        self.driver.start(self.ear)
        self.ear.hears(Found)
        assert self.ear.hears(PrinterSays).state.ready
        self.until(lambda: not self.sim.state()["busy"])
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.close()
        self.sim.stop()

    def until(self, true: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"it never happened; {self.ear.heard}"
            time.sleep(0.01)

    def half_way(self, job: str, document: Document) -> None:
        """Begin the job, slowly, and come back while it is being printed."""
        self.sim.do("speed", mm_s=SLOW_MM_S)
        self.driver.print(job, document)
        self.until(lambda: "户号" in self.sim.state()["uncut_text"])

    def is_ready(self) -> bool:
        return [event for event in self.ear.heard if isinstance(event, PrinterSays)][-1].state.ready

    def pieces(self) -> list[str]:
        """The texts of all pieces of paper with something on them."""
        return [piece["text"] for piece in self.sim.pieces if piece["text"]]


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """The same waits, shorter."""
    for module in (one_thread, escpos_driver):
        monkeypatch.setattr(module, "POLL_S", 0.3)
    monkeypatch.setattr(escpos_driver, "PROOF_LIMIT_S", 10.0)
    monkeypatch.setattr(wire, "WRITE_LIMIT_S", 3.0)


@pytest.fixture
def kiosk(tmp_path) -> Iterator[Kiosk]:
    with Kiosk(tmp_path) as kiosk:
        yield kiosk


def words(text: str) -> list[str]:
    """What is said, without rules and the spaces that lay it out."""
    return [line.replace(" ", "") for line in text.splitlines() if line.strip(" ─") and QR not in line]


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("proof", ["process-id", "queued-status"])
def test_a_receipt_comes_out_whole(tmp_path, size, proof):
    with Kiosk(tmp_path, proof) as kiosk:
        kiosk.driver.print("job 1", receipt(size))
        kiosk.ear.hears(Printed, job="job 1")
        kiosk.until(lambda: kiosk.pieces())
        (piece,) = (piece for piece in kiosk.sim.pieces if piece["text"])
    assert words(piece["text"]) == words(plain(receipt(size), DOTS))
    assert piece["qr"] == [QR]
    assert piece["cut"]


@pytest.mark.parametrize("font", ["gb2312", "gbk", "gb18030-2"])
def test_a_printer_that_enlarges_chinese_by_its_own_command_only_prints_the_same(tmp_path, font):
    texts = []
    for only in (True, False):
        with Kiosk(tmp_path / str(only), font_coverage=font, gs_magnifies_hanzi=only) as kiosk:
            kiosk.driver.print("job 1", receipt(name="李平"))
            kiosk.ear.hears(Printed, job="job 1")
            texts += kiosk.pieces()
    assert texts[0] == texts[1]


def test_a_name_that_the_font_lacks_is_drawn_and_the_rest_is_text(kiosk):
    kiosk.driver.print("job 1", receipt(name="𠮷田"))
    kiosk.ear.hears(Printed, job="job 1")
    (text,) = kiosk.pieces()
    assert "应缴" in text
    assert "户名" not in text
    assert kiosk.sim.state()["commands"]["GS v 0"] > 0


def test_jobs_come_out_one_after_the_other_each_on_its_own_paper(kiosk):
    for n in range(5):
        kiosk.driver.print(f"job {n}", Document("", (Text(f"第{n}张"),)))
    for n in range(5):
        kiosk.ear.hears(Printed, job=f"job {n}")
    assert kiosk.pieces() == [f"第{n}张" for n in range(5)]


def test_text_in_a_receipt_can_neither_cut_nor_open_a_drawer(kiosk):
    before = kiosk.sim.state()["piece_count"]
    kiosk.driver.print("job 1", receipt(name="\x1bp\x00\x19\xfa\x1dV\x00\x10\x14\x01\x00\x05李"))
    kiosk.ear.hears(Printed, job="job 1")
    assert kiosk.sim.state()["piece_count"] == before + 1
    assert kiosk.sim.state()["drawer_kicks"] == []


#   what happens half way through a job   what the state then says             what puts it right
STOPS = {
    "the paper ends": ("paper_out", lambda state: state.paper is Paper.OUT, "load_paper"),
    "the cover is opened": ("open_cover", lambda state: state.cover_open, "close_cover"),
    "the printer fails": ("break_down", lambda state: state.failed, "clear"),
}


@pytest.mark.parametrize("goes_on", ["by itself", "when told to"])
@pytest.mark.parametrize(("stop", "told", "cure"), STOPS.values(), ids=STOPS)
def test_a_job_that_is_stopped_is_doubtful_and_its_rest_never_comes_out(kiosk, stop, told, cure, goes_on):
    kiosk.sim.do("resumes_by_itself", on=goes_on == "by itself")
    kiosk.half_way("job 1", receipt())
    kiosk.sim.do(stop)
    answer = kiosk.ear.hears(NotPrinted, job="job 1")
    assert answer.unknown
    assert told(answer.state)
    assert not answer.state.ready
    kiosk.until(lambda: kiosk.sim.state()["buffer_bytes"] == 0)
    # when staff put it right, and the next customer pays
    kiosk.sim.do("speed", mm_s=2000.0)
    kiosk.sim.do(cure)
    kiosk.until(kiosk.is_ready)
    kiosk.driver.print("job 2", Document("", (Text("下一位"),)))
    kiosk.ear.hears(Printed, job="job 2")
    kiosk.until(lambda: "下一位" in kiosk.pieces())  # alone on its paper
    assert sum("城南供电所" in text for text in kiosk.pieces()) == 1
    assert not [text for text in kiosk.pieces() if "扫码查验" in text]
    assert len(kiosk.ear.answers("job 1")) == 1


def test_paper_that_ends_with_the_last_line_but_before_the_cut_is_no_proof(kiosk):
    kiosk.sim.do("paper_out_after", lines=10)
    kiosk.driver.print("job 1", receipt())
    answer = kiosk.ear.hears(NotPrinted, job="job 1")
    assert answer.unknown
    assert answer.state.paper is Paper.OUT


def test_a_stuck_knife_makes_the_job_doubtful_and_staff_can_cure_it(kiosk):
    kiosk.sim.do("jam_cutter")
    kiosk.driver.print("job 1", receipt())
    assert kiosk.ear.hears(NotPrinted, job="job 1").unknown
    kiosk.sim.do("clear")
    kiosk.until(kiosk.is_ready)
    kiosk.driver.print("job 2", receipt())
    kiosk.ear.hears(Printed, job="job 2")


def test_power_lost_half_way_is_doubtful_and_the_printer_is_found_again(kiosk):
    kiosk.half_way("job 1", receipt())
    kiosk.sim.power_cut()
    answer = kiosk.ear.hears(NotPrinted, job="job 1")
    assert answer.unknown
    assert kiosk.ear.hears(Lost).trouble in CUT_SHORT
    # and a customer who comes meanwhile is told so at once, without a byte sent
    kiosk.driver.print("job 2", receipt())
    assert not kiosk.ear.hears(NotPrinted, job="job 2").unknown
    kiosk.sim.do("speed", mm_s=2000.0)
    kiosk.sim.power_on()
    kiosk.ear.hears(Found)
    kiosk.driver.print("job 3", Document("", (Text("下一位"),)))
    kiosk.ear.hears(Printed, job="job 3")
    kiosk.until(lambda: "下一位" in kiosk.pieces())


def test_power_lost_and_back_within_a_job_does_not_pass_for_printed(kiosk):
    kiosk.half_way("job 1", receipt())
    kiosk.sim.power_cut()
    kiosk.sim.power_on()
    assert kiosk.ear.hears(NotPrinted, job="job 1").unknown
    assert not [event for event in kiosk.ear.answers("job 1") if isinstance(event, Printed)]


def test_a_cable_pulled_and_put_back(kiosk):
    kiosk.sim.do("unplug")
    assert kiosk.ear.hears(Lost).trouble is Trouble.NO_PORT
    kiosk.sim.do("plug")
    kiosk.ear.hears(Found)
    kiosk.driver.print("job 1", receipt())
    kiosk.ear.hears(Printed, job="job 1")


def test_a_cable_pulled_half_way(kiosk):
    kiosk.half_way("job 1", receipt())
    kiosk.sim.do("unplug")
    assert kiosk.ear.hears(NotPrinted, job="job 1").unknown
    kiosk.sim.do("speed", mm_s=2000.0)
    kiosk.sim.do("plug")
    kiosk.ear.hears(Found)
    kiosk.driver.print("job 2", receipt())
    kiosk.ear.hears(Printed, job="job 2")


def test_a_printer_that_falls_silent_half_way(kiosk):
    kiosk.half_way("job 1", receipt())
    kiosk.sim.do("silent", on=True)
    assert kiosk.ear.hears(NotPrinted, job="job 1").unknown
    assert kiosk.ear.hears(Lost).trouble in CUT_SHORT
    kiosk.sim.do("silent", on=False)
    kiosk.ear.hears(Found)


def test_a_printer_that_stops_reading_blocks_nobody(kiosk):
    kiosk.sim.do("stop_reading", on=True)
    kiosk.driver.print("job 1", receipt())
    assert not kiosk.ear.hears(NotPrinted, job="job 1").unknown  # it was silent before anything was sent
    kiosk.sim.do("stop_reading", on=False)
    kiosk.ear.hears(Found)
    kiosk.driver.print("job 2", receipt())
    kiosk.ear.hears(Printed, job="job 2")


def test_a_proof_that_is_lost_is_missed_and_the_receipt_is_doubtful_though_it_came_out(kiosk):
    kiosk.sim.do("drop_process_id", n=1)
    kiosk.driver.print("job 1", receipt())
    assert kiosk.ear.hears(NotPrinted, job="job 1").unknown
    assert len(kiosk.pieces()) == 1  # which is why "unknown" is said, and not "nothing was sent"
    kiosk.driver.print("job 2", receipt())
    kiosk.ear.hears(Printed, job="job 2")


def test_a_hot_head_makes_a_job_late_and_not_doubtful(kiosk):
    kiosk.half_way("job 1", receipt())
    kiosk.sim.do("overheat")
    kiosk.until(lambda: not kiosk.is_ready())
    kiosk.sim.do("speed", mm_s=2000.0)
    kiosk.sim.do("clear")
    kiosk.ear.hears(Printed, job="job 1")


@pytest.mark.parametrize(
    "disturbance",
    [
        ("split_replies", {}),
        ("delay_status", {"ms": 200}),
        ("status_garbage", {"n": 1}),
        ("paper_near_end", {}),
    ],
    ids=lambda disturbance: disturbance[0],
)
def test_what_only_disturbs_does_not_stop_a_job(kiosk, disturbance):
    action, given = disturbance
    kiosk.sim.do(action, **given)
    kiosk.driver.print("job 1", receipt())
    kiosk.ear.hears(Printed, job="job 1")


def test_status_that_stays_garbage_is_never_believed(kiosk):
    kiosk.sim.do("status_garbage", n=interview.TRIES)
    assert kiosk.ear.hears(Lost).trouble is Trouble.GARBAGE
    kiosk.ear.hears(Found)  # when it is over


@pytest.mark.parametrize("action", ["paper_out", "open_cover", "offline"])
def test_what_happens_between_customers_is_told_without_a_job(kiosk, action):
    kiosk.sim.do(action)
    assert not kiosk.ear.hears(PrinterSays).state.ready


#   on a slow line a question stands behind all that was sent before it
REAL_SPEEDS = {9600: receipt(), 19200: Document("", (Text("𠮷" * 36),)), 115200: receipt()}


@pytest.mark.parametrize(("baud", "document"), REAL_SPEEDS.items(), ids=map(str, REAL_SPEEDS))
def test_on_a_line_of_real_speed_a_receipt_is_proven(tmp_path, baud, document, monkeypatch):
    monkeypatch.setattr(escpos_driver, "RECOVERY_LIMIT_S", 30.0)
    with Kiosk(tmp_path, baud=baud) as kiosk:
        kiosk.driver.print("job 1", document)
        kiosk.ear.hears(Printed, job="job 1")
        assert not [event for event in kiosk.ear.heard if isinstance(event, Lost)]
