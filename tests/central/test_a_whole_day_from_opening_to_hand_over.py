"""One day of a lobby kiosk, from the opening list to the second signature, with each rule of a fee office triggered at
least once; in the evening the close is recounted by plain SQL over the server's records, number by number."""

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from msgspec.structs import replace

from kiosk import codec
from kiosk.deeds import DEEDS
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import BagHandedOver, DayClosed, DayOpened, ExceptionOpened, Figures
from kiosk.facts.stock import Stock
from kiosk.identity import load_signer
from kiosk.money import Money
from kiosk.parcels import spelled
from kiosk.rules.exceptions import ExceptionKind
from kiosk.site import Receipts
from tests.central.lobby_day import BLOCKED, A, LobbyDay, S
from tests.central.recounted import FIGURES, STANDING, recounted
from tests.central.support import PaperKiosk, Server, enrol
from tests.kiosk.office import Office
from tests.kiosk.world import yuan


class Wrote(NamedTuple):
    """A record of this kind that the server has of this step; `where`: in SQL, `$name` is a field of its body."""

    kind: str
    where: str = "1"


class Seen(NamedTuple):
    """It stood on the glass: the key of a phrase, or words."""

    words: str


class Told(NamedTuple):
    """At a command line, on paper, or on a page of the server."""

    words: str


class Shows(NamedTuple):
    """A page of the office, in the evening."""

    path: str
    words: str


class Row(NamedTuple):
    """Of the server's own tables, in the evening; `:kiosk` is this one."""

    sql: str


NEVER: Final = frozenset(  # what no honest day may bring on the office's list
    (
        "day_differs",
        "box_differs",
        "bag_differs",
        "sum_differs",
        "not_understood",
        "payment_odd",
        "numbers_gap",
    )
)
FEES: Final = {  # as the table of the office names them
    "water": "水费", "electricity": "电费", "gas": "燃气费", "property": "物业费", "tuition": "学杂费",
    "admin": "行政事业性收费", "heating": "供热费",
}  # fmt: skip
Evidence = Wrote | Seen | Told | Shows | Row
PARTS: Final = "json_array_length(body -> 'parts')"

