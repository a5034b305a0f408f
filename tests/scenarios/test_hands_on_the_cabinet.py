"""Lamps, button, door and mains of the whole house: each hand on the simulated cabinet, each lamp on its wires."""

from __future__ import annotations

import pytest

from kiosk.facts.cabinet import DoorOpened
from tests.scenarios.lobby import Lobby

pytestmark = pytest.mark.slow


def lamps(lobby: Lobby, *burning: str) -> None:
    lobby.until(lambda: lobby.devices.look("panel")["lamps"] == list(burning), f"lamps {burning}")


def test_lamps_the_button_the_door_and_the_mains(lobby: Lobby) -> None:
    lamps(lobby)
    lobby.go("fee:water", "enter_account")
    lamps(lobby, "scanner")
    type_on_pad(lobby, "1002003001")
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


def test_a_visit_by_the_tactile_keypad_alone(lobby: Lobby) -> None:
    """No finger on the glass: the core reads the pad, and the ring of the screens moves."""
    lobby.devices.do("panel", "close_door")
    lobby.devices.do("jack", "insert")
    lobby.until(lambda: lobby.look()["ring"] == "", "no ring yet")
    while lobby.look()["ring"] != "fee:water":
        before = lobby.look()["ring"]
        lobby.devices.do("keypad", "press", key="2")
        lobby.until(lambda before=before: lobby.look()["ring"] != before, "the ring moves")
    lobby.until(lambda: _pressed(lobby, "5", "enter_account"), "5 selects")
    type_on_pad(lobby, "1002003002")
    lobby.devices.do("jack", "pull")
    lobby.press("back")
    lobby.press("back")


def type_on_pad(lobby: Lobby, account: str) -> None:
    for digit in account:
        before = lobby.look()["view"]
        lobby.until(lambda digit=digit, before=before: _typed(lobby, digit, before), f"{digit} is typed")
    lobby.until(lambda: _pressed(lobby, "enter", "check"), "enter sends the number")


def _pressed(lobby: Lobby, key: str, page: str) -> bool:
    """Once more if it fell into the dead time after a change of page."""
    if lobby.look()["page"] != page:
        lobby.devices.do("keypad", "press", key=key)
        try:
            lobby.until_soon(lambda: lobby.look()["page"] == page)
        except TimeoutError:
            return False
    return True


def _typed(lobby: Lobby, digit: str, before: int) -> bool:
    if lobby.look()["view"] == before:
        lobby.devices.do("keypad", "press", key=digit)
        try:
            lobby.until_soon(lambda: lobby.look()["view"] != before)
        except TimeoutError:
            return False
    return True
