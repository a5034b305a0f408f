"""Lamps, button, door and mains of the whole house: each hand on the simulated cabinet, each lamp on its wires."""

from __future__ import annotations

import pytest

from kiosk.cabinet_facts import DoorOpened
from tests.scenarios.lobby import Lobby

pytestmark = pytest.mark.slow


def lamps(lobby: Lobby, *burning: str) -> None:
    lobby.until(lambda: lobby.devices.look("panel")["lamps"] == list(burning), f"lamps {burning}")


def test_lamps_the_button_the_door_and_the_mains(lobby: Lobby) -> None:
    lamps(lobby)
    lobby.go("fee:water", "enter_account")
    lamps(lobby, "scanner")
    lobby.devices.do("keypad", "type", text="1002003001")
    lobby.devices.do("keypad", "press", key="enter")
    lobby.page("check")
    lobby.confirm()
    lobby.go("tender:cash", "cash")
    lamps(lobby, "slot")
    lobby.insert(20)

    lobby.devices.do("panel", "press_call")
    lamps(lobby, "slot", "beacon")
    lobby.devices.do("panel", "open_door")
    lobby.until(
        lambda: lobby.facts(DoorOpened) == [DoorOpened("door", "")], "the opened door is written down"
    )

    lobby.devices.do("panel", "mains_fail")
    lamps(lobby, "beacon")  # no new money
    lobby.devices.do("panel", "mains_return")
    lamps(lobby, "slot", "beacon")
    lobby.insert(20)
    lamps(lobby, "printer", "beacon")
    lobby.take_receipt()
    lamps(lobby, "beacon")
    lobby.agree()
