"""A core that died while printing leaves half a receipt in the slot: the next one cuts it off before the next
customer's. Where the journal knows of no doubtful paper, a start moves none."""

import asyncio
import os
import time

import pytest
from msgspec.structs import replace

from hardware.printers.escpos_sim import EscposSim
from hardware.shelf import PrinterPlan, Shelf
from kiosk.core import Core
from kiosk.identity import save_identity
from tests.kiosk.world import Kiosk, bill

PATIENCE_S = 60.0
HALF = ("上一位顾客的半张票\n" * 12).encode("gb18030")


@pytest.fixture
def printer(tmp_path):
    printer = EscposSim("printer", tmp_path / "printer", tmp_path / "paper")
    printer.start()
    fd = os.open(tmp_path / "printer", os.O_RDWR | os.O_NOCTTY)
    os.write(fd, HALF)  # what came out of it before
    os.close(fd)
    end = time.monotonic() + PATIENCE_S
    while printer.state()["uncut_text"].count("上") < 12 and time.monotonic() < end:
        time.sleep(0.01)
    yield printer
    printer.stop()


async def start_core(plan, state, run, printer) -> None:
    """Until it has found its printer and left it clean."""
    core = Core(plan, state, run)
    await core.start()
    end = time.monotonic() + PATIENCE_S
    while core._engine.state.house.printer is None and time.monotonic() < end:
        await asyncio.sleep(0.01)
    assert core._engine.state.house.printer is not None
    while printer.state()["busy"] and time.monotonic() < end:
        await asyncio.sleep(0.01)
    await core.stop()


@pytest.mark.parametrize("died_while_printing", [True, False])
def test_it_is_cut_off_only_where_a_paper_is_doubtful(tmp_path, printer, died_while_printing):
    kiosk = Kiosk(tmp_path / "state")
    if died_while_printing:
        kiosk.to_cash(bill("36.00"))
        kiosk.insert(20, 10, 5, 1)
    kiosk.journal.close()
    save_identity(kiosk.folder, kiosk.identity)
    shelf = kiosk.site.devices
    plan = PrinterPlan(
        driver="escpos", transport="serial", port=str(tmp_path / "printer"), baud=115200, profile="80mm"
    )
    site = replace(kiosk.site, devices=Shelf(printer=plan, printer_profile=shelf.printer_profile))
    (tmp_path / "r").mkdir()
    asyncio.run(start_core(site, kiosk.folder, tmp_path / "r", printer))
    if died_while_printing:
        (piece,) = printer.pieces
        assert piece["cut"] and piece["text"].count("上") == 12
    else:
        assert printer.pieces == []
