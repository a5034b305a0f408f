"""Given a printer behind a device file (the kernel's usblp, or one that is only written to), then the same holds as
on a serial line: nothing blocks, trouble has a name, and nobody says "printed" who can not know it.

The file is a pseudo-terminal behind which our simulator sits: what usblp itself does with a real printer was not
tried."""

from __future__ import annotations

import grp
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.contracts import (
    Document,
    Found,
    Lost,
    NotPrinted,
    Printed,
    PrinterSays,
    Text,
    Trouble,
)
from hardware.line import LineTrouble
from hardware.printers import escpos_driver, one_thread, wire
from hardware.printers.blind_driver import BlindPrinter
from hardware.printers.escpos_driver import EscposPrinter
from hardware.printers.escpos_sim import EscposSim
from hardware.printers.file_wire import FileWire
from hardware.printers.one_thread import OneThread
from hardware.printers.plain import plain
from hardware.printers.serial_wire import SerialWire
from hardware.shelf import PrinterPlan
from tests.hardware.printers.escpos_receipts import PATIENCE_S, Ear, profile, receipt

NEXT = Document("", (Text("下一位"),))


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    for module in (one_thread, escpos_driver):
        monkeypatch.setattr(module, "POLL_S", 0.3)
    monkeypatch.setattr(wire, "WRITE_LIMIT_S", 2.0)


class Desk:
    def __init__(self, folder: Path, kind: type[OneThread], *, answers: bool) -> None:
        self.link = folder / "lp0"
        self.sim = EscposSim("printer", self.link, folder / "paper")
        self.sim.start()
        self.ear = Ear()
        self.driver = kind("printer", FileWire(str(self.link), answers=answers), profile())
        self.driver.start(self.ear)

    def until(self, true: Any) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"it never happened; {self.ear.heard}"
            time.sleep(0.01)

    def papers(self) -> list[str]:
        return [piece["text"] for piece in self.sim.pieces if piece["text"]]

    def close(self) -> None:
        self.driver.close()
        self.sim.stop()


@pytest.fixture
def usb(tmp_path) -> Iterator[Desk]:
    desk = Desk(tmp_path, EscposPrinter, answers=True)
    yield desk
    desk.close()


@pytest.fixture
def blind(tmp_path) -> Iterator[Desk]:
    desk = Desk(tmp_path, BlindPrinter, answers=False)
    yield desk
    desk.close()


# ---- USB: the file answers


def test_a_receipt_on_usb_comes_out_and_is_proven(usb):
    assert "USB" in usb.ear.hears(Found).identity
    usb.driver.print("job 1", receipt())
    usb.ear.hears(Printed, job="job 1")
    (paper,) = usb.papers()
    assert paper.splitlines()[0].strip() == plain(receipt(), 576).splitlines()[0].strip()


def test_the_cover_on_usb_is_told_between_customers(usb):
    usb.ear.hears(Found)
    usb.sim.do("open_cover")
    while not usb.ear.hears(PrinterSays).state.cover_open:
        pass


@pytest.mark.parametrize("cut", ["power", "cable"])
def test_a_printer_that_goes_away_in_a_job_is_opened_again_by_itself(usb, cut):
    usb.ear.hears(Found)
    usb.sim.do("speed", mm_s=25.0)
    usb.driver.print("job 1", receipt())
    usb.until(lambda: "户号" in usb.sim.state()["uncut_text"])
    usb.sim.power_cut() if cut == "power" else usb.sim.do("unplug")
    assert usb.ear.hears(NotPrinted, job="job 1").unknown
    usb.ear.hears(Lost)
    usb.sim.do("speed", mm_s=2000.0)
    usb.sim.power_on() if cut == "power" else usb.sim.do("plug")
    usb.ear.hears(Found)
    usb.driver.print("job 2", NEXT)
    usb.ear.hears(Printed, job="job 2")
    usb.until(lambda: "下一位" in usb.papers())  # alone on its paper


def test_a_printer_that_fetches_no_bytes_blocks_nobody(usb):
    usb.ear.hears(Found)
    usb.sim.do("stop_reading", on=True)
    usb.driver.print("job 1", receipt())
    assert not usb.ear.hears(NotPrinted, job="job 1").unknown
    assert usb.ear.hears(Lost).trouble is Trouble.SILENT
    usb.sim.do("stop_reading", on=False)
    usb.ear.hears(Found)


# ---- a file that is only written to


def test_what_is_never_heard_is_never_called_printed(blind):
    found = blind.ear.hears(Found)
    assert "NO STATUS" in found.identity
    assert blind.ear.hears(PrinterSays).state.ready  # on trust, as the configuration asks
    blind.driver.print("job 1", receipt())
    blind.driver.print("job 2", NEXT)
    for job in ("job 1", "job 2"):
        answer = blind.ear.hears(NotPrinted, job=job)
        assert answer.unknown and "status = false" in answer.detail
    blind.until(lambda: len(blind.papers()) == 2)
    assert blind.papers()[1] == "下一位"
    assert not [event for event in blind.ear.heard if isinstance(event, Printed)]


