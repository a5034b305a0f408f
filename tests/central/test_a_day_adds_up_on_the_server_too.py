"""A whole day of the real core, uploaded: the server's own sums are those of the slip, and its pages show them."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from central.office import day_sheet
from hardware import contracts as hw
from kiosk import codec
from kiosk.contract import AllRight, ChooseTender, How, PayTicked, Tender
from kiosk.deeds import DEEDS
from kiosk.facts import ChargeConfirmed
from kiosk.facts.office import BoxCounted, DayClosed
from kiosk.flow.delays import Delay
from kiosk.identity import load_signer, save_identity
from kiosk.parcels import AskBundle, AskCharge, BundleIs, ChargeIs, ChargeState, JournalHead, UploadJournal
from tests.central.support import TIMEOUT_S, PaperKiosk, Server, enrol
from tests.central.test_office_shows_it import Person
from tests.kiosk.office import ATTENDANT, SUPERVISOR, Office
from tests.kiosk.world import bill, yuan

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")


@pytest.fixture
def both(server: Server, tmp_path: Path) -> tuple[Office, PaperKiosk]:
    """A core, and the line between it and the server."""
    signer = load_signer(tmp_path, create=True)
    enrolled = enrol(server, signer, server.code())
    return Office(tmp_path, name=enrolled.kiosk), PaperKiosk(server, signer, enrolled)


def pays(core: Office, number: str, *notes: int, fee: str = "water", due: str = "") -> None:
    core.to_cash(bill(due or f"{sum(notes)}.00", fee, number=number), fee=fee)
    core.insert(*notes)
    core.leave()


def a_day(core: Office, line: PaperKiosk) -> None:
    core.sign_in()
    core.open_day()
    core.sign_out()
    pays(core, "A", 20, 20, due="37.50")
    pays(core, "B", 100, fee="property", due="80.00")
    core.to_check(bill("36.00", number="M1"), bill("14.00", fee="gas", number="M2"))  # two fees, paid at once
    core.want(PayTicked(), AllRight(), ChooseTender(Tender.CODE))
    together = core.show_code()
    line.ask("charge", AskCharge(together, "p", "M1", yuan("50.00"), "134567890123456788"), ChargeState)
    core.charge_is(together, ChargeIs.CONFIRMED, amount="50.00")
    core.leave()
    core.to_code(bill("12.30", number="C"))
    charge = core.show_code()
    line.ask("charge", AskCharge(charge, "p", "C", yuan("12.30"), "134567890123456789"), ChargeState)
    core.charge_is(charge, ChargeIs.CONFIRMED, amount="12.30")
    core.leave()
    core.hear(
        hw.Taken(device="acceptor", code=4, value=yuan(50)), hw.Taken(device="acceptor", code=17, value=None)
    )
    core.hear(OUT, IN)
    pays(core, "D", 5)
    core.sign_in(SUPERVISOR)
    core.count_notes(1, n20=2, n100=1, n50=1, n10=1)
    core.print_out()
    for item in list(core.engine.state.items.values())[:2]:
        for how in (How.PAID, How.NOT_OWED):
            core.settle(item.id, how)
    core.want(core.go("bags").main.intent)
    core.enter(ATTENDANT.number)
    core.try_pin(good=True)
    core.close_day()
    core.print_out()


def upload(core: Office, line: PaperKiosk) -> None:
    journal = core.journal
    records = tuple(journal.records())
    signature = journal.head_signature(journal.head.seq, journal.head.hash)
    line.ask("journal", UploadJournal(1, records, signature), JournalHead)


def test_the_slips_of_a_day_are_what_the_server_adds_up(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    a_day(core, line)
    upload(core, line)
    server, kiosk = line.server, line.id

    [row] = server.rows("SELECT * FROM day WHERE kiosk = ?", kiosk)
    [closed] = core.facts(DayClosed)
    assert codec.decode(row["figures"], dict) == codec.decode(codec.encode(closed.figures), dict)
    assert (row["report"], row["closed_by"], row["late"]) == (closed.report, "2001", 0)
    assert row["opened_ms"] and row["opened_by"] == "1001"
    assert closed.figures.difference == yuan(10) and closed.figures.unknown_notes == 1
    assert closed.figures.fees["gas"].amount == yuan(14), "each fee has its part of what was paid at once"
    assert closed.figures.deeds["correction"] == {"2001": 2} and closed.figures.visits.count == 5

    [row] = server.rows("SELECT * FROM collection WHERE kiosk = ?", kiosk)
    [counted] = core.facts(BoxCounted)
    assert (row["expected_fen"], row["counted_fen"], row["difference_fen"]) == (19000, 20000, 1000)
    assert codec.decode(row["counted"], dict) == counted.counted and row["counted_by"] == "2001"
    [box] = server.rows("SELECT * FROM box WHERE kiosk = ?", kiosk)
    assert (box["removed_by"], box["how"], box["unknown"], box["collection"]) == (
        "",
        "reported",
        1,
        counted.collection,
    )

    [handover] = server.rows("SELECT * FROM handover WHERE kiosk = ?", kiosk)
    assert (handover["given_by"], handover["taken_by"], handover["amount_fen"]) == ("2001", "1001", 20000)
    assert row["handover"] == handover["number"] and closed.figures.handed_over == yuan(200)

    # every account has one balance on both sides, and nothing is listed but what really is odd
    ours = server.rows(
        "SELECT account, sum(amount_fen) AS fen FROM posting WHERE kiosk = ? GROUP BY account", kiosk
    )
    balances = {account.value: fen for account, fen in core.journal.balances().items() if fen}
    assert {row["account"]: row["fen"] for row in ours if row["fen"]} == balances
    assert core.facts(ChargeConfirmed)
    assert server.problems(kiosk) == {"doubtful", "claim", "unknown_bill", "collection_differs"}


def test_what_a_supervisor_settled_on_the_kiosk_is_off_the_servers_list(
    both: tuple[Office, PaperKiosk],
) -> None:
    core, line = both
    core.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))
    upload(core, line)
    open_ones = "SELECT kind FROM problem WHERE kiosk = ? AND settled_ms = 0"
    assert {row["kind"] for row in line.server.rows(open_ones, line.id)} == {"doubtful", "claim"}
    core.sign_in(SUPERVISOR)
    [item] = core.engine.state.items
    core.settle(item, How.PAID)
    upload(core, line)
    assert not line.server.rows(open_ones, line.id)
    assert (
        line.server.rows("SELECT settled_by FROM problem WHERE kiosk = ?", line.id)[0]["settled_by"] == "2001"
    )


def test_a_slip_that_says_something_else_than_the_records_is_listed(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("water", "1002003001", "W-none", yuan(20), ("20",))
    write = kiosk.journal.write
    write("box_removed", box=1, notes={"2000": 2}, unknown=0, how="reported", by="")
    write(
        "box_counted",
        collection="B1",
        boxes=[1],
        by="1001",
        expected={"2000": 2},
        unknown=0,
        counted={"2000": 2},
    )
    write("box_counted", collection="B2", boxes=[7], by="1001", expected={}, unknown=0, counted={"10000": 1})
    write("day_closed", report="D1", day=1, by="1001", late=False, figures={"receipts": 9})
    kiosk.upload()
    assert {"box_differs", "collection_differs", "day_differs"} <= kiosk.server.problems(kiosk.id)
    [row] = kiosk.server.rows("SELECT * FROM collection WHERE kiosk = ?", kiosk.id)
    assert (row["number"], row["expected_fen"], row["difference_fen"]) == ("B1", 2000, 2000), (
        "the records count"
    )


@pytest.mark.parametrize("body", ['{"notes":{"x":1}', '{"notes":{"2000":-1}', '{"notes":{"2000":1.5}'])
def test_notes_that_are_no_notes_go_to_the_list_and_break_nothing(kiosk: PaperKiosk, body: str) -> None:
    kiosk.journal.write_raw("box_removed", body + ',"box":1}')
    kiosk.upload()
    assert kiosk.server.problems(kiosk.id) == {"not_understood"}


@pytest.mark.parametrize("sort, understood", [("difference", True), ("note", False)])
def test_only_a_difference_is_settled_below_zero(kiosk: PaperKiosk, sort: str, understood: bool) -> None:
    kiosk.journal.write(
        "item_settled", item="B1", sort=sort, amount=-2000, in_box=False, how="not_owed", by="2001"
    )
    kiosk.upload()
    assert ("not_understood" in kiosk.server.problems(kiosk.id)) is not understood


def test_the_page_of_a_kiosk_lists_boxes_collections_and_days(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    a_day(core, line)
    core.hear(OUT)
    upload(core, line)
    page = line.server.page(f"/kiosks/{line.id}/till").data.decode()
    for text in (
        "¥190.00",
        "¥200.00",
        "¥10.00",
        "待清点",
        "2001",
        "面额不明",
        "现金 3",
        "付款码 2",
        core.facts(DayClosed)[0].report,
    ):
        assert text in page, text
    assert f"/kiosks/{line.id}/till" in line.server.page(f"/kiosks/{line.id}").data.decode()


def test_the_bundle_brings_the_staff_with_verifiers_and_without_pins(kiosk: PaperKiosk) -> None:
    found: BundleIs = kiosk.ask("bundle", AskBundle(0), BundleIs)
    people = {person["number"]: person for person in codec.decode(found.bundle, dict)["people"]}
    assert people["1001"]["roles"] == ["attendant"] and people["2001"]["roles"] == ["supervisor"]
    assert all(person["pin"].startswith("scrypt$") for person in people.values())
    assert "271828" not in found.bundle and "316227" not in found.bundle


def table(module: str, state: Path, *arguments: str) -> str:
    """What `kiosk day export` or `python -m central day export` prints."""
    command = [sys.executable, "-m", module, "day", "export", "--state", str(state), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=TIMEOUT_S).stdout


def test_the_tables_of_kiosk_and_server_are_the_same_to_the_letter(both: tuple[Office, PaperKiosk]) -> None:
    """Two programs, two ways of counting: the records one after the other, and SQL over the server's postings."""
    core, line = both
    a_day(core, line)
    core.open_day()
    core.sign_out()
    pays(core, "E", 10)
    core.sign_in()
    core.close_day()
    upload(core, line)
    [first, second] = core.facts(DayClosed)
    save_identity(core.folder, core.identity)
    core.journal.close()

    ours = table("kiosk.cli", core.folder)
    theirs = table("central", line.server.state, "--kiosk", line.id)
    assert ours == theirs
    assert f"{first.report},{first.issued_ms},2001,,tenders,cash,3," in ours
    assert f"{second.report},{second.issued_ms},1001,,tenders,cash,1,10.00" in ours
    only = table("kiosk.cli", core.folder, "--day", "2")
    assert second.report in only and first.report not in only


