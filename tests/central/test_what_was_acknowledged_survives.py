"""An answer means: on the disk. The server is killed in the middle of its work and started again."""

import secrets
import sqlite3
import threading
from pathlib import Path
from shutil import copytree

import pytest
import urllib3

from central.ledger import Closed, Ledger
from kiosk.identity import Signer
from kiosk.parcels import JournalHead
from tests.central.conftest import start
from tests.central.support import TIMEOUT_S, PaperKiosk, Server, enrol

KIOSKS = 4
ACKNOWLEDGED_BEFORE_THE_KILL = 5


def _upload_until_it_dies(kiosk: PaperKiosk, heads: list[JournalHead], enough: threading.Event) -> None:
    try:
        while True:
            kiosk.journal.write("box_returned", box=len(kiosk.journal.records))
            heads.append(kiosk.upload(kiosk.journal.records[-1]))
            if len(heads) >= ACKNOWLEDGED_BEFORE_THE_KILL:
                enough.set()
    except urllib3.exceptions.HTTPError:
        return


def test_killed_while_four_kiosks_upload(tmp_path: Path) -> None:
    # given four kiosks that upload record after record
    process, server = start(tmp_path / "state", tmp_path / "log")
    kiosks, heads = [], []
    for _ in range(KIOSKS):
        signer = Signer(secrets.token_bytes(32))
        kiosks.append(PaperKiosk(server, signer, enrol(server, signer, server.code())))
        heads.append([])
    enough = [threading.Event() for _ in kiosks]
    threads = [
        threading.Thread(target=_upload_until_it_dies, args=args)
        for args in zip(kiosks, heads, enough, strict=True)
    ]
    for thread in threads:
        thread.start()
    for event in enough:
        assert event.wait(TIMEOUT_S)

    # when the server is killed
    process.kill()
    process.wait(TIMEOUT_S)
    for thread in threads:
        thread.join(TIMEOUT_S)

    # then everything that it acknowledged is there after the restart, and the kiosks go on
    process, again = start(tmp_path / "state", tmp_path / "log2")
    try:
        for kiosk, answers in zip(kiosks, heads, strict=True):
            kiosk.server = Server(again.url, again.state)
            stored = {
                row["seq"]: row["hash"]
                for row in again.rows("SELECT seq, hash FROM record WHERE kiosk = ?", kiosk.id)
            }
            assert {head.seq: head.hash for head in answers}.items() <= stored.items()
            after = kiosk.upload(*kiosk.journal.records[-500:])
            assert (after.seq, after.hash, after.fork) == (*kiosk.journal.head(), False)
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


def test_one_failing_job_undoes_itself_alone(schema: Path, tmp_path: Path) -> None:
    copytree(schema, tmp_path / "state")
    ledger = Ledger(tmp_path / "state")

    def fails(db: sqlite3.Connection) -> None:
        db.execute("UPDATE edition SET number = 999")
        raise LookupError("no")

    jobs = [
        ledger.submit(lambda db: db.execute("UPDATE edition SET number = number + 1").rowcount)
        for _ in range(3)
    ]
    failing = ledger.submit(fails)
    jobs += [
        ledger.submit(lambda db: db.execute("UPDATE edition SET number = number + 1").rowcount)
        for _ in range(3)
    ]

    assert [job.result(TIMEOUT_S) for job in jobs] == [1] * 6
    with pytest.raises(LookupError):
        failing.result(TIMEOUT_S)
    assert ledger.look(lambda db: db.execute("SELECT number FROM edition").fetchone()["number"]) == 7
    ledger.close()
    with pytest.raises(Closed):
        ledger.submit(fails)


def test_a_reader_can_not_write(schema: Path, tmp_path: Path) -> None:
    copytree(schema, tmp_path / "state")
    ledger = Ledger(tmp_path / "state")
    with pytest.raises(sqlite3.OperationalError):
        ledger.look(lambda db: db.execute("UPDATE edition SET number = 0"))
    ledger.close()