def test_a_file_that_vanishes_and_comes_back_is_opened_again(blind):
    blind.ear.hears(Found)
    blind.sim.do("unplug")
    assert blind.ear.hears(Lost).trouble is Trouble.NO_PORT
    blind.driver.print("job 1", receipt())
    assert not blind.ear.hears(NotPrinted, job="job 1").unknown
    blind.sim.do("plug")
    blind.ear.hears(Found)
    blind.driver.print("job 2", NEXT)
    blind.until(lambda: blind.papers() == ["下一位"])


def test_a_file_that_blocks_in_a_job_leaves_it_doubtful_and_the_next_paper_is_whole(blind):
    blind.ear.hears(Found)
    blind.sim.do("stop_reading", on=True)
    long = Document("", (Text("长" * 6000),))
    blind.driver.print("job 1", long)
    answer = blind.ear.hears(NotPrinted, job="job 1")
    assert answer.unknown and "took" in answer.detail
    blind.sim.do("stop_reading", on=False)
    blind.ear.hears(Found)
    blind.driver.print("job 2", NEXT)
    blind.until(lambda: "下一位" in blind.papers())


# ---- the file itself


def test_a_missing_device_file_never_becomes_a_file_that_takes_receipts(tmp_path):
    port = tmp_path / "lp0"
    for answers in (True, False):
        with pytest.raises(LineTrouble, match="no such device file") as caught:
            FileWire(str(port), answers=answers).open()
        assert caught.value.trouble is Trouble.NO_PORT
    assert not port.exists()


def test_one_program_at_a_time(tmp_path):
    port = tmp_path / "lp0"
    port.touch()
    first, second = (FileWire(str(port), answers=True) for _ in range(2))
    first.open()
    with pytest.raises(LineTrouble, match="another program") as caught:
        second.open()
    assert caught.value.trouble is Trouble.BUSY_PORT
    first.close()
    second.open()
    second.close()


@pytest.mark.parametrize("kind", ["file", "serial"])
def test_without_permission_the_group_is_named(tmp_path, monkeypatch, kind):
    port = tmp_path / "lp0"
    port.touch()
    group = grp.getgrgid(port.stat().st_gid).gr_name
    real = os.open

    def refusing(path: Any, *given: Any, **more: Any) -> int:
        if os.fspath(path) == str(port):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *given, **more)

    monkeypatch.setattr(os, "open", refusing)  # tests run as root, whom no file refuses
    wires = {"file": FileWire(str(port), answers=True), "serial": SerialWire(str(port), 9600)}
    with pytest.raises(LineTrouble, match=f"group {group}") as caught:
        wires[kind].open()
    assert caught.value.trouble is Trouble.NO_PERMISSION


def test_packets_of_no_length_are_silence_and_cost_no_time(tmp_path):
    port = tmp_path / "lp0"
    port.touch()  # a plain file is always readable and holds nothing
    wire = FileWire(str(port), answers=True)
    wire.open()
    began = time.process_time()
    assert wire.read(0.5) == b""
    assert time.process_time() - began < 0.25
    wire.close()


def test_a_name_that_leads_to_another_printer_is_noticed(tmp_path):
    old, new, port = tmp_path / "old", tmp_path / "new", tmp_path / "lp"
    old.touch(), new.touch()
    port.symlink_to(old)
    wire = FileWire(str(port), answers=False)
    wire.open()
    assert wire.read(0) == b""
    port.unlink()
    port.symlink_to(new)
    with pytest.raises(LineTrouble, match="vanished"):
        wire.read(0)
    wire.close()


def test_a_pipe_that_nobody_reads_is_no_printer(tmp_path):
    port = tmp_path / "lp0"
    os.mkfifo(port)
    assert stat.S_ISFIFO(port.stat().st_mode)
    with pytest.raises(LineTrouble, match=re.escape(str(port))) as caught:
        FileWire(str(port), answers=False).open()
    assert caught.value.trouble is Trouble.NO_PORT


@pytest.mark.parametrize(
    ("table", "driver", "says"),
    [
        ({"transport": "serial", "baud": 9600}, EscposPrinter, "9600 baud"),
        ({"transport": "usb"}, EscposPrinter, "USB"),
        ({"transport": "file", "status": False}, BlindPrinter, "NO STATUS"),
        ({"transport": "serial", "baud": 9600, "status": False}, BlindPrinter, "NO STATUS"),
    ],
)
def test_the_shelf_builds_what_is_configured(table, driver, says):
    plan = PrinterPlan(driver="escpos", port="/dev/kiosk/printer", profile="80mm", **table)
    built = plan.build("printer", profile())
    assert type(built) is driver
    assert says in built._identity


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"transport": "usb", "baud": 9600}, "baud"),
        ({"transport": "serial"}, "baud"),
        ({"transport": "file"}, "never ready"),
        ({"transport": "network"}, "network"),
        ({"transport": "usb", "prot": "/dev/usb/lp0"}, "prot"),
    ],
)
def test_a_table_that_can_not_work_stops_the_start_with_a_sentence(table, says):
    usual = {"driver": "escpos", "port": "/dev/kiosk/printer", "profile": "80mm"}
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(usual | table, PrinterPlan)


def test_more_dots_than_paper_are_refused():
    with pytest.raises(ValueError, match="wider than paper of 58 mm"):
        profile(paper_mm=58, dots=576)