# Point of the issue, rule, step of the day that triggers it, and what shows that it did.
TRIGGERED: Final[tuple[tuple[str, str, str, Evidence], ...]] = (
    ("1", "water, partial", "ahead_in_part_and_cancelled", Wrote("payment_completed", "$to_fee = 1000")),
    ("1", "electricity", "all_arrears_of_one_person", Wrote("receipt_issued", "$fee = 'electricity'")),
    ("1", "gas, prepaid", "ahead_in_part_and_cancelled", Wrote("payment_completed", "$ahead")),
    ("1", "property, plain", "offline", Wrote("receipt_issued", "$type = 'plain'")),
    ("1", "tuition, fiscal", "a_large_amount", Wrote("receipt_issued", "$type = 'fiscal'")),
    ("1", "water, invoice", "customers", Wrote("receipt_issued", "$type = 'invoice'")),
    ("1", "administrative", "exactly_and_the_seventh_fee", Wrote("receipt_issued", "$fee = 'admin'")),
    ("1", "account format and check", "blocked", Seen("account.mistyped")),
    ("1", "what must be verified", "blocked", Wrote("submission_blocked", "$because = 'unknown_identity'")),
    ("1", "limit per payment", "customers", Wrote("submission_blocked", "$because = 'over_limit'")),
    ("1", "above: prepaid", "customers", Wrote("payment_completed", "$to_prepaid = 250")),
    ("1", "above: change owed", "offline", Wrote("claim_issued", "$because = 'change_owed'")),
    ("1", "above: refused", "exactly_and_the_seventh_fee", Wrote("note_returning", "$because = 'too_large'")),
    ("1", "exactly, or not in cash", "exactly_and_the_seventh_fee", Seen("pay_by.cash_exact_only")),
    ("1", "due period", "exactly_and_the_seventh_fee", Wrote("receipt_issued", "$late = 495")),
    ("1", "late fee", "late_with_a_concession", Wrote("receipt_issued", "$late = 150")),
    ("1", "concession: what and why", "late_with_a_concession", Seen("低保家庭，水费按九折收取")),
    ("1", "concession: what is missing", "customers", Seen("凭证到窗口登记")),
    ("1", "seal", "customers", Wrote("receipt_checked", "$seal")),
    ("1", "a fee needs no code", "exactly_and_the_seventh_fee", Wrote("receipt_issued", "$fee = 'heating'")),
    ("2", "one payment over fees", "all_arrears_of_one_person", Wrote("payment_completed", f"{PARTS} = 3")),
    ("2", "across regions", "all_arrears_of_one_person", Seen("新华路")),
    ("2", "a receipt per bill", "customers", Wrote("receipt_issued", "$bill = 'M2'")),
    ("2", "what may not be merged", "all_arrears_of_one_person", Seen("bills.not_together")),
    ("3", "name against ID, at the server", "blocked", Wrote("submission_blocked", "$because = 'wrong_name'")),
    ("3", "ID or credit code", "blocked", Wrote("submission_blocked", "$because = 'wrong_identity'")),
    ("3", "receipt number unused", "blocked", Wrote("submission_blocked", "$because = 'receipt_used'")),
    ("3", "six answers", "customers", Wrote("items_checked", "json_array_length(body -> 'answers') = 6")),
    ("3", "masked", "all_arrears_of_one_person", Seen("田*正")),
    ("3", "confirmed", "customers", Wrote("items_checked", "$answers[0].customer")),
    ("3", "counted", "blocked", Row("SELECT 1 FROM blocked WHERE kiosk = :kiosk AND because = 'wrong_name'")),
    ("4", "badge and PIN", "badges_and_pins", Wrote("signed_in", "$badge != ''")),
    ("4", "badge expired", "badges_and_pins", Seen("desk.badge_expired")),
    ("4", "badge forged", "badges_and_pins", Seen("desk.badge_forged")),
    ("4", "PIN slow after failures", "badges_and_pins", Seen("desk.wait")),
    ("4", "weak PIN refused", "rules_of_the_office", Told("weak PIN")),
    ("4", "a supervisor approves", "a_large_amount", Wrote("amount_decided", "$granted")),
    ("4", "only a supervisor", "a_large_amount", Seen("desk.not_allowed")),
    ("4", "never the same person", "corrections", Seen("desk.same_person")),
    ("4", "nor at the hand-over", "evening", Seen("desk.same_person")),
    ("4", "corrections need two", "evening", Wrote("item_settled", "$second NOT IN ('', $by)")),
    ("4", "cancel, by who may", "ahead_in_part_and_cancelled", Wrote("payment_cancelled", f"$by = '{A}'")),
    ("4", "refund slip", "ahead_in_part_and_cancelled", Wrote("claim_issued", "$because = 'payment_cancelled'")),
    ("4", "not the attendant's", "trouble", Seen("desk.not_allowed")),
    ("5", "blocks of the server", "yesterday", Wrote("numbers_received")),
    ("5", "the block stands at the server", "yesterday", Row("SELECT 1 FROM number_block WHERE kiosk = :kiosk")),
    ("5", "five checks", "customers", Wrote("receipt_checked", "$seal AND $figures_capitals"
     " AND $customer AND $fee AND $stub")),
    ("5", "stub as data", "customers", Row("SELECT 1 FROM paper WHERE kiosk = :kiosk AND sort = 'receipt'")),
    ("5", "reprint marked", "corrections", Told("补打 第2次")),
    ("5", "void keeps the number", "corrections", Row("SELECT 1 FROM paper WHERE kiosk = :kiosk AND state = 'void'")),
    ("5", "e-receipt", "at_the_office", Told("真实有效")),
    ("6", "opening list", "opening", Seen("desk.point_network_down")),
    ("6", "nothing sold before", "rules_of_the_office", Seen("home.day_not_opened")),
    ("6", "opened with a reason", "opening", Wrote("day_opened", "$override = 'outage'")),
    ("6", "close", "evening", Wrote("day_closed", "NOT $late")),
    ("6", "hand-over, two signatures", "evening", Wrote("bag_handed_over", f"$by = '{S}' AND $to = '{A}'")),
    ("6", "not uploaded", "evening", Wrote("day_closed", "$not_uploaded > 0")),
    ("6", "unprinted", "evening", Wrote("day_closed", "$standing.unprinted != '[]'")),
    ("6", "difference", "evening", Wrote("day_closed", "$figures.difference = -2000")),
    ("6", "printed", "evening", Told("未上传记录（条）")),
    ("7", "uploaded, shown at the office", "trouble", Shows("/exceptions", "设备故障")),
    ("7", "shown to the attendant", "trouble", Seen("desk.exception_")),
    ("7", "closed with a cause", "evening", Wrote("exception_closed", "$cause = 'repaired'")),
    *(
        ("7", f"kind {kind}", step, Wrote("exception_opened", f"$exception_kind = '{kind}'"
          " AND $severity != '' AND $roles != '[]' AND $due_ms > 0"))
        for kind, step in (
            ("device", "trouble"), ("payment", "trouble"), ("tamper", "trouble"), ("clock", "trouble"),
            ("difference", "evening"), ("complaint", "a_question_and_an_opinion"), ("day", "yesterday"),
        )
    ),
    ("7", "kind journal", "at_the_office", Row("SELECT 1 FROM problem WHERE kiosk = :kiosk AND kind = 'journal_broken'"
     " AND cause = 'replaced' AND settled_by = 'demo'")),
    ("8", "report on the kiosk", "evening", Seen("desk.visits_p90")),
    ("8", "on the paper of the close", "evening", Told("2分钟内办完")),
    ("8", "data for the server", "evening", Shows("/kiosks/{kiosk}/compliance", "拦截提交")),
    ("9", "rating", "customers", Wrote("visit_rated")),
    ("9", "complaint with a case number", "a_question_and_an_opinion", Wrote("opinion_given", "$case != ''")),
    ("9", "contact, sealed", "a_question_and_an_opinion", Wrote("opinion_given", "$contact_digest != ''")),
    ("9", "questions by topics", "a_question_and_an_opinion", Seen('"page":"help_text"')),
    ("10", "banner", "practice", Told('"training"')),
    ("10", "a situation", "practice", Told("纸")),
    ("10", "no mixing", "practice", Told("403")),
    ("11", "masks", "customers", Wrote("payment_opened", "$customer LIKE '%*%' AND $account LIKE '%*%'")),
    ("11", "retention", "at_the_office", Row("SELECT 1 FROM purge WHERE ended_ms > 0 AND by = 'day'")),
    ("bad", "wrong date", "rules_of_the_office", Told("no calendar has the day")),
    ("bad", "negative amount", "rules_of_the_office", Told("no sign")),
    ("bad", "zero amount", "rules_of_the_office", Told("needs a limit above 0.00")),
    ("bad", "three decimals", "rules_of_the_office", Told("exactly two decimals")),
    ("bad", "concessions that contradict", "rules_of_the_office", Told("offer contradicts low_income")),
    ("bad", "a fee without a limit", "rules_of_the_office", Told("`limit_yuan` is missing")),
    ("bad", "a block that overlaps", "yesterday", Wrote("numbers_refused", "$because = 'overlap'")),
    ("bad", "a badge of yesterday", "badges_and_pins", Seen("desk.badge_expired")),
    ("bad", "a PIN tried again and again", "badges_and_pins", Wrote("sign_in_failed", f"$person = '{A}'")),
    ("bad", "a clock that goes back over midnight", "trouble", Wrote("exception_opened", "$exception_kind = 'clock'")),
    ("bad", "a day never closed", "opening", Wrote("day_closed", "$late")),
)  # fmt: skip


