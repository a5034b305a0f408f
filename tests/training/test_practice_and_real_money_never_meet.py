"""Whoever practises can not touch real money, and no real kiosk or server takes practice for the real thing."""

import os
import pty
import sqlite3

import pytest
from msgspec.structs import replace

from hardware.contracts import Text
from kiosk import contract as c
from kiosk import core
from kiosk.courier.__main__ import Courier
from kiosk.courier.direct import Direct, NoAnswer
from kiosk.courier.loopback import on_this_machine
from kiosk.facts import ReceiptIssued
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.identity import Identity, load_signer, save_identity
from kiosk.journal.store import Damaged, Journal
from kiosk.parcels import AskBundle, BundleIs, Outcome, Send
from kiosk.printing import TRAINING_MARK, marked, paper
from kiosk.training import apart
from tests.kiosk.office import Office
from tests.kiosk.world import NOW_MS, Kiosk, bill

FAR = "http://192.0.2.7:8800"


def enrolled(folder, name):
    signer = load_signer(folder, create=True)
    identity = Identity(name, 1, "lobby", signer.public_key, "00" * 32)
    save_identity(folder, identity)
    Journal.create(folder / "journal.db", identity)
    return identity


# ---- the core


@pytest.mark.parametrize(
    "name, options, says",
    [
        ("T0001", [], "for practice and takes no real money"),
        ("T0001", ["--simulated"], "for practice and takes no real money"),
        ("K0001", ["--training", "--simulated"], "a real kiosk"),
        ("T0001", ["--training"], "simulated devices only"),
    ],
    ids=["practice, real devices", "practice, not asked for", "real kiosk", "no simulated devices"],
)
def test_the_core_does_not_start_where_practice_and_the_real_thing_mix(tmp_path, capsys, name, options, says):
    enrolled(tmp_path, name)
    given = [o if o != "--simulated" else f"--simulated={tmp_path / 'lines'}" for o in options]
    code = core.main([f"--state={tmp_path}", f"--run={tmp_path}", f"--config={tmp_path}", *given])
    assert code == 78 and says in capsys.readouterr().err


def test_practice_refuses_a_real_device_among_the_simulated_ones(tmp_path):
    """A simulated line is a pseudo-terminal; /dev/null stands for a serial port here."""
    _, tty = pty.openpty()
    (tmp_path / "printer").symlink_to(os.ttyname(tty))
    apart.check("T0001", True, tmp_path)
    (tmp_path / "acceptor").symlink_to("/dev/null")
    with pytest.raises(apart.Mixed, match="acceptor is a real device"):
        apart.check("T0001", True, tmp_path)
    with pytest.raises(apart.Mixed, match="/dev is a real device"):
        apart.check("T0001", True, apart.REAL_DEVICES)


def test_a_journal_of_practice_is_no_journal_of_a_real_kiosk(tmp_path):
    practice = Kiosk(tmp_path, name="T0001")
    practice.to_cash(bill("36.00"))
    practice.insert(20)
    practice.journal.close()
    signer = practice.signer
    real = Identity("K0001", 1, "lobby", signer.public_key, "00" * 32)
    with pytest.raises(Damaged, match="T0001"):
        journal = Journal.open(tmp_path / "journal.db", real, signer, practice.clock)
        journal.recover(practice.engine.state)


# ---- what `kiosk train` finds in its folder


def test_it_does_not_start_on_a_real_kiosks_folder(tmp_path):
    books, mark = tmp_path / "central" / "central.sqlite3", tmp_path / "central" / "training"
    state = tmp_path / "kiosk"
    apart.check_home(tmp_path, state, "journal.db", books, mark)
    enrolled(state, "T0001")
    apart.check_home(tmp_path, state, "journal.db", books, mark)
    (state / "identity.json").unlink()
    with pytest.raises(apart.Mixed, match=r"journal\.db"):
        apart.check_home(tmp_path, state, "journal.db", books, mark)


