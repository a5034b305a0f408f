"""docs/wiring.md, config/devices.toml and the simulated cabinet name the same pins; a pin is named once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from hardware.panel import panel_sim
from hardware.shelf import PanelPlan, Shelf

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", re.MULTILINE)
# BCM number → pin of the 40-pin header, from the Raspberry Pi's documentation
HEADER = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22,
    11: 23, 8: 24, 7: 26, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
SIMULATED = {
    **{f"{name}_lamp": pin for name, pin in panel_sim.LAMPS.items() if name != "beacon"},
    "beacon": panel_sim.LAMPS["beacon"],
    "call_button": panel_sim.CALL,
    "door_switch": panel_sim.DOOR,
    "box_switch": panel_sim.CASH_BOX,
    "presence": panel_sim.PRESENCE,
    "mains": panel_sim.MAINS,
}


def configured() -> dict[str, int]:
    panel = tomllib.loads((ROOT / "config/devices.toml").read_text(encoding="utf-8"))["panel"]
    return {key: value for key, value in panel.items() if isinstance(value, int)}


def written() -> dict[str, tuple[int, int]]:
    text = (ROOT / "docs/wiring.md").read_text(encoding="utf-8")
    return {key: (int(bcm), int(pin)) for key, bcm, pin in ROW.findall(text)}


def test_all_three_agree():
    assert {key: bcm for key, (bcm, _) in written().items()} == configured() == SIMULATED


def test_the_header_pins_are_right():
    assert all(HEADER[bcm] == pin for bcm, pin in written().values())


def test_lamps_stay_dark_while_it_boots():
    lamps = [bcm for key, bcm in configured().items() if key.endswith("_lamp") or key == "beacon"]
    assert all(bcm >= 9 for bcm in lamps), "GPIO 0 to 8 are pulled up by the chip from reset on"


@pytest.mark.parametrize(
    ("pins", "why"),
    [
        ({"slot_lamp": 13, "mains": 13}, "pin 13 is named by slot_lamp and mains"),
        ({"slot_lamp": 1}, "slot_lamp"),
        ({"door_switch": 28}, "door_switch"),
        ({"doorbell": 5}, "doorbell"),
    ],
)
def test_a_mistake_in_the_pins_is_named(pins, why):
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.convert({"driver": "gpio", "source": "lgpio", **pins}, PanelPlan)


@pytest.mark.parametrize(
    ("pulse_line", "inhibit_line", "chip", "why"),
    [
        (13, 27, "/dev/gpiochip0", "pin 13 is named by acceptor.pulse.pulse_line and panel.slot_lamp"),
        (17, 25, "/dev/gpiochip4", "pin 25 is named by acceptor.pulse.inhibit_line and panel.mains"),
        (17, 17, "/dev/gpiochip0", "pin 17 is named by pulse_line and inhibit_line"),
        (13, 25, "/dev/gpiochip2", ""),  # another chip has pins of its own
        (17, 27, "/dev/gpiochip0", ""),
    ],
)
def test_an_acceptor_by_pulses_has_pins_of_its_own(pulse_line, inhibit_line, chip, why):
    pulse = {"yuan_per_pulse": 5, "pulse_ms": 50, "pause_ms": 100, "inhibit_level": 1}
    pulse |= {"pulse_line": pulse_line, "inhibit_line": inhibit_line}
    acceptor = {"driver": "pulse", "port": chip, "notes_yuan": [5], "box_notes": 500, "pulse": pulse}
    tables = {"acceptor": acceptor, "panel": {"driver": "gpio", "source": "lgpio", **configured()}}
    if why:
        with pytest.raises(msgspec.ValidationError, match=why):
            msgspec.convert(tables, Shelf)
    else:
        assert msgspec.convert(tables, Shelf).acceptor.pulse


def test_what_is_not_wired_is_left_out():
    plan = msgspec.convert({"driver": "gpio", "source": "lgpio", "beacon": 16}, PanelPlan)
    panel = plan.build("panel")
    assert (len(panel._lamps), len(panel._contacts)) == (1, 0)
