"""A card was copied, or an old copy was put back: both histories are kept, both are named, nobody is trusted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import cli, upload, witness
from kiosk.journal.store import JOURNAL_FILE, Damaged
from kiosk.witness import WITNESS_FILE
from tests.sync.proxy import Line
from tests.sync.terminal import Terminal

Another = Callable[[Path], Terminal]


def copied(terminal: Terminal, to: Path) -> Path:
    """The card, as it is now; the machine is off meanwhile."""
    terminal.stop()
    terminal.journal.close()
    shutil.copytree(terminal.state, to)
    terminal.power_up()
    return to


def problems(terminal: Terminal) -> dict[str, str]:
    rows = terminal.server.rows("SELECT kind, detail FROM problem WHERE kiosk = ?", terminal.id)
    return {row["kind"]: row["detail"] for row in rows}


@pytest.mark.slow
def test_two_machines_from_one_card_both_go_up_and_both_are_named(
    terminal: Terminal, another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a card that was copied after two visits, and customers at both machines; batches are small
    monkeypatch.setattr(upload, "BATCH", 20)
    terminal.start()
    terminal.pay(2)
    terminal.upload()
    terminal.settle()
    clone = another(copied(terminal, tmp_path / "clone"))
    for machine in (terminal, clone):
        machine.pay(3)

    # when the first, then the second, then the first again is connected
    for machine in (terminal, clone, terminal):
        machine.start()
        machine.pay()
        machine.upload()
        machine.settle()
        machine.stop()

    # then every record of either is at the server, once
    ours, theirs = list(terminal.journal.records()), list(clone.journal.records())
    shared = next(n for n, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other)
    assert terminal.stored() == ours
    assert terminal.stored("fork_record") == theirs[shared:]
    # one line for staff names the record where they part, and both branches
    [named] = [
        row["detail"]
        for row in terminal.server.rows(
            "SELECT detail FROM problem WHERE kiosk = ? AND kind = 'fork'", terminal.id
        )
    ]
    assert f"record 1/{shared + 1} " in named
    assert ours[shared].hash[:12] in named and theirs[shared].hash[:12] in named
    # the machine whose records are not booked takes no money any more; the other one goes on
    assert len(clone.parted) == 1 and clone.kiosk.engine.state.house.broken
    assert not terminal.parted and not terminal.kiosk.engine.state.house.broken


@pytest.mark.slow
def test_a_branch_goes_up_whole_even_if_the_server_lost_its_beginning(
    terminal: Terminal, another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clone's cursor stands behind records that a restored server does not have any more."""
    monkeypatch.setattr(upload, "BATCH", 20)
    terminal.pay()
    clone = another(copied(terminal, tmp_path / "clone"))
    terminal.pay(4)
    clone.pay(4)
    # given a clone that believes that the server has the first half of its branch
    records = list(clone.journal.records())
    half = records[len(records) // 2]
    clone.journal.move_uploaded(half.seq, half.hash)
    terminal.start().settle()
    terminal.stop()
    # when
    clone.start().settle()
    clone.stop()
    # then
    shared = len([r for r in records if r in terminal.stored()])
    assert clone.stored("fork_record") == records[shared:]


@pytest.mark.slow
def test_an_old_copy_of_the_journal_is_named_at_connect_and_by_verify(
    terminal: Terminal, another: Another, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a card that was copied, and visits after that which the server acknowledged
    terminal.pay()
    old = copied(terminal, tmp_path / "old")
    terminal.pay(2)
    terminal.start().settle()
    terminal.stop()
    seq = terminal.journal.head.seq

    # when the old copy is put into the machine
    restored = another(old)
    assert restored.journal.head.seq < seq
    restored.start()
    restored.until(lambda: restored.parted, "the kiosk names it")
    restored.until(lambda: "journal_parted" in problems(restored), "the server names it")
    restored.stop()

    # then the kiosk says what it is, and takes no money
    ends = f"acknowledged {seq} records of this journal, which ends at "
    assert ends in restored.parted[0] and ends in problems(restored)["journal_parted"]
    assert restored.kiosk.engine.state.house.broken == restored.parted[0]
    # and verify finds it too, without the server
    assert cli.main(["journal", "verify", "--state", str(old)]) == 1
    assert f"the server acknowledged {seq}: its tail was cut off, or an old copy" in capsys.readouterr().err


@pytest.mark.slow
def test_a_journal_without_its_tail_is_named_before_the_server_is_asked(
    terminal: Terminal, line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the journal's file was put back: what the server signed last is still beside it."""
    terminal.pay()
    old = copied(terminal, tmp_path / "old")
    terminal.pay()
    terminal.start().settle()
    terminal.until(lambda: (terminal.state / WITNESS_FILE).exists(), "the server has signed")
    seq = terminal.journal.head.seq
    signed = f'"seq":{seq},'
    terminal.until(lambda: signed in (terminal.state / WITNESS_FILE).read_text(), "all of it")
    terminal.stop()
    terminal.journal.close()
    assert cli.main(["journal", "verify", "--state", str(terminal.state)]) == 0

    for suffix in ("", "-wal"):
        (terminal.state / (JOURNAL_FILE + suffix)).unlink(missing_ok=True)
        if (old / (JOURNAL_FILE + suffix)).exists():
            shutil.copy(old / (JOURNAL_FILE + suffix), terminal.state)
    line.pull()
    try:
        terminal.power_up()
        terminal.start()
        assert f"the server acknowledged {seq}" in terminal.parted[0]
        assert cli.main(["journal", "verify", "--state", str(terminal.state)]) == 1
    finally:
        line.plug()
    assert f"the server acknowledged {seq}" in capsys.readouterr().err


def test_what_the_server_signed_can_not_be_altered(terminal: Terminal) -> None:
    (terminal.state / WITNESS_FILE).write_text(
        f'{{"kiosk":"{terminal.id}","epoch":1,"seq":1,"hash":"{"0" * 64}","signature":"{"0" * 128}"}}'
    )
    with pytest.raises(Damaged, match="not signed by our server"):
        witness.check(terminal.state, terminal.journal)