def test_nor_above_real_identity_nor_beside_real_books(tmp_path):
    books, mark = tmp_path / "central" / "central.sqlite3", tmp_path / "central" / "training"
    books.parent.mkdir()
    sqlite3.connect(books).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(apart.Mixed, match=r"central\.sqlite3"):
        apart.check_home(tmp_path, tmp_path / "kiosk", "journal.db", books, mark)
    mark.touch()
    apart.check_home(tmp_path, tmp_path / "kiosk", "journal.db", books, mark)
    enrolled(tmp_path, "K0001")
    with pytest.raises(apart.Mixed, match=r"identity\.json"):
        apart.check_home(tmp_path, tmp_path / "kiosk", "journal.db", books, mark)


# ---- the way to the server


@pytest.mark.parametrize(
    "server, here",
    [
        ("http://127.0.0.1:8800", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        (FAR, False),
        ("https://office.example", False),
        ("https://127.0.0.1.example", False),
    ],
)
def test_what_counts_as_this_machine(server, here):
    assert on_this_machine(server) is here


def test_nothing_of_practice_is_sent_to_a_server_elsewhere(tmp_path):
    carried = Courier(tmp_path / "s", FAR, "")._delivered(Send("p", "bundle", "{}", "T0001", "00", 1.0))
    assert carried.outcome is Outcome.NOT_SENT and "practice" in carried.detail
    with pytest.raises(NoAnswer, match="practice"):
        Direct(FAR).call("bundle", AskBundle(0), BundleIs, "T0001", load_signer(tmp_path, create=True))


# ---- what one sees


def test_the_banner_stands_on_every_page_and_real_kiosks_have_none(tmp_path):
    for name in ("T0001", "K0001"):
        (folder := tmp_path / name).mkdir()
        kiosk = Office(folder, name=name)
        kiosk.to_cash(bill("36.00"))
        kiosk.insert(20, 10, 5, 1)
        kiosk.leave()
        kiosk.sign_in()
        kiosk.want(c.SignOut(), c.OpenHelp("topics"))
        kiosk.hear(st.WriteFailed("disk"))
        assert len({type(view.page) for view in kiosk.views}) > 10
        first = [view.banners[:1] == (c.Banner.TRAINING,) for view in kiosk.views]
        assert all(first) if name == "T0001" else not any(first)
        assert all((c.Banner.SIMULATED in view.banners) is (name == "K0001") for view in kiosk.views)


def test_every_kind_of_paper_carries_the_mark_at_both_ends_and_its_number_tells_too(tmp_path):
    kiosk = Office(tmp_path, name="T0001")
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.leave()
    kiosk.sign_in()
    kiosk.open_day()
    kiosk.close_day()
    printed = [command for command in kiosk.commands if isinstance(command, cmd.PrintPaper)]
    kinds = {type(command.issued).__name__ for command in printed}
    assert {"ReceiptIssued", "DayClosed"} <= kinds
    for command in printed:
        for again in (1, 2):
            made = paper(kiosk.site, command.issued, again, c.TextSize.LARGE, NOW_MS)
            texts = [block.text for block in made.blocks if isinstance(block, Text)]
            assert texts[0] == texts[-1] == TRAINING_MARK
    [receipt] = kiosk.facts(ReceiptIssued)
    assert receipt.receipt.startswith("T0001-") and receipt.kiosk == "T0001"


def test_a_paper_of_a_real_kiosk_has_no_mark(tmp_path):
    kiosk = Kiosk(tmp_path, name="T0001")
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    issued = kiosk.last(cmd.PrintPaper).issued
    practice = paper(kiosk.site, issued, 1, c.TextSize.LARGE, NOW_MS)
    real = paper(replace(kiosk.site, kiosk="K0001"), issued, 1, c.TextSize.LARGE, NOW_MS)
    assert len(practice.blocks) == len(real.blocks) + 2
    assert TRAINING_MARK not in str(real) and marked(replace(kiosk.site, kiosk="K0001"), real) is real


def test_what_is_real_goes_elsewhere_only_encrypted(tmp_path):
    carried = Courier(tmp_path / "s", FAR, "")._delivered(Send("p", "charge", "{}", "K0001", "00", 1.0))
    assert carried.outcome is Outcome.NOT_SENT and "https" in carried.detail
    with pytest.raises(NoAnswer, match="https"):
        Direct(FAR).call("bundle", AskBundle(0), BundleIs, "K0001", load_signer(tmp_path, create=True))
