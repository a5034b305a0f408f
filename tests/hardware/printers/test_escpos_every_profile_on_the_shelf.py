"""Given each printer profile that is delivered, when the shelf builds its driver and the simulator is set by the same
profile, then a receipt of the kiosk comes out, is proven, and no character of it is missing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from hardware.contracts import Found, Printed
from hardware.printers import escpos_driver
from hardware.printers.plain import plain
from hardware.printers.profile import Coverage
from hardware.printers.sims import printer_sim
from hardware.shelf import Shelf, build
from kiosk.receipts import document
from tests.hardware.printers.escpos_papers import receipt_issued, site
from tests.hardware.printers.escpos_receipts import PATIENCE_S, Ear
from tests.hardware.printers.escpos_sim_bench import read_codes

PACKAGED = msgspec.toml.decode(
    (Path(__file__).parents[3] / "config" / "devices.toml").read_bytes(), type=Shelf
)


@pytest.mark.parametrize("name", [profile.name for profile in PACKAGED.printer_profile])
@pytest.mark.parametrize("transport", ["serial", "usb"])
def test_a_receipt_comes_out_of_each(tmp_path, monkeypatch, name, transport):
    monkeypatch.setattr(escpos_driver, "SETTLE_S", 0.2)
    port, baud = str(tmp_path / "printer"), 115200 if transport == "serial" else None
    plan = replace(PACKAGED.printer, transport=transport, port=port, baud=baud, profile=name)
    shelf = Shelf(printer=plan, printer_profile=PACKAGED.printer_profile)
    assert shelf.profile
    sim = printer_sim(shelf.profile, tmp_path / "printer", tmp_path / "paper")
    driver, ear = build(shelf).printer, Ear()
    slip = document(site(), receipt_issued(), 1)
    assert driver
    sim.start()
    driver.start(ear)
    try:
        identity = ear.hears(Found).identity
        driver.print("job 1", slip)
        ear.hears(Printed, job="job 1")
        until = time.monotonic() + PATIENCE_S
        while not (at_rest := not sim.state()["busy"]) and time.monotonic() < until:
            time.sleep(0.01)
        assert at_rest
        if not shelf.profile.cutter:
            sim.do("tear")
    finally:
        driver.close()
        sim.stop()
    assert shelf.profile.described in identity
    (piece,) = sim.pieces
    assert piece["cut"] is shelf.profile.cutter
    assert len(read_codes(piece["png"])) == 1
    assert "□" not in piece["text"]
    if shelf.profile.coverage is Coverage.RASTER:
        assert piece["text"] == ""
    else:
        said = [line.replace(" ", "") for line in plain(slip, shelf.profile.dots).splitlines()]
        rare = shelf.profile.coverage in (Coverage.GB2312, Coverage.GBK)  # 䶮 goes as dots there
        wanted = [li for li in said if li.strip("─") and "R1;" not in li and not (rare and "䶮" in li)]
        shown = [line.replace(" ", "") for line in piece["text"].splitlines()]
        assert [line for line in shown if line.strip("─")] == wanted


def test_a_start_reads_no_database_of_other_printers() -> None:
    look = (
        "import hardware.printers.serial_wire; from escpos.capabilities import CAPABILITIES as all_of_them;"
        "print(*all_of_them['profiles'])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["default"]
