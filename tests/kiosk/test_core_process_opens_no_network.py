"""The running core is watched by Python itself: every socket that it opens is a Unix socket."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hardware.control import ControlClient
from kiosk.identity import Identity, load_signer, save_identity
from kiosk.journal.store import Journal

ROOT = Path(__file__).resolve().parents[2]
WATCHED = """
import socket, sys
def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        open(sys.argv[1], "a").write(f"opened family {arguments[1]}\\n")
    elif event in ("socket.connect", "socket.bind", "socket.sendto") and not isinstance(arguments[1], (str, bytes)):
        open(sys.argv[1], "a").write(f"{event} {arguments[1]}\\n")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        open(sys.argv[1], "a").write(f"{event}\\n")
sys.addaudithook(watch)
from kiosk.core import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
def test_with_all_devices_found_no_network_socket_was_ever_opened(tmp_path):
    state, run, log = tmp_path / "state", tmp_path / "r", tmp_path / "network.log"
    signer = load_signer(state, create=True)
    identity = Identity("K0001", 1, "lobby", signer.public_key, "00" * 32)
    save_identity(state, identity)
    Journal.create(state / "journal.db", identity)
    devices = tmp_path / "d"
    simulators = [sys.executable, "-m", "hardware.simulators", "--at", str(devices)]
    core = [sys.executable, "-c", WATCHED, str(log), "--state", str(state), "--run", str(run)]
    core += ["--config", str(tmp_path), "--simulated", str(devices)]
    with subprocess.Popen(simulators, cwd=ROOT, stdout=subprocess.PIPE) as world:
        try:
            assert world.stdout and world.stdout.readline()
            with subprocess.Popen(core, cwd=ROOT, stderr=subprocess.PIPE) as process:
                try:
                    _wait(lambda: (run / "screens.sock").exists())
                    client = ControlClient(devices / "control.sock")
                    _wait(lambda: client.look("printer")["bytes_received"] > 0)
                    _wait(lambda: client.look("acceptor")["state"] == "disabled")
                finally:
                    process.terminate()
                    process.wait(30)
        finally:
            world.terminate()
    assert not log.exists(), log.read_text()


def _wait(true):
    end = time.monotonic() + 60
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        assert time.monotonic() < end, os.listdir("/")
        time.sleep(0.05)
