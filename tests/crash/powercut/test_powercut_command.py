"""`script/powercut` refuses what it can not do, in words; and its own parts do what they should.

The cuts themselves are for the command line (docs/proof/powercut.md): each boots a machine.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.simulated import Json
from kiosk import facts as f
from kiosk.clock import SystemClock
from kiosk.identity import load_identity, load_signer
from kiosk.journal.store import Journal
from kiosk.money import Money
from tests.crash import ext4_mounts as ext4
from tests.crash.power import Kept
from tests.crash.powercut import parts, run
from tests.crash.powercut.books import Auditor, Lost
from tests.crash.powercut.nbd import NetworkDrive
from tests.crash.powercut.visitor import Seen

PROJECT = Path(__file__).parents[3]
CHANCE = random.Random(0)


# ---- the command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cuts", "0"], "at least 1"),
        (["--cuts", "many"], "expected a number"),
        (["--weaken", "sync=OFF"], "synchronous"),
        (["--weaken", "synchronous"], "PRAGMA=VALUE"),
    ],
)
def test_wrong_arguments_are_explained(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_a_machine_without_qemu_is_told_what_to_install_and_nothing_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "check_tools", lambda: parts.check_tools(str(tmp_path)))

    assert run.main(["--cuts", "1"]) == run.LACKING

    said = capsys.readouterr()
    assert "NOT TESTED" in said.err and "PASSED" not in said.out
    if "Install" in said.err:  # another architecture is told that instead
        assert re.search(r"apt-get install .*qemu-system-x86 busybox-static e2fsprogs", said.err)


def test_the_script_starts_this_command() -> None:
    script = (PROJECT / "script" / "powercut").read_text()
    assert "python -m tests.crash.powercut.run" in script and os.access(
        PROJECT / "script" / "powercut", os.X_OK
    )


# ---- the drive, as a machine uses it


class Client:
    """Speaks NBD from the specification, not from the server's code."""

    def __init__(self, address: Path) -> None:
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(str(address))
        self.stream = self.line.makefile("rwb")
        assert self.stream.read(16) == b"NBDMAGICIHAVEOPT"
        assert struct.unpack(">H", self.stream.read(2))[0] & 1  # fixed newstyle
        self.say(struct.pack(">I", 3))
        self.option(8)  # structured replies
        assert self.reply()[0] == 2**31 + 1  # unsupported: then simple ones
        self.option(7, struct.pack(">IH", 0, 0))  # go, the export without a name
        kind, info = self.reply()
        assert kind == 3
        _, self.size, self.flags = struct.unpack(">HQH", info)
        assert self.reply()[0] == 1

    def say(self, data: bytes) -> None:
        self.stream.write(data)
        self.stream.flush()

    def option(self, number: int, data: bytes = b"") -> None:
        self.say(b"IHAVEOPT" + struct.pack(">II", number, len(data)) + data)

    def reply(self) -> tuple[int, bytes]:
        _, _, kind, length = struct.unpack(">QIII", self.stream.read(20))
        return kind, self.stream.read(length)

    def ask(self, kind: int, at: int = 0, length: int = 0, data: bytes = b"") -> bytes:
        """Raises EOFError when no answer comes."""
        self.say(struct.pack(">IHHQQI", 0x25609513, 0, kind, 77, at, length or len(data)) + data)
        magic, error, cookie = struct.unpack(">IIQ", self.stream.read(16))
        assert (magic, error, cookie) == (0x67446698, 0, 77)
        return self.stream.read(length)

    def close(self) -> None:
        self.stream.close()
        self.line.close()


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[NetworkDrive]:
    drive = NetworkDrive(tmp_path / "drive.sock", {1: b"old!" * 1024}, 1 << 20)
    drive.power_on()
    yield drive
    assert not drive._server.is_alive()


def test_only_what_was_flushed_outlives_the_power_for_certain(drive: NetworkDrive, tmp_path: Path) -> None:
    client = Client(tmp_path / "drive.sock")
    assert client.size == 1 << 20 and client.flags & 4  # it can flush
    client.ask(1, 4096, data=b"safe" * 1024)
    client.ask(3)
    client.ask(1, 8192, data=b"hope" * 1024)
    assert client.ask(0, 4096, 8192) == b"safe" * 1024 + b"hope" * 1024
    client.close()

    assert drive.power_off(Kept.NONE, CHANCE) == 1
    assert drive.pages == {1: b"safe" * 1024}

    drive.power_on()
    client = Client(tmp_path / "drive.sock")
    assert client.ask(0, 4096, 8192) == b"safe" * 1024 + bytes(4096)
    client.close()
    drive.power_off(Kept.ALL, CHANCE)


