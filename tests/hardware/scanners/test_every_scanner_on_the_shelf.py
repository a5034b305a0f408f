"""Whatever scanner the configuration names, the simulated house has it, and its codes arrive."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hardware import shelf
from hardware.contracts import CodeRead, Found, Lost, Trouble
from hardware.control import Request
from hardware.simulators import world_at
from kiosk import site
from kiosk.simulation import simulated
from tests.hardware.scanners.scanner_places import Heard

ROOT = Path(__file__).resolve().parents[3]
TYPES = {"serial": 'driver = "serial"\nbaud = 9600', "evdev": 'driver = "evdev"'}
BILL = "W1002003001"


def configured(folder: Path, driver: str) -> site.Site:
    """As the site's own `devices.toml` would name it."""
    text = (ROOT / "config" / "devices.toml").read_text()
    table = f'[scanner]\n{TYPES[driver]}\nport = "/dev/kiosk/scanner"\n\n[panel]'
    folder.mkdir()
    (folder / "devices.toml").write_text(re.sub(r"\[scanner\].*?\[panel\]", table, text, flags=re.DOTALL))
    return site.load(folder)


@pytest.mark.parametrize("driver", TYPES)
def test_a_code_is_read_and_a_cable_pulled(tmp_path: Path, driver: str) -> None:
    plan = simulated(configured(tmp_path / "config", driver), tmp_path).devices
    world = world_at(tmp_path, None, plan)
    scanner: Any = next(s for s in shelf.build(plan).scanners if s.name == "scanner")
    heard = Heard()
    world.start()
    scanner.start(heard)
    try:
        heard.until_kind(Found)
        scanner.look()
        world.act(Request("scan", "scanner", {"text": BILL}))
        heard.until_code()
        assert heard.codes == [CodeRead(device="scanner", text=BILL)]
        world.act(Request("unplug", "scanner"))
        heard.until_kind(Lost)
        world.act(Request("plug", "scanner"))
        heard.until_kind(Found, 2)
        assert [lost.trouble for lost in heard.events if isinstance(lost, Lost)] == [Trouble.NO_PORT]
    finally:
        scanner.close()
        world.stop()