@pytest.fixture
def day(server: Server, tmp_path: Path) -> LobbyDay:
    """A kiosk at a site where a day has to be opened; receipt numbers are asked for long before they are used up."""
    signer = load_signer(tmp_path, create=True)
    enrolled = enrol(server, signer, server.code())
    core = Office(tmp_path, name=enrolled.kiosk)
    core.site = replace(
        core.site,
        house=replace(core.site.house, receipts=Receipts("server", 1001)),
        server_key=enrolled.server_key,
    )
    core.at_a_site(must_be_opened=True)
    return LobbyDay(core, PaperKiosk(server, signer, enrolled), tmp_path)


def shown(day: LobbyDay, step: str, evidence: Evidence) -> bool:
    server, kiosk, lived = day.line.server, day.line.id, day.lived[step]
    match evidence:
        case Wrote(kind, where):
            fields = re.sub(r"\$([\w.\[\]]+)", r"(body ->> '$.\1')", where)
            sql = f"SELECT 1 FROM record WHERE kiosk = ? AND kind = ? AND seq > ? AND seq <= ? AND {fields}"
            return bool(server.rows(sql, kiosk, kind, lived.after, lived.last))
        case Seen(words):
            return words in lived.seen
        case Told(words):
            return words in lived.told
        case Shows(path, words):
            return words in server.page(path.format(kiosk=kiosk)).data.decode()
        case Row(sql):
            return bool(server.rows_of(sql, {"kiosk": kiosk}))


def test_a_whole_day_of_a_lobby_kiosk(day: LobbyDay) -> None:
    core, line = day.core, day.line
    day.live(
        day.rules_of_the_office, day.practice, day.yesterday, day.badges_and_pins, day.opening, day.upload,
        day.customers, day.a_question_and_an_opinion, day.a_large_amount, day.all_arrears_of_one_person,
        day.blocked, day.late_with_a_concession, day.exactly_and_the_seventh_fee, day.ahead_in_part_and_cancelled,
        day.offline, day.trouble, day.corrections, day.evening, day.upload, day.at_the_office,
    )  # fmt: skip

    missing = [row[:3] for row in TRIGGERED if not shown(day, *row[2:])]
    assert not missing, "rules that this day did not trigger"
    triggered = {point for point, *_ in TRIGGERED}
    assert triggered == {*map(str, range(1, 12)), "bad"}, "each point of the issue"
    the_figures_of_the_day(day)
    the_close_is_what_the_records_say(day)
    nothing_is_left_open(day)
    assert line.server.problems(line.id) & NEVER == set()
    assert all(tile.off for tile in (core.sign_out(), core.page)[1].fees), "nothing is sold after the close"


