"""The person at the keyboard."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.central.conftest import start
from tests.central.support import TIMEOUT_S


def central(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "central", *arguments],
        input=typed, capture_output=True, text=True, timeout=TIMEOUT_S,
    )  # fmt: skip


@pytest.mark.parametrize("where", ["before", "after"])
def test_an_option_counts_before_and_after_the_command(tmp_path: Path, monkeypatch, where: str) -> None:
    options = ("--port", "0", "--sandbox")
    words = (*options, "serve") if where == "before" else ("serve", *options)
    monkeypatch.setattr("tests.central.conftest.START", (sys.executable, "-m", "central", *words))
    process, server = start(tmp_path / "state", tmp_path / "log")
    try:
        assert server.page("/").status == 200
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


def test_the_sandbox_never_listens_to_the_world(tmp_path: Path) -> None:
    done = central("--state", str(tmp_path), "--sandbox", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 1
    assert "loopback" in done.stderr
    assert not done.stdout


def test_seeding_twice_changes_nothing_and_the_password_is_not_printed(tmp_path: Path) -> None:
    first = central("seed", "--state", str(tmp_path))
    password = (tmp_path / "demo-password.txt").read_text().strip()
    assert password not in first.stdout
    assert "nothing done" in central("seed", "--state", str(tmp_path)).stdout
    assert (tmp_path / "demo-password.txt").read_text().strip() == password
    assert (tmp_path / "demo-password.txt").stat().st_mode & 0o077 == 0


def test_codes_users_and_totals(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path))
    assert re.fullmatch(
        r"[0-9A-Z]{5}-[0-9A-Z]{5}\n", central("enrolment-code", "--site", "north", *state).stdout
    )
    unknown = central("enrolment-code", "--kiosk", "K0404", *state)
    assert unknown.returncode == 1 and "K0404" in unknown.stderr
    assert central("user", "clerk", *state, typed="short\n").returncode == 1
    assert central("user", "clerk", *state, typed="a long enough phrase\n").returncode == 0
    assert central("totals", *state).stdout == "{}\n"
    assert central("rebuild", *state).returncode == 0


def test_a_person_of_the_staff_gets_a_pin_that_is_not_weak_and_is_kept_nowhere(tmp_path: Path) -> None:
    new = ("person", "1002", "Name", "--role", "attendant", "--state", str(tmp_path))
    refused = central(*new, typed="123456\n")
    assert refused.returncode == 1 and "weak PIN" in refused.stderr and "123456" not in refused.stderr
    assert central(*new, typed="271828\n").returncode == 0
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"scrypt$" in files and b"271828" not in files


WRONG = [  # what is typed → what is said
    (("person", "1002", "Name"), "at least one --role"),
    (("badge", "1002", "--out", "badge.gif"), ".svg or .png"),
    (("person", "1002", "--gone"), "there is no person 1002"),
    (("day", "export", "--kiosk", "K0404"), "there is no kiosk K0404"),
]


@pytest.mark.parametrize("words, says", WRONG, ids=[row[1] for row in WRONG])
def test_what_can_not_be_is_told_and_nothing_is_made(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    state = ("--state", str(tmp_path))
    done = central(*words, *state, typed="271828\n")
    assert done.returncode == 1 and says in done.stderr and not done.stdout


def test_a_port_that_can_not_be_had_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        for port in (taken, "99999"):
            ran = central("serve", "--state", str(tmp_path), "--port", port)
            assert ran.returncode == 1
            assert ran.stderr.startswith(f"central: 127.0.0.1, port {port}: ") and "--port" in ran.stderr


def test_what_the_server_keeps_is_its_own_users(tmp_path: Path) -> None:
    central("seed", "--state", str(tmp_path / "state"))
    central("enrolment-code", "--state", str(tmp_path / "state"))
    files = list((tmp_path / "state").iterdir())
    assert {"central.sqlite3", "office.secret", "demo-password.txt"} <= {path.name for path in files}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
