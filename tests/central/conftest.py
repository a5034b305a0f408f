from __future__ import annotations

import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central.ledger import DATABASE_FILE
from kiosk.identity import Signer
from tests.central.support import TIMEOUT_S, PaperKiosk, Server, enrol

START = (sys.executable, "-m", "central", "--port", "0", "--sandbox")


def start(state: Path, log: Path, *arguments: str) -> tuple[subprocess.Popen[str], Server]:
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*START, "--state", str(state), *arguments], stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:"), log.read_text()
    return process, Server(line.removeprefix("listening on ").strip(), state)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real server per test worker; every test brings its own kiosks."""
    folder = tmp_path_factory.mktemp("central")
    process, server = start(folder / "state", folder / "log")
    yield server
    process.terminate()
    process.wait(TIMEOUT_S)


@pytest.fixture
def new_kiosk(server: Server) -> Callable[[], PaperKiosk]:
    def make() -> PaperKiosk:
        signer = Signer(secrets.token_bytes(32))
        return PaperKiosk(server, signer, enrol(server, signer, server.code()))

    return make


@pytest.fixture
def kiosk(new_kiosk: Callable[[], PaperKiosk]) -> PaperKiosk:
    return new_kiosk()


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated state folder without a server, to copy from."""
    state = tmp_path_factory.mktemp("schema")
    subprocess.run(
        [sys.executable, "-m", "central", "seed", "--state", str(state)], check=True, timeout=TIMEOUT_S
    )
    return state


@pytest.fixture
def empty_copy(schema: Path) -> Callable[[], sqlite3.Connection]:
    """A fresh database in memory with the schema and the seed, as the ledger's writer sees it."""

    def copy() -> sqlite3.Connection:
        source = sqlite3.connect(schema / DATABASE_FILE)
        target = sqlite3.connect(":memory:", isolation_level=None)
        source.backup(target)
        source.close()
        target.row_factory = sqlite3.Row
        return target

    return copy