def test_a_drive_that_dies_in_a_write_never_answers_it(drive: NetworkDrive, tmp_path: Path) -> None:
    client = Client(tmp_path / "drive.sock")
    drive.dies_at_write(2)
    client.ask(1, 0, data=b"1" * 4096)
    client.line.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.ask(1, 8192, data=b"2" * 4096)
    assert drive.dead.is_set()
    client.close()
    assert drive.power_off(Kept.ALL, CHANCE) == 2
    assert drive.pages[2] == b"2" * 4096


# ---- the auditor: a loss of each kind is found, and an honest machine passes


class Case:
    """A kiosk with ¥20 credited, ¥5 in the air and one receipt, on a drive that is switched off."""

    def __init__(self, folder: Path) -> None:
        state = folder / "state"
        run.enrolled(state)
        journal = Journal.open(state / "journal.db", load_identity(state), load_signer(state), SystemClock())
        journal.append([f.NoteHeld("n1", "p1", 3, Money(2000), None, 1, "unit"), f.NoteStacking("n1")])
        journal.append([f.NoteCredited("n1", "p1", Money(2000), "device")])
        journal.append([f.NoteHeld("n2", "p1", 1, Money(500), None, 1, "unit"), f.NoteStacking("n2")])
        self.records = journal.head.seq
        journal.close()
        self.pages = ext4.make(state)
        self.auditor = Auditor(folder, state)
        self.acceptor: Json = {"box": [2000], "inserted_fen": 2500, "returned_fen": 0}
        self.seen = Seen(shown={0: 2000})
        self.pieces: list[Json] = []

    def look(self, **how: Any) -> None:
        self.auditor.look(self.pages, self.seen, self.acceptor, {"pieces": self.pieces}, **how)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    if not all(shutil.which(name, path=parts.PATH) for name in ("mkfs.ext4", "debugfs", "e2fsck")):
        pytest.skip("NOT TESTED: reading a kiosk's drive needs e2fsprogs (apt-get install e2fsprogs)")
    return Case(tmp_path)


def test_the_auditor_reads_the_journal_off_the_drive(case: Case) -> None:
    case.look()
    assert len(case.auditor.before) == case.records
    case.look()  # and again, with the same records


def test_a_note_in_the_box_that_nobody_knows_is_a_loss(case: Case) -> None:
    case.acceptor["box"] = [2000, 500, 500]
    with pytest.raises(Lost, match="in the box and not in the journal"):
        case.look()


def test_a_note_on_its_way_may_have_come_to_the_box(case: Case) -> None:
    case.acceptor["box"] = [2000, 500]
    case.look()
    with pytest.raises(Lost, match="open 500"):
        case.look(at_rest=True)


def test_money_that_the_screen_has_shown_must_be_credited(case: Case) -> None:
    case.seen.shown[1] = 100
    with pytest.raises(Lost, match="the screen said that 2100"):
        case.look()


def test_paper_and_numbers_on_the_screen_must_be_issued(case: Case) -> None:
    case.pieces.append({"text": "K0001-00000001"})
    with pytest.raises(Lost, match="on paper and not in the journal"):
        case.look()
    case.pieces.clear()
    case.seen.papers.add("K0001-00000001")
    with pytest.raises(Lost, match="not issued"):
        case.look()


def test_records_that_were_there_before_may_not_go(case: Case, tmp_path: Path) -> None:
    case.look()
    (tmp_path / "other").mkdir()
    run.enrolled(tmp_path / "other" / "state")
    case.auditor.state = tmp_path / "other" / "state"
    case.pages = ext4.make(case.auditor.state)
    with pytest.raises(Lost, match="were there after an earlier cut"):
        case.look()


def test_a_drive_without_a_journal_is_a_loss(case: Case) -> None:
    case.pages = ext4.make()
    with pytest.raises(Lost):
        case.look()
