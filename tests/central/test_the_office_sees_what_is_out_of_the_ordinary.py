"""An exception of a kiosk is on the office's page with its role and its limit, until it is closed with a cause."""

from pathlib import Path

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.flow.delays import Delay
from kiosk.identity import load_signer
from kiosk.parcels import JournalHead, UploadJournal
from tests.central.support import PaperKiosk, Server, enrol
from tests.kiosk.office import Office
from tests.kiosk.world import yuan


@pytest.fixture
def both(server: Server, tmp_path: Path) -> tuple[Office, PaperKiosk]:
    """A core, and the line between it and the server."""
    signer = load_signer(tmp_path, create=True)
    enrolled = enrol(server, signer, server.code())
    return Office(tmp_path, name=enrolled.kiosk), PaperKiosk(server, signer, enrolled)


def upload(core: Office, line: PaperKiosk) -> None:
    records = tuple(core.journal.records())
    signature = core.journal.head_signature(core.journal.head.seq, core.journal.head.hash)
    line.ask("journal", UploadJournal(1, records, signature), JournalHead)


def page(line: PaperKiosk) -> str:
    return line.server.page("/exceptions").data.decode()


def test_it_is_listed_open_and_then_closed_with_its_cause(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    core.hear(
        hw.Lost(device="camera", trouble=hw.Trouble.SILENT, detail="no answer"),
        hw.Taken(device="acceptor", code=4, value=yuan(50)),
    )
    core.time_is_up(Delay.DEVICE_LOST)
    upload(core, line)
    shown = page(line)
    numbers = list(core.engine.state.exceptions)
    assert len(numbers) == 2 and all(number in shown for number in numbers)
    for words in ("设备故障", "款项待核", "camera", "班组长"):
        assert words in shown, words

    core.sign_in()
    device = next(n for n, matter in core.engine.state.exceptions.items() if matter.subject == "camera")
    core.want(c.CloseException(device, "replaced"))
    upload(core, line)
    [row] = line.server.rows("SELECT * FROM exception WHERE kiosk = ? AND number = ?", line.id, device)
    assert row["closed_ms"] and (row["cause"], row["closed_by"]) == ("replaced", "1001")
    assert "已更换" in page(line)


def test_one_that_is_past_its_limit_is_marked(kiosk: PaperKiosk) -> None:
    kiosk.journal.write(
        "exception_opened", exception="E1", exception_kind="tamper", subject="door", detail="", severity="high",
        roles=["supervisor"], opened_ms=1_790_000_000_000, due_ms=1_790_000_060_000,
    )  # fmt: skip
    kiosk.upload()
    assert "逾期" in page(kiosk) or "超时" in page(kiosk)


def test_closing_twice_keeps_the_first(kiosk: PaperKiosk) -> None:
    write = kiosk.journal.write
    write("exception_opened", exception="E1", exception_kind="device", opened_ms=1, due_ms=2)
    for cause in ("repaired", "replaced"):
        write("exception_closed", exception="E1", cause=cause, by="1001", closed_ms=3)
    kiosk.upload()
    [row] = kiosk.server.rows("SELECT cause FROM exception WHERE kiosk = ?", kiosk.id)
    assert row["cause"] == "repaired"
