"""The device test in the whole house: real core and drivers, devices on their wires, a client in place of the glass."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.devices import Glass, is_a, lobby
from kiosk import contract as c
from kiosk.facts.checkup import DevicesExamined
from kiosk.journal.beside import opened
from kiosk.journal.store import fact_of

pytestmark = pytest.mark.slow
PATIENCE_S = 90.0
KEYS = (*"0123456789*+-", "enter", "backspace")


def wait(true, what: str) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.05)


def note_of(page) -> str:
    return page.note.key if isinstance(page, c.StaffBoard) and page.note else ""


def title_of(page) -> str:
    return page.title.key if isinstance(page, c.StaffBoard) else ""


def sign_in(glass: Glass) -> None:
    """Again where the server's list of persons has not come yet."""
    glass.touch(c.OpenStaff(), is_a(c.StaffEntry))
    enter(glass, "1001", lambda page: page.asks.key == "desk.pin")
    while not isinstance(page := glass.wait(object).page, c.StaffBoard):
        if not page.typed and (page.problem is None or page.problem.key == "desk.wrong"):
            enter(glass, "271828", lambda page: isinstance(page, c.StaffBoard) or page.problem is not None)
        time.sleep(0.5)


def enter(glass: Glass, digits: str, done) -> None:
    for at, digit in enumerate(digits, 1):
        glass.touch(c.PressKey(digit), lambda page, at=at: len(page.typed) >= at)
    glass.touch(c.EnterTyped(), done)


def test_the_page_the_note_and_the_keys(tmp_path: Path) -> None:
    with lobby(tmp_path, "ccnet") as (house, glass):
        devices = house.devices()
        wait(lambda: glass.wait(c.Home) and not glass.wait(c.Home).banners[1:], "all is there")
        sign_in(glass)
        glass.touch(c.StaffGo("devices"), lambda page: title_of(page) == "doctor.title")
        glass.touch(c.StaffGo("checkup", "printer"), lambda page: note_of(page) == "doctor.legible")
        wait(lambda: "KIOSK-TEST-" in devices.look("printer")["last_text"], "the test page is on paper")
        glass.touch(c.AnswerCheck(c.CheckAnswer.YES), lambda page: title_of(page) == "doctor.result")
        glass.touch(c.StaffGo("checkup", "keypad"), lambda page: note_of(page) == "doctor.keys")
        for key in KEYS:
            devices.do("keypad", "press", key=key)
        wait(lambda: note_of(glass.wait(object).page) != "doctor.keys", "all keys were heard")
        glass.touch(c.StaffGo("devices"), lambda page: title_of(page) in ("doctor.result", "doctor.title"))
        glass.touch(c.StaffGo("checkup", "acceptor"), lambda page: note_of(page) == "doctor.note")
        wait(lambda: 2000 in devices.look("acceptor")["enabled"], "the note slot is open")
        devices.do("acceptor", "insert", fen=2000)
        wait(lambda: devices.look("acceptor")["returned_fen"] == 2000, "the note comes back")
        wait(lambda: not devices.look("acceptor")["enabled"], "the note slot is shut again")
        assert devices.look("acceptor")["box"] == []
        with opened(house.place.state) as journal:
            tests = [f for f in map(fact_of, journal.records()) if isinstance(f, DevicesExamined)]
    results = {o.check: o.result.value for test in tests for device in test.devices for o in device.steps}
    assert len(results) == 7 and set(results.values()) == {"good"}, results
