"""A real server neither enrols nor hears a kiosk for practice; a server for practice gives names that tell."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from central import numbers
from central.dock import enrolment
from kiosk import codec
from kiosk.courier.enrol import EnrolmentFailed
from kiosk.courier.enrol import enrol as join
from kiosk.identity import Signer
from kiosk.parcels import AskBundle, Enrol, request_bytes
from tests.central.conftest import start
from tests.central.support import TIMEOUT_S, Server

ONE = Signer(b"\x51" * 32)
SERVER_KEY = "ee" * 32
Copy = Callable[[], sqlite3.Connection]


def refused(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "central", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 1
    return done.stderr


def test_names_and_receipt_numbers_of_practice_can_not_be_real_ones(empty_copy: Copy) -> None:
    db = empty_copy()
    code = enrolment.issue(db, "lobby", "", now_ms=0)
    given = enrolment.enrol(db, Enrol(code, ONE.public_key), SERVER_KEY, 1, training=True)
    assert given.kiosk == "T0001"
    block = numbers.hand_out(db, given.kiosk, 1, 1, 0)
    real = numbers.hand_out(db, "K0002", 1, 1, 0)
    assert block.series == "T" and real.series == "A"


@pytest.mark.parametrize("came, training", [("T0001", False), ("K0001", True)])
def test_a_kiosk_of_the_other_world_does_not_come_back_here(
    empty_copy: Copy, came: str, training: bool
) -> None:
    db = empty_copy()
    code = enrolment.issue(db, "lobby", "", now_ms=0)
    answer = enrolment.enrol(db, Enrol(code, ONE.public_key, "", came, 1), SERVER_KEY, 1, training=training)
    assert "practice" in answer.refused and not answer.kiosk
    assert db.execute("SELECT count(*) FROM kiosk").fetchone()[0] == 0


def test_a_running_server_that_is_not_for_practice_hears_no_such_kiosk(server: Server) -> None:
    body = codec.encode(AskBundle(0))
    answer = server.post("bundle", body, "T0001", ONE.sign(request_bytes("bundle", body)))
    assert answer.status == 403 and b"practice" in answer.data


def joins_not(state: Path, server: Server, training: bool) -> None:
    """A kiosk that asked the server of the other world keeps its folder as it was."""
    with pytest.raises(EnrolmentFailed, match="practice"):
        join(state, server.url, server.code(), "journal.db", training=training)
    assert not (state / "identity.json").exists() and not (state / "journal.db").exists()


def test_what_wants_to_practise_takes_no_real_name(server: Server, tmp_path: Path) -> None:
    joins_not(tmp_path, server, training=True)


def test_a_folder_is_for_practice_or_for_real_money_for_ever(tmp_path: Path) -> None:
    practice, real = tmp_path / "practice", tmp_path / "real"
    process, server = start(practice, tmp_path / "log", "--training")
    try:
        body = codec.encode(Enrol(server.code(), ONE.public_key))
        signature = ONE.sign(request_bytes("enrol", body))
        assert b'"T0001"' in server.post("enrol", body, "-", signature).data
        ask = codec.encode(AskBundle(0))
        assert server.post("bundle", ask, "T0001", ONE.sign(request_bytes("bundle", ask))).status == 200
        assert server.post("bundle", ask, "K0001", ONE.sign(request_bytes("bundle", ask))).status == 403
        joins_not(tmp_path / "kiosk", server, training=False)
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)
    assert "practice" in refused("--state", str(practice), "--port", "0")
    subprocess.run([sys.executable, "-m", "central", "migrate", "--state", str(real)], check=True)
    assert "not of practice" in refused("--state", str(real), "--port", "0", "--training")
    assert "loopback" in refused("--state", str(practice), "--port", "0", "--training", "--host", "0.0.0.0")
