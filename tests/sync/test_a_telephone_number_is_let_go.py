"""A customer leaves a telephone number with a complaint; in time the number is thrown away. Afterwards no byte of it is
in any file of kiosk or server, the chain is whole, and the sums are what they were."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from central import purge
from central.ledger import DATABASE_FILE, connect
from central.totals import totals
from kiosk import contract as c
from kiosk.contacts import Contacts
from kiosk.facts.visitor import OpinionGiven
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.identity import sealed_for
from kiosk.rules.retention import DAY_MS, AtServer
from tests.central.support import Server
from tests.sync.proxy import Fault, Line
from tests.sync.terminal import Terminal

PHONE = "13867452391"
RULES = AtServer(contact_answered=1, contact=30, customer=36_500, broken_batch=36_500)


def complains(terminal: Terminal) -> tuple[OpinionGiven, str]:
    """With a telephone number; gives what was written, and the sealed text."""
    kiosk = terminal.kiosk
    kiosk.want(c.OpenHelp("say"))
    kiosk.want(kiosk.page.choices[0].button.intent)
    kiosk.type(PHONE)
    kiosk.want(c.SayIt(True))
    order = kiosk.last(cmd.SealContact)
    sealed = sealed_for(kiosk.identity.server_key, order.contact)
    kiosk.hear(st.ContactSealed(order.attempt, Contacts(terminal.state).put(sealed)))
    kiosk.print_out()
    kiosk.want(c.LeaveHelp())
    said: OpinionGiven = kiosk.facts(OpinionGiven)[-1]
    return said, sealed


def found_in(folder: Path, *texts: str) -> list[str]:
    """Files that hold one of these, as text or as the bytes that it stands for."""
    wanted = [text.encode() for text in texts] + [bytes.fromhex(text) for text in texts if len(text) > 90]
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in paths if any(text in path.read_bytes() for text in wanted))


def contacts(terminal: Terminal) -> int:
    return len(terminal.server.rows("SELECT 1 FROM contact WHERE kiosk = ?", terminal.id))


def sums(server: Server) -> dict[str, object]:
    db = connect(server.state / DATABASE_FILE, writes=False)
    try:
        return {**totals(db)}
    finally:
        db.close()


@pytest.fixture
def complained(terminal: Terminal, line: Line) -> Iterator[tuple[Terminal, OpinionGiven, str]]:
    """A visit that was paid, a complaint, everything with the server, over a line that loses the first answer."""
    terminal.pay()
    said, sealed = complains(terminal)
    line.next("contact", Fault.LOSE_REQUEST, Fault.LOSE_ANSWER)
    terminal.start()
    terminal.until(lambda: contacts(terminal), "the number is at the server")
    terminal.until(lambda: not Contacts(terminal.state).waiting(), "and not at the kiosk any more")
    yield terminal, said, sealed


def test_at_the_kiosk_it_is_gone_as_soon_as_the_server_has_it(
    complained: tuple[Terminal, OpinionGiven, str],
) -> None:
    terminal, said, sealed = complained
    terminal.settle()
    assert found_in(terminal.state, PHONE, sealed) == []
    assert said.contact_digest in "".join(record.body for record in terminal.journal.records())
    assert terminal.journal.verify()[0] == terminal.journal.head.seq


def test_after_the_purge_no_byte_of_it_is_left_and_chain_and_sums_are_the_same(
    complained: tuple[Terminal, OpinionGiven, str], tmp_path: Path
) -> None:
    terminal, said, sealed = complained
    server, now_ms = terminal.server, time.time_ns() // 1_000_000
    assert found_in(server.state, sealed) and not found_in(server.state, PHONE)
    before, records = sums(server), terminal.stored()
    # given time that passed, while the server goes on
    purged = purge.run(server.state, RULES, "clerk", lambda: now_ms + 31 * DAY_MS, lambda kind, count: None)
    assert purged["contact"] >= 1 and not contacts(terminal)
    # then no file holds it, nor would a copy of the database that is made now
    shutil.copytree(server.state, tmp_path / "backup")
    for folder in (server.state, terminal.state, tmp_path / "backup"):
        assert found_in(folder, PHONE, sealed) == []
    # and everything else is as it was, for the kiosk too
    assert terminal.stored() == records and sums(server) == before
    terminal.pay()
    terminal.upload()
    terminal.settle()
    terminal.agree()
    [opinion] = server.rows("SELECT * FROM opinion WHERE kiosk = ?", terminal.id)
    assert opinion["number"] == said.case and opinion["contact_digest"] == said.contact_digest


def test_one_that_no_record_names_stays_until_its_time_is_over(terminal: Terminal, line: Line) -> None:
    def heard() -> int:
        return sum(times for (call, _), times in line.seen.items() if call == "contact")

    # given a core that died between keeping the number and writing the opinion
    sealed = sealed_for(terminal.kiosk.identity.server_key, PHONE)
    kept = Contacts(terminal.state)
    kept.put(sealed)
    terminal.start()
    terminal.pay()
    terminal.upload()
    terminal.settle()
    terminal.until(lambda: heard(), "the server is asked to take it")
    # when there are more records it is asked once more: the first answer was heard, and was no
    asked = heard()
    terminal.pay()
    terminal.upload()
    terminal.until(lambda: heard() > asked or not kept.waiting(), "it is asked again")
    assert not contacts(terminal) and kept.waiting()
    now_ms = time.time_ns() // 1_000_000
    kept.expire(now_ms + 13 * DAY_MS, 14)
    assert kept.waiting()
    kept.expire(now_ms + 15 * DAY_MS, 14)
    assert found_in(terminal.state, PHONE, sealed) == []
