"""All simulated devices in one process: their lines exist, they are told what to do, and nothing said stops them."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.control import ControlClient
from hardware.network_sim import NetworkPlug
from hardware.simulated import Json, NotPossible
from hardware.simulators import Control, World

pytestmark = pytest.mark.slow

PATIENCE_S = 60  # only ever waited out when a test fails
POLL, ACK = bytes.fromhex("020306 33 DA81"), bytes.fromhex("020306 00 C282")
RESET, ENABLE_ALL = bytes.fromhex("020306 30 41B3"), bytes.fromhex("02030C 34 FFFFFF FFFFFF FEF7")
DEVICES = ("acceptor", "printer", "camera", "scanner", "panel", "keypad", "jack", "terminal", "network")
STACK = bytes.fromhex("020306 35 ECE4")


def started(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hardware.simulators", "--at", str(folder), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE_S)
    return process.returncode, errors


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sims")
    process = started(folder, "--network", "0:9")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield folder
    assert ended(process) == (0, "")


@pytest.fixture
def client(folder: Path) -> Iterator[ControlClient]:
    client = ControlClient(folder / "control.sock")
    client.do("world", "reset")
    yield client
    client.close()


class Wire:
    """The acceptor's line, with frames from the vectors."""

    def __init__(self, folder: Path) -> None:
        self.fd = os.open(folder / "acceptor", os.O_RDWR | os.O_NOCTTY)

    def ask(self, raw: bytes) -> str:
        """The data of the answer in hex; acknowledged."""
        os.write(self.fd, raw)
        got = b""
        while len(got) < 3 or len(got) < got[2]:
            assert select.select([self.fd], [], [], PATIENCE_S)[0], f"nothing more after {got.hex()!r}"
            got += os.read(self.fd, 200)
        os.write(self.fd, ACK)
        return got[3:-2].hex()

    def poll_until(self, code: str) -> None:
        limit_s = time.monotonic() + PATIENCE_S
        while (last := self.ask(POLL)) != code:
            assert time.monotonic() < limit_s, last
            time.sleep(0.02)


def stack_twenty(client: ControlClient, wire: Wire) -> None:
    wire.ask(RESET)
    wire.poll_until("19")
    wire.ask(ENABLE_ALL)
    wire.poll_until("14")
    client.do("acceptor", "insert", fen=2000)
    wire.poll_until("8003")
    wire.ask(STACK)
    wire.poll_until("8103")


def test_every_line_exists_and_only_its_owner_may_command(folder: Path, client: ControlClient) -> None:
    assert set(client.look()) == {*DEVICES}
    for line in ("acceptor", "printer", "scanner"):
        os.close(os.open(folder / line, os.O_RDWR | os.O_NOCTTY))
    assert (folder / "camera").is_dir()
    assert (folder / "control.sock").stat().st_mode & 0o777 == 0o600


def test_what_hands_do_shows_on_the_wire_and_what_the_wire_does_shows_to_the_eyes(
    folder: Path, client: ControlClient
) -> None:
    wire = Wire(folder)
    stack_twenty(client, wire)
    seen = client.look("acceptor")
    assert (seen["box"], seen["inside_fen"], seen["counter"]) == ([2000], 0, 1)
    os.close(wire.fd)


def test_mains_fail_and_come_back_for_all(folder: Path, client: ControlClient) -> None:
    for _ in range(2):  # the second time it is dark already
        states = client.do("world", "power_cut")
        assert not any(state["powered"] for state in states.values())
    with pytest.raises(NotPossible, match="no power"):
        client.do("acceptor", "cheat")
    assert client.do("acceptor", "power_on")["powered"]
    assert not client.look("printer")["powered"]
    for _ in range(2):
        states = client.do("world", "power_on")
        assert all(state["powered"] for state in states.values())


def test_a_reset_is_a_new_world_and_an_open_line_goes_away(folder: Path, client: ControlClient) -> None:
    wire = Wire(folder)
    stack_twenty(client, wire)
    client.do("network", "unplug")
    (folder / "paper" / "left-over").write_text("a receipt of before")
    before = os.readlink(folder / "acceptor")

    state = client.do("world", "reset")

    assert state["acceptor"]["box"] == []
    assert state["acceptor"]["counter"] == state["acceptor"]["inserted_fen"] == 0
    assert state["network"]["plugged"]
    assert not (folder / "paper" / "left-over").exists()
    assert os.readlink(folder / "acceptor") != before
    os.close(wire.fd)
    assert Wire(folder).ask(POLL) == "10"


def test_a_watcher_hears_each_change_once_and_goes_on_asking(folder: Path, client: ControlClient) -> None:
    heard: list[tuple[str, Json]] = []
    enough = threading.Event()

    def listen() -> None:
        for device, state in ControlClient(folder / "control.sock").watch():
            heard.append((device, state))
            if device == "network" and state["faults"].get("delay_ms") == 5:
                enough.set()
                return

    listener = threading.Thread(target=listen)
    listener.start()
    limit_s = time.monotonic() + PATIENCE_S
    while len(heard) < len(DEVICES):
        assert time.monotonic() < limit_s
        time.sleep(0.01)
    assert {device for device, _ in heard[: len(DEVICES)]} == set(client.look())

    client.do("acceptor", "wrong_type", code=7)
    while not any(state["faults"] for device, state in heard if device == "acceptor"):
        assert time.monotonic() < limit_s, heard
        time.sleep(0.01)
    client.do("network", "delay", ms=5)
    assert enough.wait(PATIENCE_S)
    listener.join()
    assert [device for device, _ in heard[len(DEVICES) :]] == ["acceptor", "network"]


