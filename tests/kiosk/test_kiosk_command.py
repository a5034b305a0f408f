"""The command says what is, and where something is wrong, what to do."""

import json
import os

import pytest

from kiosk import cli, disk
from kiosk.disk import disk_trouble
from kiosk.identity import KEY_FILE, load_signer, save_identity
from tests.kiosk.world import Kiosk, bill


@pytest.fixture
def paid(tmp_path):
    """The state folder of a kiosk with one paid visit, the core still running on it."""
    kiosk = Kiosk(tmp_path)
    save_identity(tmp_path, kiosk.identity)
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.print_out()
    yield kiosk
    kiosk.journal.close()


def run(capsys, *words):
    code = cli.main([str(word) for word in words])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_journal_verify_reads_beside_a_running_core(paid, capsys):
    code, out, _ = run(capsys, "journal", "verify", "--state", paid.folder)
    assert code == 0 and "the chain is whole" in out and "cash_box 3600" in out


def test_journal_list_and_export_give_every_record(paid, capsys):
    records = list(paid.journal.records())
    _, out, _ = run(capsys, "journal", "list", "--state", paid.folder, "--config", paid.folder)
    assert len(out.splitlines()) == len(records) and "receipt_issued" in out
    _, out, _ = run(capsys, "journal", "export", "--after", 3, "--state", paid.folder)
    exported = [json.loads(line) for line in out.splitlines()]
    assert [r["hash"] for r in exported] == [r.hash for r in records[3:]]


def test_a_damaged_journal_is_named_and_the_command_fails(paid, capsys):
    paid.journal.close()
    path = paid.folder / "journal.db"
    for name in (path, path.with_name("journal.db-wal")):
        if name.exists():
            name.write_bytes(name.read_bytes().replace(b'"value":2000', b'"value":9000'))
    code, _, err = run(capsys, "journal", "verify", "--state", paid.folder)
    assert code == 1 and "record 4" in err


def test_a_kiosk_that_is_not_enrolled_says_what_to_do(tmp_path, capsys):
    code, _, err = run(capsys, "journal", "verify", "--state", tmp_path)
    assert code == 1 and "kiosk enrol" in err


def test_enrolling_without_a_server_says_so(tmp_path, capsys):
    code, _, err = run(
        capsys,
        "enrol",
        "--code",
        "X",
        "--server",
        "http://127.0.0.1:9",
        "--state",
        tmp_path,
        "--config",
        tmp_path,
    )
    assert code == 1 and "can not be reached" in err and "Check the network" in err


def test_a_folder_of_configuration_that_is_not_there_is_said(tmp_path, capsys):
    for words in (["run"], ["demo"], ["doctor"], ["journal", "list"], ["enrol", "--code", "X"]):
        with pytest.raises(SystemExit) as ended:
            cli.main([*words, "--config", str(tmp_path / "nowhere")])
        assert (
            ended.value.code == 2 and f"there is no folder {tmp_path / 'nowhere'}" in capsys.readouterr().err
        )


def test_a_file_that_is_none_of_what_was_asked_for_is_one_sentence(tmp_path, capsys):
    text = tmp_path / "text"
    text.write_text("no keys")
    for words, says in (
        (["check-receipt", "x", "--keys", text], "no file of keys"),
        (["check-receipt", "x", "--keys", tmp_path / "nowhere"], "No such file"),
        (["check-receipt", "x", "--keys", tmp_path], "Is a directory"),
        (["journal", "verify", "--state", text], "Not a directory"),
        (["hand-over", "--state", tmp_path / "nowhere"], "not enrolled"),
    ):
        code, _, err = run(capsys, *words)
        assert code == 1 and says in err and len(err.splitlines()) == 1


def test_hand_over_says_that_nothing_is_owed(paid, capsys):
    code, out, _ = run(capsys, "hand-over", "--state", paid.folder)
    assert code == 0 and "nothing is owed" in out


def test_doctor_names_each_thing_and_what_to_do(paid, capsys):
    code, out, _ = run(
        capsys,
        *("doctor", "--json", "--state", paid.folder, "--config", paid.folder),
        *("--simulated", paid.folder, "--server", "http://127.0.0.1:9"),
    )
    found = json.loads(out)
    assert code == 1
    assert {
        "font",
        "clock",
        "disk",
        "configuration",
        "server",
        "acceptor",
        "printer",
        "camera",
        "journal",
    } <= set(found)
    assert all(finding["do"] for finding in found.values() if not finding["good"])
    assert not found["acceptor"]["good"] and "no_port" in found["acceptor"]["says"]


def test_every_command_explains_itself(capsys):
    for words in ([], ["run"], ["demo"], ["enrol"], ["journal"], ["journal", "verify"], ["doctor"]):
        with pytest.raises(SystemExit) as ended:
            cli.main([*words, "--help"])
        assert ended.value.code == 0 and "usage: kiosk" in capsys.readouterr().out


def test_a_state_folder_in_ram_is_refused_except_in_simulation():
    trouble = disk_trouble(cli.Path("/dev/shm"))
    assert "power cut" in trouble
    assert not disk_trouble(cli.Path("/dev/shm"), may_be_ram=True)


def test_a_disk_without_room_takes_no_money(tmp_path, monkeypatch):
    assert not disk_trouble(tmp_path, may_be_ram=True)
    monkeypatch.setattr(disk, "SPACE_NEEDED", 1 << 60)
    assert "MiB needed" in disk_trouble(tmp_path, may_be_ram=True)


def test_a_display_that_does_not_answer_is_told_before_anything_starts(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":98765")
    code, out, err = run(capsys, "run", "--home", tmp_path / "home")
    assert code == 1 and not out
    assert ":98765" in err and "unset DISPLAY" in err
    assert not (tmp_path / "home").exists()


def test_the_key_is_for_its_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        load_signer(tmp_path, create=True)
    finally:
        os.umask(before)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
