"""kill -9 of each process at three points of a visit: nothing is lost, and the customer sees the right page again."""

import pytest

from kiosk.facts import PaymentCompleted

pytestmark = pytest.mark.slow

PROCESSES = ("core", "screens", "courier", "central")
BILLS = {
    "core": ("W1002003001", "water", (20, 10, 5, 1, 1, 1)),
    "screens": ("G3002003001", "gas", (50, 1, 1)),
    "courier": ("A600200300121", "admin", (100, 100)),
    "central": ("W1002003002", "water", (50, 20, 10, 5, 1, 1)),
}


def kill(lobby, name):
    process = lobby.house.processes[name]
    starts = process.starts
    process.kill()
    lobby.until(lambda: process.starts > starts and process.pid, f"{name} is started again")


@pytest.mark.parametrize("name", PROCESSES)
def test_killed_while_choosing_while_paying_and_at_the_receipt(lobby, name):
    code, fee, notes = BILLS[name]
    paid = len(lobby.facts(PaymentCompleted))

    lobby.scan_bill(code, fee)
    kill(lobby, name)
    if name == "core":  # nothing was paid: the page is gone with the memory, and the customer begins again
        lobby.ready()
        lobby.scan_bill(code, fee)
    lobby.until(lambda: not {"offline"} & set(lobby.look()["banners"]), "the server is reached again")
    lobby.confirm()
    lobby.go("tender:cash", "cash")

    first, *others = notes
    lobby.insert(first)
    kill(lobby, name)
    lobby.page("cash")
    lobby.insert(*others)

    lobby.page("receipt")
    kill(lobby, name)
    lobby.leave_receipt()  # it also goes on by itself, perhaps while the process was away
    lobby.ready()
    assert len(lobby.facts(PaymentCompleted)) == paid + 1


def test_killed_in_the_middle_of_a_charge(lobby):
    lobby.to_code("P40020001", "property")
    lobby.hold("28000000000000" + "9933")
    lobby.page("working")
    kill(lobby, "core")
    lobby.devices.do("camera", "hide")
    lobby.take_receipt()
    lobby.ready()


def test_the_power_goes_while_a_note_is_on_its_way(lobby):
    lobby.to_cash("T500200300100", "tuition")
    lobby.devices.do("acceptor", "when", moment="past_lever", then="power_cut")
    lobby.until(lambda: lobby.put(100), "the slot takes a note")
    lobby.until(lambda: not lobby.acceptor()["powered"], "the power goes")
    lobby.house.power_cut()
    lobby.house.power_on()
    lobby.page("cash")
    lobby.until(lambda: lobby.acceptor()["box"], "the note falls into the box")
    while "stop_for_sure" not in lobby.look()["names"]:
        lobby.press("back")
    lobby.go("stop_for_sure", "claim")
    lobby.until(lambda: "main" in lobby.look()["names"], "the slip is out")
    lobby.go("main", "thank_you")
    lobby.go("main", "home")


def test_the_reset_button_makes_a_new_world(lobby):
    lobby.house.reset()
    lobby.ready()
    assert lobby.acceptor()["box"] == [] and not lobby.facts(PaymentCompleted)
    lobby.to_cash("W1002003001")  # was paid in the old world, and is due again in the new one
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.take_receipt()
    assert [r.receipt for r in lobby.receipts()] == ["A00000001"]
