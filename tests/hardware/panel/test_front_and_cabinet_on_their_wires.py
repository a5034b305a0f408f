"""The front and the cabinet on gpiozero's mock pins: somebody presses, opens, pulls, cuts; lamps follow."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from hardware.contracts import Found, Lost, Trouble
from hardware.panel.contract import CallPressed, Guarded, GuardIs, Lamp, MainsAre, SomebodyNear
from hardware.panel.gpio_driver import GpioPanel
from hardware.panel.panel_sim import PanelSim
from hardware.simulated import NotPossible, Pty
from tests.hardware.panel.panel_places import CONTACTS, LAMPS, Heard, Place, wait_until


def door(open: bool) -> GuardIs:
    return GuardIs(device="panel", what=Guarded.DOOR, open=open)


def test_at_the_start_a_cabinet_in_order_tells_that_it_is_closed_and_has_mains(cabinet: Place) -> None:
    cabinet.heard.until(GuardIs, 2)
    cabinet.heard.until(MainsAre)
    assert {(g.what, g.open) for g in cabinet.heard.of(GuardIs)} == {
        (Guarded.DOOR, False),
        (Guarded.CASH_BOX, False),
    }
    assert cabinet.heard.of(MainsAre) == [MainsAre(device="panel", on=True)]
    assert not cabinet.heard.of(CallPressed) and not cabinet.heard.of(SomebodyNear)


def test_lamps_burn_as_told_and_only_those(cabinet: Place) -> None:
    for lamps in ({Lamp.SLOT}, {Lamp.PRINTER, Lamp.BEACON}, set(Lamp), set()):
        cabinet.driver.light(frozenset(lamps))
        names = [lamp.value for lamp in Lamp if lamp in lamps]
        wait_until(lambda names=names: cabinet.sim.state()["lamps"] == names)


def test_each_person_and_each_hand_is_told(cabinet: Place) -> None:
    cabinet.heard.until(GuardIs, 2)
    cabinet.do("press_call")
    cabinet.heard.until(CallPressed, 1)
    cabinet.do("come_near")
    cabinet.heard.until(SomebodyNear, 1)
    cabinet.do("open_door")
    assert cabinet.heard.until(GuardIs, 3)[-1] == door(open=True)
    cabinet.do("pull_box")
    assert cabinet.heard.until(GuardIs, 4)[-1].what is Guarded.CASH_BOX
    cabinet.do("put_box")
    cabinet.heard.until(GuardIs, 5)
    cabinet.do("close_door")
    assert cabinet.heard.until(GuardIs, 6)[-1] == door(open=False)


def test_contacts_that_tremble_are_one_press(cabinet: Place) -> None:
    cabinet.heard.until(GuardIs, 2)
    cabinet.do("bounce", times=3)
    cabinet.do("press_call")
    cabinet.do("come_near")
    cabinet.heard.until(SomebodyNear)  # later than any second press could be
    assert len(cabinet.heard.of(CallPressed)) == 1


@pytest.mark.parametrize("wire", ["door", "cash_box", "mains"])
def test_a_cut_wire_is_noticed_for_the_circuits_are_closed(cabinet: Place, wire: str) -> None:
    kind, first = (MainsAre, 1) if wire == "mains" else (GuardIs, 2)
    cabinet.heard.until(kind, first)

    cabinet.do("cut_wire", wire=wire)

    event = cabinet.heard.until(kind, first + 1)[-1]
    assert event == (
        MainsAre(device="panel", on=False)
        if wire == "mains"
        else GuardIs(device="panel", what=Guarded(wire), open=True)
    )


def test_mains_fail_and_return(cabinet: Place) -> None:
    cabinet.heard.until(MainsAre)
    cabinet.do("mains_fail")
    cabinet.heard.until(MainsAre, 2)
    cabinet.do("mains_return")
    assert [m.on for m in cabinet.heard.until(MainsAre, 3)] == [True, False, True]


def test_wires_that_are_pulled_out_are_lost_and_found_again_with_everything_told_anew(cabinet: Place) -> None:
    cabinet.heard.until(GuardIs, 2)
    cabinet.driver.light(frozenset({Lamp.SLOT}))

    cabinet.do("unplug")
    lost = cabinet.heard.until(Lost)[-1]
    assert (lost.trouble, "panel" in lost.detail) == (Trouble.NO_PORT, True)
    cabinet.do("open_door")
    cabinet.do("plug")

    cabinet.heard.until(Found, 2)
    told = cabinet.heard.until(GuardIs, 4)[2:]
    assert {(g.what, g.open) for g in told} == {(Guarded.DOOR, True), (Guarded.CASH_BOX, False)}
    wait_until(lambda: cabinet.sim.state()["lamps"] == ["slot"])


def test_a_power_cut_leaves_the_front_dark(cabinet: Place) -> None:
    cabinet.driver.light(frozenset({Lamp.SLOT}))
    wait_until(lambda: cabinet.sim.state()["lamps"] == ["slot"])
    cabinet.sim.power_cut()
    assert cabinet.sim.state()["lamps"] == []
    cabinet.heard.until(Lost)
    cabinet.sim.power_on()
    wait_until(lambda: cabinet.sim.state()["lamps"] == ["slot"])


def test_the_driver_that_closes_leaves_no_lamp_burning(tmp_path) -> None:
    port, heard = tmp_path / "panel", Heard()
    sim = PanelSim("panel", port)
    sim.start()
    driver = GpioPanel("panel", str(port), LAMPS, CONTACTS)
    driver.start(heard)
    driver.light(frozenset(Lamp))
    wait_until(lambda: len(sim.state()["lamps"]) == len(Lamp))
    driver.close()
    wait_until(lambda: sim.state()["lamps"] == [])
    sim.stop()


@pytest.mark.parametrize(
    ("says", "trouble"),
    [
        (b"?\n", Trouble.GARBAGE),  # it only echoes
        (b"99=0\n.\n", Trouble.GARBAGE),  # no such pin on the header
        (b"x" * 200, Trouble.GARBAGE),
        (b"", Trouble.SILENT),
    ],
)
def test_a_line_that_is_no_wire_loom_is_named(tmp_path, says: bytes, trouble: Trouble) -> None:
    heard = Heard()
    pty: Pty = Pty(tmp_path / "panel", lambda data: pty.send(says) if says else None)
    driver = GpioPanel("panel", str(tmp_path / "panel"), LAMPS, CONTACTS)
    driver.start(heard)
    assert heard.until(Lost)[0].trouble is trouble
    driver.close()
    pty.close()


@pytest.mark.skipif(os.path.exists("/dev/gpiochip0"), reason="this machine has a GPIO header")
def test_without_a_header_the_operator_is_told_what_to_do() -> None:
    heard = Heard()
    driver = GpioPanel("panel", "lgpio", LAMPS, CONTACTS)
    driver.start(heard)
    lost = heard.until(Lost)[0]
    driver.close()
    assert lost.trouble is Trouble.NO_PORT and "devices.toml" in lost.detail


@pytest.mark.skipif(find_spec("lgpio") is None, reason="no wheel of lgpio for this Python")
def test_the_pins_of_the_board_need_nothing_of_the_folder_that_the_doctor_was_called_in(tmp_path) -> None:
    """It may be the home of somebody else, where the core's user can not write: `sudo -u kiosk-core kiosk doctor`."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from hardware.panel.pins import load_lgpio as f; import os; f(); print(os.getcwd())",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
    )
    assert (told.stdout.strip(), told.stderr) == (str(tmp_path), "")
    assert list(tmp_path.iterdir()) == []


def test_hands_cannot_do_what_is_not_possible(tmp_path) -> None:
    sim = PanelSim("panel", tmp_path / "panel")
    sim.start()
    for action, given, why in [
        ("pull_box", {}, "behind the door"),
        ("close_door", {}, "closed already"),
        ("mains_return", {}, "on already"),
        ("mend_wire", {"wire": "door"}, "not cut"),
        ("cut_wire", {"wire": "antenna"}, "antenna"),
    ]:
        with pytest.raises(NotPossible, match=why):
            sim.do(action, **given)
    sim.stop()
