"""At the real glass: a badge before the camera, a receipt before the camera, a second person; the server agrees."""

import subprocess
import sys

import pytest

from kiosk.facts.office import SignedIn
from kiosk.facts.stock import ReceiptVoided
from kiosk.receipts import paper_qr
from tests.scenarios.lobby import PATIENCE_S
from tests.scenarios.test_staff_open_count_and_close import enter, hold_the_title, to_menu

pytestmark = pytest.mark.slow


def badge_of(lobby, number):
    command = [sys.executable, "-m", "central", "badge", number, "--state", str(lobby.place.central)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    return done.stdout.splitlines()[0]


def holds(lobby, text, seen, what):
    """A code before the camera until the page has followed it."""
    lobby.devices.do("camera", "show", text=text, kind="qr", carrier="paper")
    lobby.until(seen, what)
    lobby.devices.do("camera", "hide")


def test_a_supervisor_and_an_attendant_make_a_receipt_void(lobby):
    # given a receipt of ¥38, and a supervisor who comes with a badge
    lobby.to_cash("W1002003001")
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.take_receipt()
    [receipt] = lobby.receipts()
    badge = badge_of(lobby, "2001")
    lobby.until(lambda: hold_the_title(lobby), "the staff area opens")
    view = lobby.look()["view"]
    holds(lobby, badge, lambda: lobby.look()["view"] != view, "the badge fills the number in")
    enter(lobby, "316227")
    to_menu(lobby)
    [signed_in] = lobby.facts(SignedIn)
    assert (signed_in.person, signed_in.badge) == ("2001", badge.split(";")[5])

    # when its code is held to the camera, a reason is chosen and somebody else signs
    lobby.until(lambda: lobby._leaf(lambda names: "line:6" in names), "the leaf with the receipts")
    lobby.go("line:6", "staff_entry")
    holds(lobby, paper_qr(receipt), lambda: lobby.look()["page"] == "staff_board", "it is found")
    lobby.until(lambda: lobby._leaf(lambda names: "line:6" in names), "the first reason")
    lobby.go("line:6", "staff_entry")
    enter(lobby, "1001")
    enter(lobby, "271828")
    lobby.until(lambda: lobby.facts(ReceiptVoided), "it is void")

    # then the refund slip comes out, and the server has the same books and shows a void receipt
    [fact] = lobby.facts(ReceiptVoided)
    assert (fact.receipt, fact.by, fact.second) == (receipt.receipt, "2001", "1001")
    lobby.until(lambda: any("退还" in piece["text"] for piece in lobby.pieces()), "the refund slip")
    lobby.until(lambda: lobby.look()["page"] == "home" or not lobby.tap("back"), "home")
    lobby.agree()
    [totals] = lobby.house.totals().values()
    assert totals["change_owed_fen"] == receipt.paid.fen
    assert not any(totals["fees"].values()) and not totals["prepaid_fen"]
