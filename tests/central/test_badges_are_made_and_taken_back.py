"""Badges from the command line: signed with the server's key, as text and as a picture that reads back, revocable."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
import zxingcpp

from central import badges, editions
from central.dock.site import make_bundle
from central.seed import person_left, set_person
from kiosk import codec
from kiosk.badge import BADGE_DOMAIN, read
from kiosk.identity import Signer, load_signer
from tests.central.test_commands import central

DAY_MS = 86_400_000


def test_the_command_prints_a_badge_and_draws_it(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path))
    assert central("person", "1002", "Name", "--role", "cashier", *state, typed="271828\n").returncode == 0
    drawn = tmp_path / "badge.png"
    done = central("badge", "1002", "--days", "7", "--out", str(drawn), *state)
    badge = read(done.stdout)
    assert badge.signed_by(load_signer(tmp_path).public_key) and badge.person == "1002"
    assert badge.expires_ms - badge.issued_ms == 7 * DAY_MS
    [code] = zxingcpp.read_barcodes(cv2.imread(str(drawn)))
    assert code.text == done.stdout.strip()
    in_terminal = central("badge", "1002", *state).stdout
    assert read(in_terminal.splitlines()[0]).badge != badge.badge and len(in_terminal.splitlines()) > 10


@pytest.mark.parametrize(
    ("words", "says"),
    [(("1404",), "1404"), (("1002", "--days", "0"), "days"), (("1002", "--days", "999"), "days")],
)
def test_for_nobody_or_for_ever_there_is_none(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    state = ("--state", str(tmp_path))
    central("person", "1002", "Name", "--role", "cashier", *state, typed="271828\n")
    done = central("badge", *words, *state)
    assert done.returncode == 1 and says in done.stderr and not done.stdout


@pytest.mark.parametrize("pin", ["1234", "1111", "111111", "100212", "880715", "19880715"])
def test_a_weak_pin_makes_no_person(empty_copy: Callable[[], sqlite3.Connection], pin: str) -> None:
    db = empty_copy()
    with pytest.raises(ValueError, match="weak PIN"):
        set_person(db, "1002", "Name", ("cashier",), pin)
    assert not db.execute("SELECT 1 FROM person WHERE number = '1002'").fetchall()


def test_badges_taken_back_go_to_the_kiosks_with_the_bundle(
    empty_copy: Callable[[], sqlite3.Connection],
) -> None:
    db, signer = empty_copy(), Signer(b"x" * 32)
    set_person(db, "1002", "Name", ("recorder",), "271828", site="lobby")

    def from_ms() -> int:
        bundle = codec.decode(make_bundle(db, "lobby", signer, 5).bundle, dict)
        [person] = (person for person in bundle["people"] if person["number"] == "1002")
        return int(person["badges_from_ms"])

    old = badges.issue(db, signer, "1002", 1, 1000)
    assert old.site == "lobby" and from_ms() == 0
    badges.revoke(db, "1002", 1000)
    assert old.issued_ms < from_ms(), "also one of this very moment"
    set_person(db, "1002", "Name", ("recorder",), "314159", site="lobby")
    assert old.issued_ms < from_ms(), "a new PIN gives no old badge back"
    assert badges.issue(db, signer, "1002", 1, 2000).issued_ms >= from_ms()
    with pytest.raises(LookupError):
        badges.revoke(db, "1404", 1)


def test_who_leaves_is_sent_to_no_kiosk_and_the_next_one_of_that_number_gets_no_old_badge(
    empty_copy: Callable[[], sqlite3.Connection],
) -> None:
    db, signer = empty_copy(), Signer(b"x" * 32)

    def people() -> dict[str, int]:
        bundle = codec.decode(make_bundle(db, "lobby", signer, 5).bundle, dict)
        return {one["number"]: one["badges_from_ms"] for one in bundle["people"] if one["number"] == "1404"}

    assert not person_left(db, "1404", 1000)
    set_person(db, "1404", "Name", ("recorder",), "271828")
    old = badges.issue(db, signer, "1404", 1, 1000)
    assert people() == {"1404": 0}
    assert person_left(db, "1404", 1000) and people() == {}
    with pytest.raises(LookupError):
        badges.issue(db, signer, "1404", 1, 1001)
    set_person(db, "1404", "Another", ("recorder",), "314159")
    editions.change(db)
    assert people()["1404"] > old.issued_ms


@pytest.mark.parametrize(
    ("number", "name", "roles", "says"),
    [
        ("abc", "Name", ("cashier",), "3 to 8 digits"),
        ("123456789", "Name", ("cashier",), "3 to 8 digits"),
        ("１００２", "Name", ("cashier",), "3 to 8 digits"),
        ("1002", " ", ("cashier",), "write the name"),
        ("1002", "Name", (), "at least one --role"),
    ],
)
def test_a_person_has_a_number_that_can_be_typed_a_name_and_a_role(
    empty_copy: Callable[[], sqlite3.Connection], number: str, name: str, roles: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        set_person(empty_copy(), number, name, roles, "271828")


def test_the_signature_is_for_badges_alone() -> None:
    signer = Signer(b"x" * 32)
    assert BADGE_DOMAIN.endswith(b"\0")
    badge = badges.signed(badges.Badge("1002", "", 1, 2, "id"), signer)
    assert badge.signature != signer.sign(badge.says.encode()) and read(badge.text) == badge
