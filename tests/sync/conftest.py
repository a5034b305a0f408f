from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.central.conftest import server as server
from tests.central.support import TIMEOUT_S, Server
from tests.sync.proxy import Line
from tests.sync.terminal import Terminal, address


@pytest.fixture(scope="session")
def wires() -> Iterator[tuple[Line, Path]]:
    """One bad line and one real courier process per test worker; each story connects its own kiosks."""
    line = Line()
    run = Path(tempfile.mkdtemp(prefix="sync-"))  # the path of a socket has to be short
    command = [sys.executable, "-m", "kiosk.courier", "--run", str(run), "--config", str(run / "none")]
    with (run / "courier.log").open("w") as log:
        process = subprocess.Popen([*command, "--server", f"http://127.0.0.1:{line.port}"], stderr=log)
    yield line, run
    process.terminate()
    process.wait(TIMEOUT_S)
    line.close()
    shutil.rmtree(run)


@pytest.fixture
def line(wires: tuple[Line, Path], server: Server) -> Line:
    wires[0].lead_to(address(server))
    return wires[0]


@pytest.fixture
def terminal(wires: tuple[Line, Path], line: Line, server: Server, tmp_path: Path) -> Iterator[Terminal]:
    """Enrolled at the server of this test worker, its calls go through the bad line."""
    made = Terminal.enrolled(tmp_path / "kiosk", wires[1], server)
    yield made
    made.close()


@pytest.fixture
def another(wires: tuple[Line, Path], server: Server) -> Iterator[Callable[[Path], Terminal]]:
    """One more machine over a state folder. Only one at a time is connected: `stop` the other first."""
    made: list[Terminal] = []

    def make(state: Path) -> Terminal:
        made.append(Terminal(state, wires[1], server))
        return made[-1]

    yield make
    for terminal in made:
        terminal.close()