def the_figures_of_the_day(day: LobbyDay) -> None:
    """What the story itself says, reckoned by hand."""
    core = day.core
    opened, (late, closed) = core.facts(DayOpened), core.facts(DayClosed)
    assert [fact.override for fact in opened] == ["", "outage"]
    assert opened[1].wrong == ("network.down",) and late.late and not closed.late
    figures, arrears = closed.figures, day.arrears
    tenders = {tender: found.amount for tender, found in figures.tenders.items()}
    # cash: A 40, H1 55, gas 50, Z 5, at home 20, P 5; code: M 50, T 12500, L 91.50, X1 59.95, N 10, and all arrears
    assert tenders == {"cash": yuan(175), "code": yuan("12711.45") + arrears}
    fees = {fee: found.amount for fee, found in figures.fees.items()}
    assert {fee: fees[fee] for fee in ("tuition", "property", "admin", "heating")} == {
        "tuition": yuan(12500), "property": yuan(18), "admin": yuan("59.95"), "heating": yuan(55),
    }  # fmt: skip
    # A 37.50, M1 36, L 91.50, N 10, P 5; M2 14
    assert Money.total(fees[fee] for fee in ("water", "electricity", "gas")) == yuan(194) + arrears
    assert {fee: found.amount for fee, found in figures.ahead.items()} == {"gas": yuan(50)}
    assert (figures.to_prepaid, figures.to_change) == (yuan("52.50"), yuan(7))
    assert sum(figures.deeds["blocked"].values()) == len(BLOCKED) + 2
    assert figures.difference == yuan(-20) and (figures.voids.count, figures.doubtful.count) == (1, 1)
    assert figures.collected == figures.handed_over == yuan(20 + 175 + 50 - 20) and not closed.standing.bags
    receipts, block = core.facts(ReceiptIssued), day.numbers
    size = block.last - block.first + 1
    assert [fact.receipt for fact in receipts][:2] == [spelled(block.series, block.first + n) for n in (0, 1)]
    assert late.figures.stock == Stock(size, 1, 0, size - 1)
    assert figures.stock == Stock(0, len(receipts) - 1, 1, size - len(receipts))
    assert set(figures.deeds) == {name for name, _ in DEEDS.values()}, "each kind happened at least once"
    assert figures.deeds["correction"][S] == 5 and figures.deeds["cancel"] == {A: 1}
    assert closed.standing.unprinted and closed.not_uploaded


def the_close_is_what_the_records_say(day: LobbyDay) -> None:
    """Both closes, each number; the server's copy, its table and the kiosk's books too."""
    server, kiosk = day.line.server, day.line.id
    assert set(FIGURES) == set(Figures.__struct_fields__), "each number of the close"
    closes = server.rows(
        "SELECT seq, body FROM record WHERE kiosk = ? AND kind = 'day_closed' ORDER BY seq", kiosk
    )
    days = server.rows("SELECT figures FROM day WHERE kiosk = ? ORDER BY day", kiosk)
    after = 0
    for close, copied in zip(closes, days, strict=True):
        said = codec.decode(close["body"], dict)
        figures = recounted(server, kiosk, after, close["seq"], FIGURES)
        assert said["figures"] == figures == codec.decode(copied["figures"], dict)
        said["standing"]["unprinted"].sort()
        standing = recounted(server, kiosk, after, close["seq"], STANDING)
        assert {name: said["standing"][name] for name in STANDING} == standing
        for fee, found in figures["fees"].items():
            amount = Money(found["amount"]).figures.removeprefix("¥")
            assert f",{FEES[fee]},{found['count']},{amount}" in day.table, "as the office downloads it"
        after = close["seq"]
    [uploaded] = {day.lived["opening"].last}
    assert said["not_uploaded"] == after - 1 - uploaded
    ours = server.rows(
        "SELECT account, sum(amount_fen) AS fen FROM posting WHERE kiosk = ? GROUP BY account", kiosk
    )
    balances = {account.value: fen for account, fen in day.core.journal.balances().items() if fen}
    assert {found["account"]: found["fen"] for found in ours if found["fen"]} == balances


def nothing_is_left_open(day: LobbyDay) -> None:
    core, line = day.core, day.line
    kinds = {ExceptionKind(fact.exception_kind) for fact in core.facts(ExceptionOpened)}
    assert kinds == set(ExceptionKind) - {ExceptionKind.JOURNAL}, "each kind that a kiosk itself can open"
    assert not core.engine.state.exceptions and not core.engine.state.day.open
    [bag] = core.facts(BagHandedOver)
    assert (bag.by, bag.to) == (S, A)
    assert not line.server.rows("SELECT 1 FROM exception WHERE kiosk = ? AND closed_ms = 0", line.id)
