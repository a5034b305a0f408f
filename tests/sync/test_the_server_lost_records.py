"""The server was restored from a backup, or lost everything: it asks for what it lacks and gets it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.ledger import DATABASE_FILE
from kiosk.courier.direct import Direct
from kiosk.courier.enrol import EnrolmentFailed, enrol
from kiosk.courier.handover import hand_over
from kiosk.identity import load_identity
from kiosk.journal.store import JOURNAL_FILE
from tests.central.conftest import start
from tests.central.support import TIMEOUT_S, Server
from tests.sync.proxy import Line
from tests.sync.terminal import Terminal, address


class House:
    """A server whose database can be put back, at the end of the bad line."""

    def __init__(self, folder: Path, line: Line) -> None:
        self.folder, self.line = folder, line
        self.backup = folder / "backup"
        folder.mkdir()
        self._start()

    def _start(self) -> None:
        self.process, self.server = start(self.folder / "state", self.folder / "log")
        self.line.lead_to(address(self.server))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(TIMEOUT_S)

    @property
    def database(self) -> Path:
        return self.folder / "state" / DATABASE_FILE

    def back_up(self) -> None:
        """While it runs."""
        source, target = sqlite3.connect(self.database), sqlite3.connect(self.backup)
        source.backup(target)
        source.close()
        target.close()

    def restore(self, terminal: Terminal) -> Server:
        """The backup, or nothing if there is none. The key survives: central/README.md."""
        self.stop()
        for suffix in ("", "-wal", "-shm"):
            self.database.with_name(DATABASE_FILE + suffix).unlink(missing_ok=True)
        if self.backup.exists():
            self.backup.rename(self.database)
        self._start()
        terminal.server = self.server
        return self.server


@pytest.fixture
def house(tmp_path: Path, wires: tuple[Line, Path]) -> Iterator[House]:
    made = House(tmp_path / "central", wires[0])
    yield made
    made.stop()


@pytest.fixture
def terminal(house: House, wires: tuple[Line, Path], tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal.enrolled(tmp_path / "kiosk", wires[1], house.server)
    yield made
    made.close()


@pytest.mark.slow
def test_restored_from_an_older_backup_it_gets_again_what_it_lacks(house: House, terminal: Terminal) -> None:
    # given an uploaded journal, and a backup that was made half-way
    terminal.start()
    terminal.pay(2)
    terminal.upload()
    terminal.settle()
    house.back_up()
    terminal.pay(2)
    terminal.upload()
    terminal.settle()
    # when the backup is put back; nobody comes to the kiosk meanwhile
    house.restore(terminal)
    assert 0 < len(terminal.stored()) < terminal.journal.uploaded.seq
    # then its heartbeat is enough
    terminal.until(lambda: len(terminal.stored()) == terminal.journal.head.seq, "it has everything again")
    terminal.settle()
    terminal.agree()
    assert not terminal.parted


@pytest.mark.slow
def test_restored_to_nothing_the_kiosk_comes_back_as_who_it_was(
    house: House, terminal: Terminal, wires: tuple[Line, Path], tmp_path: Path
) -> None:
    # given an uploaded journal, and a server that lost every record
    terminal.start()
    terminal.pay(2)
    terminal.upload()
    terminal.settle()
    server = house.restore(terminal)

    # when customers go on paying: an unknown kiosk is turned away, and keeps everything
    terminal.pay()
    calls = sum(house.line.seen.values())
    terminal.until(lambda: sum(house.line.seen.values()) > calls + 2, "it is turned away")
    assert not terminal.stored() and not terminal.parted

    # when it is enrolled again with a fresh code
    terminal.stop()
    before = load_identity(terminal.state)
    assert enrol(terminal.state, server.url, server.code(), JOURNAL_FILE) == before
    terminal.start()

    # then name, epoch and journal are what they were, and everything is there
    terminal.until(lambda: len(terminal.stored()) == terminal.journal.head.seq, "it has everything again")
    terminal.settle()
    terminal.agree()

    # and the next new kiosk gets a name of its own
    other = Terminal.enrolled(tmp_path / "other", wires[1], server)
    assert other.id != terminal.id
    other.close()

    # when a new epoch begins although the server has not got the last visits
    terminal.stop()
    terminal.pay()
    owed = list(terminal.journal.records())
    assert len(terminal.stored()) < len(owed)
    terminal.journal.close()
    code = server.code("lobby", terminal.id)
    now = enrol(terminal.state, server.url, code, JOURNAL_FILE, new_epoch=True)
    assert (now.kiosk, now.epoch) == (before.kiosk, 2) and now.public_key != before.public_key

    # then the old journal is handed over, signed with the key of its own time, once
    for _ in range(2):
        [handed] = hand_over(terminal.state, Direct(server.url))
        assert (handed.missing, handed.why) == (0, "")
    assert terminal.stored() == owed
    terminal.power_up()
    assert terminal.journal.identity == now


@pytest.mark.slow
def test_a_name_that_another_machine_has_meanwhile_is_never_taken(
    house: House, terminal: Terminal, wires: tuple[Line, Path], tmp_path: Path
) -> None:
    """Two machines with one name would each book on the other's journal."""
    server = house.restore(terminal)
    other = Terminal.enrolled(tmp_path / "other", wires[1], server)
    assert other.id == terminal.id, "the server has forgotten who that was"
    for code in (server.code(), server.code("lobby", other.id)):
        with pytest.raises(EnrolmentFailed, match="another key"):
            enrol(terminal.state, server.url, code, JOURNAL_FILE)
    assert load_identity(terminal.state) == terminal.journal.identity, "nothing has changed"
    other.close()
