"""A code from the office lets one machine in, once, within ten minutes."""

import sqlite3
from collections.abc import Callable

import pytest

from central.dock import enrolment
from kiosk import codec
from kiosk.identity import Signer
from kiosk.parcels import Enrol, request_bytes
from tests.central.support import Server, enrol

ONE, TWO = Signer(b"\1" * 32), Signer(b"\2" * 32)
SERVER_KEY = "ee" * 32


def test_a_code_is_spent_by_the_first_machine(server: Server) -> None:
    one, two = Signer(b"\x11" * 32), Signer(b"\x12" * 32)
    code = server.code("east-hall")

    first = enrol(server, one, code)
    again = enrol(server, one, code)  # the answer was lost
    other = enrol(server, two, code)

    assert (first.refused, first.site, first.epoch) == ("", "east-hall", 1)
    assert again == first
    assert "used already" in other.refused and not other.kiosk


def test_a_code_expires(empty_copy: Callable[[], sqlite3.Connection]) -> None:
    db = empty_copy()
    code = enrolment.issue(db, "lobby", "", now_ms=0)

    late = enrolment.enrol(db, Enrol(code, ONE.public_key), SERVER_KEY, enrolment.CODE_LIFE_MS)
    just = enrolment.enrol(db, Enrol(code, ONE.public_key), SERVER_KEY, enrolment.CODE_LIFE_MS - 1)

    assert "expired" in late.refused
    assert just.kiosk == "K0001"


@pytest.mark.parametrize(
    "spelt", [str.lower, lambda c: c.replace("-", ""), lambda c: c.replace("0", "O").replace("1", "l")]
)
def test_a_code_may_be_typed_as_people_type(
    empty_copy: Callable[[], sqlite3.Connection], spelt: Callable[[str], str]
) -> None:
    db = empty_copy()
    code = enrolment.issue(db, "lobby", "", now_ms=0)
    assert not enrolment.enrol(db, Enrol(spelt(code), ONE.public_key), SERVER_KEY, 1).refused


def test_the_code_itself_is_not_in_the_database(empty_copy: Callable[[], sqlite3.Connection]) -> None:
    db = empty_copy()
    code = enrolment.issue(db, "lobby", "", now_ms=0)
    assert code not in "\n".join(db.iterdump())
    assert code.replace("-", "") not in "\n".join(db.iterdump())


def test_a_key_is_enrolled_once_and_an_unknown_kiosk_gets_no_code(
    empty_copy: Callable[[], sqlite3.Connection],
) -> None:
    db = empty_copy()
    codes = [enrolment.issue(db, "lobby", "", now_ms=0) for _ in range(2)]
    assert not enrolment.enrol(db, Enrol(codes[0], ONE.public_key), SERVER_KEY, 1).refused
    assert "this key" in enrolment.enrol(db, Enrol(codes[1], ONE.public_key), SERVER_KEY, 1).refused
    assert not enrolment.enrol(db, Enrol(codes[1], TWO.public_key), SERVER_KEY, 1).refused
    with pytest.raises(LookupError):
        enrolment.issue(db, "lobby", "K7777", 0)


def test_an_enrolment_must_be_signed_by_the_key_that_it_brings(server: Server) -> None:
    body = codec.encode(Enrol(server.code(), Signer(b"\x13" * 32).public_key))
    wrong = TWO.sign(request_bytes("enrol", body))
    assert server.post("enrol", body, "-", wrong).status == 401


def test_a_key_has_one_spelling(server: Server) -> None:
    key = Signer(b"\x14" * 32)
    body = codec.encode(Enrol(server.code(), key.public_key.upper()))
    assert server.post("enrol", body, "-", key.sign(request_bytes("enrol", body))).status == 400