# What is said · what the answer speaks of.
NONSENSE = [
    (b"hello", "not a request"),
    (b"", "not a request"),
    (b"\xff\xfe", "not a request"),
    (b"[1, 2]", "Expected `object`"),
    (b"{}", "missing required field `do`"),
    (b'{"do": 5}', "Expected `str`"),
    (b'{"do": "look", "colour": "red"}', "colour"),
    (b'{"do": "insert", "device": "acceptor", "given": [2000]}', "given"),
    (b'{"do": "sing"}', "nothing can 'sing'"),
    (b'{"do": "insert"}', "name a device"),
    (
        b'{"do": "insert", "device": "fridge"}',
        "there are: acceptor, printer, camera, scanner, panel, keypad, jack, terminal, network, world",
    ),
    (b'{"do": "explode", "device": "world"}', "nothing can 'explode'"),
    (b'{"do": "reset", "device": "world", "given": {"hard": true}}', "no arguments"),
    (b'{"do": "power_cut", "device": "printer", "given": {"hard": true}}', "no arguments"),
    (b'{"do": "explode", "device": "acceptor"}', "there is no action 'explode'"),
    (b'{"do": "insert", "device": "acceptor", "given": {"fen": 1.5}}', "fen"),
    (b'{"do": "insert", "device": "acceptor", "given": {"yuan": 20}}', "it takes fen"),
    (b'{"do": "explode", "device": "printer"}', "explode"),
    (b'{"do": "explode", "device": "camera"}', "explode"),
    (b'{"do": "explode", "device": "scanner"}', "explode"),
]


def test_nonsense_gets_a_clear_answer_and_the_conversation_goes_on(
    folder: Path, client: ControlClient
) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(folder / "control.sock"))
        stream = connection.makefile("rwb")
        for said, speaks_of in NONSENSE:
            stream.write(said + b"\n")
            stream.flush()
            answer = json.loads(stream.readline())
            assert answer.keys() == {"ok", "why"}
            assert answer["ok"] is False
            assert speaks_of in answer["why"], (said, answer)
        stream.write(b'{"do": "look", "device": "acceptor"}\n')
        stream.flush()
        assert json.loads(stream.readline())["state"]["powered"] is True


def test_an_endless_line_ends_only_its_own_conversation(folder: Path, client: ControlClient) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(folder / "control.sock"))
        connection.settimeout(PATIENCE_S)
        answer = b""
        try:
            connection.sendall(b"x" * (3 << 20))
        except ConnectionError:
            pass  # it did not listen to the end
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:
            pass
    assert b"longer than" in answer
    assert client.look("acceptor")["powered"]


class Broken(NetworkPlug):
    def do(self, action: str, **given: Any) -> Json:
        raise ZeroDivisionError("a fault in the simulator itself")


def test_a_fault_inside_one_simulator_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    world = World(
        {"broken": lambda: Broken("broken", 0, 9), "network": lambda: NetworkPlug("network", 0, 9)}, ()
    )
    world.start()
    running = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(
            Control(world).serve(tmp_path / "c.sock", stop, ready=running.set)
        )
    )
    thread.start()
    assert running.wait(PATIENCE_S)
    client = ControlClient(tmp_path / "c.sock")
    with pytest.raises(NotPossible, match=r"ZeroDivisionError: a fault in the simulator itself"):
        client.do("broken", "plug")
    assert client.do("network", "unplug")["plugged"] is False
    client.close()
    loop.call_soon_threadsafe(stop.set)
    thread.join(PATIENCE_S)
    loop.close()
    world.stop()


def test_two_in_one_folder_are_refused_and_a_killed_one_leaves_no_trouble(tmp_path: Path) -> None:
    # given one that runs
    first = started(tmp_path)
    assert first.stdout is not None
    assert first.stdout.readline() == "ready\n"
    # when a second is started there, then it says what to do
    second = started(tmp_path)
    out, errors = second.communicate(timeout=PATIENCE_S)
    assert (second.returncode, out) == (1, "")
    assert "run here already" in errors
    # and after the first was killed, with all its files left, the next one starts as ever
    client = ControlClient(tmp_path / "control.sock")
    assert client.look("acceptor")["powered"]
    assert ended(first, signal.SIGKILL)[0] == -signal.SIGKILL
    assert (tmp_path / "control.sock").exists()
    with pytest.raises(ConnectionError):
        client.look()
    third = started(tmp_path)
    assert third.stdout is not None
    assert third.stdout.readline() == "ready\n"
    assert client.look("acceptor")["powered"]
    # and SIGTERM tidies up, even while somebody is connected
    assert ended(third) == (0, "")
    assert not (tmp_path / "control.sock").exists()
    assert not (tmp_path / "acceptor").is_symlink()


def test_a_taken_port_and_a_long_path_are_said_in_plain_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = started(tmp_path, "--network", f"{port}:9")
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert str(port) in errors
    assert "Traceback" not in errors

    process = started(tmp_path / ("long" * 30))
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "shorter folder" in errors

    process = started(tmp_path, "--network", "18443")
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert "LISTEN_PORT:TARGET_PORT" in errors
