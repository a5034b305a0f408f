"""An attendant at the real glass: long press, number and PIN, open the day, count the box, close; the server agrees."""

import os
import subprocess
import time

import pytest

from kiosk.facts.office import BoxCounted, BoxRemoved, DayClosed, DayOpened, SignedIn, SignInFailed
from kiosk.money import Money
from tests.scenarios.lobby import PATIENCE_S

pytestmark = pytest.mark.slow
TITLE = (60, 40)
HOLD_S = 3.5


def hold_the_title(lobby) -> bool:
    for steps in (("mousemove", *map(str, TITLE), "mousedown", "1"), ("mouseup", "1")):
        environment = {**os.environ, **lobby.display.environment}
        subprocess.run(["xdotool", *steps], env=environment, check=True, timeout=PATIENCE_S)
        time.sleep(HOLD_S if "mousedown" in steps else 0.5)
    return bool(lobby.look()["page"] == "staff_entry")


def enter(lobby, digits, name="main"):
    lobby.type(digits)
    view = lobby.look()["view"]
    lobby.until(lambda: lobby.tap(name) and lobby.look()["view"] != view, f"{digits} is entered")


def to_menu(lobby):
    lobby.until(lambda: lobby.look()["page"] == "staff_board", "the menu")


def leave(lobby, gone):
    """Press this until the page it stands on is gone: a click in the dead time of a new page is lost."""
    lobby.until(lambda: gone not in lobby.look()["names"] or not lobby.tap(gone), f"{gone} is pressed")


def last_leaf(lobby):
    lobby.until(lambda: lobby._leaf(lambda names: "next_page" not in names), "the last leaf")


def test_an_attendant_opens_counts_and_closes(lobby):
    # given an open day, in which ¥38 came into the box
    lobby.until(lambda: hold_the_title(lobby), "the staff area opens")
    enter(lobby, "1001")
    enter(lobby, "271829")
    lobby.until(lambda: lobby.facts(SignInFailed), "a wrong PIN is noticed")
    enter(lobby, "271828")
    to_menu(lobby)
    assert lobby.facts(SignedIn)[0].person == "1001"
    leave(lobby, "line:0")
    last_leaf(lobby)
    lobby.until(lambda: lobby.facts(DayOpened) or not lobby.tap("main"), "the day is opened")
    lobby.until(lambda: lobby.look()["page"] == "home" or not lobby.tap("back"), "home again")
    lobby.to_cash("W1002003001")
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.take_receipt()

    # when the box is taken out, counted with a yuan too few, and the day closed
    lobby.until(lambda: hold_the_title(lobby), "the staff area opens")
    enter(lobby, "1001")
    enter(lobby, "271828")
    to_menu(lobby)
    lobby.devices.do("acceptor", "pull_box")
    lobby.until(lambda: lobby.facts(BoxRemoved), "its removal is noticed")
    lobby.devices.do("acceptor", "put_box")
    lobby.until(lambda: "line:1" not in lobby.look()["names"] or not lobby.tap("line:1"), "the page of boxes")
    lobby.go("line:0", "staff_entry")
    for count in ("2", "1", "1", "1", "0", "0"):  # ¥1, 5, 10, 20, 50, 100
        enter(lobby, count)
    to_menu(lobby)
    last_leaf(lobby)
    lobby.until(lambda: lobby.facts(BoxCounted) or not lobby.tap("main"), "the count is confirmed")
    [counted] = lobby.facts(BoxCounted)
    assert (counted.by, counted.difference) == ("1001", Money(-100))
    assert lobby.facts(BoxRemoved)[0].by == "1001"
    lobby.until(lambda: any(counted.collection in piece["text"] for piece in lobby.pieces()), "the slip")

    # then the menu again, the day, and a close that the server adds up to the same
    lobby.until(lambda: "line:0" in lobby.look()["names"] or not lobby.tap("back"), "the menu")
    lobby.until(
        lambda: "line:0" not in lobby.look()["names"] or not lobby.tap("line:0"), "the page of the day"
    )
    last_leaf(lobby)
    lobby.until(lambda: lobby.facts(DayClosed) or not lobby.tap("main"), "the day is closed")
    [closed] = lobby.facts(DayClosed)
    assert closed.figures.tenders["cash"].amount == Money(3800) and closed.figures.difference == Money(-100)
    lobby.until(lambda: any(closed.report in piece["text"] for piece in lobby.pieces()), "the close")
    lobby.until(lambda: lobby.look()["page"] == "home" or not lobby.tap("back"), "home")
    lobby.agree()
    [totals] = lobby.house.totals().values()
    assert (totals["office_fen"], totals["difference_fen"]) == (3700, -100)
