"""An exception of a kiosk is on the office's page with its role and its limit, until it is closed with a cause."""

from pathlib import Path

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts.office import ExceptionClosed
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.identity import load_signer
from kiosk.parcels import Heartbeat, HeartbeatSeen, JournalHead, UploadJournal
from tests.central.support import PaperKiosk, Server, altered, enrol
from tests.central.test_office_shows_it import Person
from tests.kiosk.office import SUPERVISOR, Office
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
    for words in ("设备故障", "款项待核", "摄像头", "班组长"):
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


# ---- closed at the office


def heartbeat(line: PaperKiosk, broken: str = "") -> HeartbeatSeen:
    seen: HeartbeatSeen = line.ask("heartbeat", Heartbeat(1, "1", 1, 1, (), broken=broken), HeartbeatSeen)
    return seen


def hears(core: Office, line: PaperKiosk) -> int:
    """What the outbox does with the answer to a heartbeat."""
    closings = heartbeat(line).closings
    for one in closings:
        core.hear(st.OfficeCloses(one.exception, one.cause, one.by))
    return len(closings)


def a_camera_is_away(both: tuple[Office, PaperKiosk]) -> tuple[Office, PaperKiosk, str]:
    core, line = both
    core.hear(hw.Lost(device="camera", trouble=hw.Trouble.SILENT, detail="no answer"))
    core.time_is_up(Delay.DEVICE_LOST)
    upload(core, line)
    [number] = core.engine.state.exceptions
    return core, line, number


def clerk(line: PaperKiosk) -> Person:
    person = Person(line.server)
    person.sign_in()
    return person


def closed(line: PaperKiosk, number: str) -> tuple[bool, str, str]:
    [row] = line.server.rows("SELECT * FROM exception WHERE kiosk = ? AND number = ?", line.id, number)
    return bool(row["closed_ms"]), row["cause"], row["closed_by"]


def test_the_office_closes_it_and_the_kiosk_writes_so(both: tuple[Office, PaperKiosk]) -> None:
    core, line, number = a_camera_is_away(both)
    where = f"/exceptions/{line.id}/{number}/close"
    assert Person(line.server).post(where, "/exceptions", cause="replaced").status == 302, "not unsigned"
    assert "没有关闭" in clerk(line).post(where, "/exceptions", cause="answered").data.decode()
    assert hears(core, line) == 0
    assert "待终端记录" in clerk(line).post(where, "/exceptions", cause="replaced").data.decode()
    assert "没有关闭" in clerk(line).post(where, "/exceptions", cause="repaired").data.decode(), "once"
    assert closed(line, number) == (False, "", ""), "the kiosk has still to write it"
    assert hears(core, line) == 1 == hears(core, line)  # told until its record is here
    upload(core, line)
    assert hears(core, line) == 0
    assert len(core.facts(ExceptionClosed)) == 1
    assert closed(line, number) == (True, "replaced", "office:demo")
    assert "待终端记录" not in page(line)


def test_closed_here_and_there_at_once_neither_word_is_lost(both: tuple[Office, PaperKiosk]) -> None:
    core, line, number = a_camera_is_away(both)
    core.sign_in()
    core.want(c.CloseException(number, "repaired"))  # on its way
    clerk(line).post(f"/exceptions/{line.id}/{number}/close", "/exceptions", cause="replaced")
    assert hears(core, line) == 1 and len(core.facts(ExceptionClosed)) == 1
    upload(core, line)
    assert closed(line, number) == (True, "repaired", "1001"), "the kiosk's journal says who was first"
    assert "办公室也填了" in page(line) and "已更换" in page(line)
    assert hears(core, line) == 0


@pytest.mark.parametrize("where", ["kiosk", "office"])
def test_a_complaint_that_was_closed_is_answered_and_its_telephone_number_stays_shut(
    both: tuple[Office, PaperKiosk], where: str
) -> None:
    core, line = both
    core.want(
        c.OpenHelp("say_contact", core.site.advice[c.Language.ZH].subject[0].id), c.SayIt(contact=False)
    )
    upload(core, line)
    [number] = core.engine.state.exceptions
    opinions = "SELECT settled_ms, settled_by FROM problem WHERE kiosk = ? AND kind = 'opinion'"
    assert line.server.rows(opinions, line.id)[0]["settled_ms"] == 0
    if where == "kiosk":
        core.want(c.LeaveHelp())
        core.sign_in(SUPERVISOR)
        core.want(c.CloseException(number, "answered"))
    else:
        clerk(line).post(f"/exceptions/{line.id}/{number}/close", "/exceptions", cause="answered")
        hears(core, line)
    upload(core, line)
    [row] = line.server.rows(opinions, line.id)
    assert row["settled_ms"] and row["settled_by"] == ("2001" if where == "kiosk" else "office:demo")


def test_what_closes_by_itself_takes_no_cause_here_either(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    core.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))
    upload(core, line)
    [number] = core.engine.state.exceptions
    clerk(line).post(f"/exceptions/{line.id}/{number}/close", "/exceptions", cause="settled")
    assert hears(core, line) == 0 and "随待办事项办结而关闭" in page(line)


def test_a_journal_that_can_not_be_written_is_one_of_the_servers_and_closes_with_a_cause(
    kiosk: PaperKiosk,
) -> None:
    for _ in range(3):  # each heartbeat says it
        heartbeat(kiosk, "disk I/O error")
    sql = "SELECT * FROM problem WHERE kiosk = ? AND kind = 'journal_broken' ORDER BY id"
    [found] = kiosk.server.rows(sql, kiosk.id)
    shown = page(kiosk)
    assert "终端账本无法写入" in shown and "disk I/O error" in shown and f"#{found['id']}" in shown

    clerk(kiosk).post(f"/problems/{found['id']}/settle", "/problems")
    assert kiosk.server.rows(sql, kiosk.id)[0]["settled_ms"] == 0, "not without a cause"
    where = f"/exceptions/found/{found['id']}/close"
    for cause in ("", "answered", "replaced"):
        clerk(kiosk).post(where, "/exceptions", cause=cause)
    [row] = kiosk.server.rows(sql, kiosk.id)
    assert (row["cause"], row["settled_by"]) == ("replaced", "demo") and row["settled_ms"]
    heartbeat(kiosk)
    assert len(kiosk.server.rows(sql, kiosk.id)) == 1
    heartbeat(kiosk, "disk I/O error")
    assert len(kiosk.server.rows(sql, kiosk.id)) == 2, "it broke again"


@pytest.mark.parametrize("what", ["parted", "broken batch"])
def test_a_journal_that_was_tampered_with_is_one_too(kiosk: PaperKiosk, what: str) -> None:
    if what == "parted":
        kiosk.ask("heartbeat", Heartbeat(1, "1", 1, 1, (), parted="its tail was cut off"), HeartbeatSeen)
    else:
        kiosk.journal.write("day_opened", day=1, by="1001")
        kiosk.upload(altered(kiosk.journal.records[-1], body='{"kind":"day_opened","day":2,"by":"1001"}'))
    [found] = kiosk.server.rows("SELECT id FROM problem WHERE kiosk = ? AND settled_ms = 0", kiosk.id)
    assert f"/exceptions/found/{found['id']}/close" in clerk(kiosk).get("/exceptions").data.decode()