def test_a_wrong_pin_is_listed_once_a_day_also_when_that_of_before_was_settled(
    both: tuple[Office, PaperKiosk],
) -> None:
    core, line = both
    open_ones = "SELECT id FROM problem WHERE kiosk = ? AND kind = 'sign_in_failed' AND settled_ms = 0"

    def guesses(times: int) -> int:
        for _ in range(times):
            core.give_pin(pin="000001", good=False)
            if core.engine.state.sign_in_waits:
                core.time_is_up(Delay.SIGN_IN)
            core.sign_out()
        upload(core, line)
        return len(line.server.rows(open_ones, line.id))

    assert guesses(3) == 1
    clerk = Person(line.server)
    clerk.sign_in()
    [listed] = line.server.rows(open_ones, line.id)
    clerk.post(f"/problems/{listed['id']}/settle", "/problems")
    assert guesses(1) == 0, "somebody has seen to this day's"
    core.sign_in()
    core.open_day()
    core.close_day()
    core.sign_out()
    assert guesses(2) == 1, "another day: he is at it again"


def test_a_hand_over_that_is_not_what_was_counted_is_listed(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("water", "1002003001", "W-none", yuan(20), ("20",))
    write = kiosk.journal.write
    write("box_removed", box=1, notes={"2000": 1}, unknown=0, how="reported", by="1001")
    counted = {"expected": {"2000": 1}, "unknown": 0, "counted": {"2000": 1}}
    write("box_counted", collection="B1", boxes=[1], by="1001", **counted)
    for number, (collections, notes, by, to) in enumerate(
        (
            (["B1"], {"2000": 1}, "1001", "1001"),
            (["B1", "B9"], {"2000": 1}, "1001", "2001"),
            (["B1"], {"2000": 2}, "1001", "2001"),
            (["B1"], {"2000": 1}, "1002", "2001"),
        )
    ):
        write("bag_handed_over", handover=f"H{number}", collections=collections, notes=notes, by=by, to=to)
    kiosk.upload()
    rows = kiosk.server.rows(
        "SELECT subject, detail FROM problem WHERE kind = 'bag_differs' ORDER BY subject"
    )
    found = {row["subject"]: row["detail"] for row in rows}
    for number, says in enumerate(("one person", "never counted", "other notes", "somebody else")):
        assert says in found[f"H{number}"]
    assert "handed over before" in found["H3"]


def test_the_office_reads_what_was_done_by_whom_also_today(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    a_day(core, line)
    core.sign_out()
    core.give_pin(good=False)
    upload(core, line)
    page = line.server.page(f"/kiosks/{line.id}/compliance").data.decode()
    closed = core.facts(DayClosed)[0]
    assert closed.report in page
    for words in ("人工处理", "2001 × 2", "登录失败", "1001 × 1", "5 / 5"):
        assert words in page, words
    assert f"/kiosks/{line.id}/compliance" in line.server.page(f"/kiosks/{line.id}/till").data.decode()


def test_a_close_is_a_page_to_print_and_a_table_that_a_spreadsheet_opens(
    both: tuple[Office, PaperKiosk],
) -> None:
    core, line = both
    a_day(core, line)
    upload(core, line)
    [closed] = core.facts(DayClosed)
    page = line.server.page(f"/kiosks/{line.id}/days/{closed.report}").data.decode()
    for words in ("付款码", "62.30", "燃气费", "14.00", "¥20.00", "差额", "10.00", "转入预存余额"):
        assert words in page, words
    assert line.server.page(f"/kiosks/{line.id}/days/none").status == 404
    raw = line.server.page(f"/kiosks/{line.id}/days.csv").data
    assert raw.startswith("\ufeff".encode()), "by this mark a spreadsheet knows UTF-8"
    head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert ",".join(head) == "终端,第几日,日结单号,开窗时间,日结时间,经办人,补做,类别,项目,数量,金额（元）"
    assert {len(row) for row in rows} == {len(head)} and {row[2] for row in rows} == {closed.report}
    found = {(row[7], row[8]): row[9:] for row in rows}
    assert found["实收，按付款方式", "付款码"] == ["2", "62.30"]
    assert found["入账，按收费项目", "物业费"] == ["1", "80.00"]
    assert found["清点与交接", "差额"] == ["", "10.00"]
    assert found["票据", "开出票据"] == ["6", ""]
    assert found["票据", "当日未打印"] == [str(closed.figures.unprinted), ""] and closed.figures.unprinted
    assert found["上传", "日结时未上传（条）"] == [str(closed.not_uploaded), ""] and closed.not_uploaded
    boxed = [row[8] for row in rows if row[7] == "纸币入箱"]
    assert boxed == ["¥5.00", "¥20.00", "¥50.00", "¥100.00", "面额不明"], "the smallest first"
    assert set(rows[0][3][:4]) <= set("0123456789") and "面额不明" in boxed


def test_a_fee_with_the_name_of_a_formula_is_a_text_in_a_spreadsheet() -> None:
    out = io.StringIO()
    figures = {"fees": {"water": {"count": 1, "amount": -100}}}
    lines = list(day_sheet.lines(figures, {"water": '=HYPERLINK("http://x")'}, "zh"))
    day_sheet.write([(("K0001", "1", "D", "", "", "", ""), lines)], "zh", out)
    [row] = [row for row in csv.reader(io.StringIO(out.getvalue())) if "HYPERLINK" in row[8]]
    assert row[8:] == ['\'=HYPERLINK("http://x")', "1", "-1.00"], "the amount stays a number"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_of_a_close_has_words_also_where_the_record_is_older(language: str) -> None:
    a_sum = {"count": 1, "amount": 100}
    full: dict[str, object] = {
        "tenders": dict.fromkeys(("cash", "code", "card"), a_sum),
        "fees": {"water": a_sum},
        "ahead": {"water": a_sum},
        "notes": {"500": 1},
        "deeds": {name: {"-": 1, "1001": 2} for name, _ in DEEDS.values()},
    }
    for figures in (full, {}):
        found = list(day_sheet.lines(figures, {"water": "水费"}, language))
        shown = [text for line in found for text in (line.group, line.name)]
        assert not [text for text in shown if "_" in text or text.split(" ")[0] in full], (
            "a key without a word"
        )
