"""`python -m central bills FILE`: a biller's bills from a spreadsheet; a mistake is told with line and column."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from central import bills, fees, owed
from kiosk.money import Money
from kiosk.rules.load import PACKAGED_FEES
from tests.central.support import TIMEOUT_S
from tests.kiosk.test_a_fee_is_added_by_its_words_alone import CARD, HEATING, WRONG_CARD

HEAD = "fee,account,name,identity,contact,marks,number,period,yuan,due,region\n"
GOOD = (
    f"heating,{CARD},严寒松,110199194901010013,13912345678,low_income,H-1,2026-10,55.00,2026-12-31,东湖街道\n"
)
METER = "gas,3002009001,严寒松,110199194901010013,,,,,,,\n"
Copy = Callable[[], sqlite3.Connection]


@pytest.fixture
def db(empty_copy: Copy, tmp_path: Path) -> sqlite3.Connection:
    """A server with a seventh fee."""
    db = empty_copy()
    path = tmp_path / "fees.toml"
    path.write_text(PACKAGED_FEES.read_text() + HEATING)
    fees.set_fees(db, path)
    return db


def table(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "bills.csv"
    path.write_text(head + "".join(lines), encoding="utf-8-sig")
    return path


def test_a_bill_of_a_new_fee_is_found_under_its_account_masked(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    before = db.execute("SELECT number FROM edition").fetchone()[0]
    assert bills.take(db, table(tmp_path, GOOD, METER)) == (1, 2, 0)
    found = owed.of_account(db, "heating", CARD, 1_795_000_000_000)
    assert found is not None
    [bill] = found.bills
    assert (bill.number, bill.amount, bill.period, bill.region) == ("H-1", Money(5500), "2026-10", "东湖街道")
    assert found.name == "严*松" and found.marks == {"low_income": ""} and not found.doubts
    assert db.execute("SELECT number FROM edition").fetchone()[0] == before + 1, "kiosks hear of it"
    meter = owed.of_account(db, "gas", "3002009001", 1_795_000_000_000)
    assert meter is not None and meter.reference


def test_the_same_file_again_changes_nothing_and_a_new_name_is_taken(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    bills.take(db, table(tmp_path, GOOD))
    assert bills.take(db, table(tmp_path, GOOD.replace("严寒松", "严寒柏"))) == (0, 0, 1)
    assert db.execute("SELECT name FROM customer WHERE account = ?", (CARD,)).fetchone()[0] == "严寒柏"


WRONG = {  # what stands there → column, and what to do
    GOOD.replace("heating", "cable"): ("fee: 'cable'", "write one of water"),
    GOOD.replace(CARD, "12"): ("account: '12'", "9 digits"),
    GOOD.replace(CARD, WRONG_CARD): (f"account: '{WRONG_CARD}'", "typing mistake"),
    GOOD.replace("严寒松", ""): ("name", "write the name"),
    GOOD.replace("010013", "010014"): ("identity", "correct it, or leave it empty"),
    GOOD.replace("13912345678", "139"): ("contact", "correct it, or leave it empty"),
    GOOD.replace("55.00", "55.005"): ("yuan: '55.005'", "exactly two decimals"),
    GOOD.replace("55.00", "-55.00"): ("yuan: '-55.00'", "above 0.00"),
    GOOD.replace("55.00", "0.00"): ("yuan: '0.00'", "above 0.00"),
    GOOD.replace("55.00", "５５.00"): ("yuan: '５５.00'", "exactly two decimals"),
    GOOD.replace("2026-10", "２０２６-10"): ("period: '２０２６-10'", "2026-10"),
    GOOD.replace("2026-12-31", "2026-W52-4"): ("due: '2026-W52-4'", "no calendar has this day"),
    GOOD.replace("2026-10", "Oct"): ("period: 'Oct'", "2026-10"),
    GOOD.replace("2026-12-31", "2026-02-30"): ("due: '2026-02-30'", "no calendar has this day"),
    GOOD.replace("low_income", "low_income low_incom"): (
        "marks: 'low_incom'",
        "no concession asks for it; correct it; there are low_income",
    ),
    GOOD.replace("H-1", "H;1"): ("number: 'H;1'", "without blanks and ;"),
    GOOD.replace("H-1", "供热1"): ("number: '供热1'", "letters, digits and signs"),
    GOOD.replace("H-1", "9" * 41): ("number: ", "at most 40"),
    GOOD.replace("H-1", ""): ("number", "write the number of the bill"),
    GOOD + GOOD.replace("55.00", "56.00"): ("number: H-1", "known as another bill"),
    GOOD.removesuffix(",东湖街道\n") + "\n": ("write 11 columns", "as in line 1"),
}


@pytest.mark.parametrize("lines, says", WRONG.items(), ids=[says[0] for says in WRONG.values()])
def test_a_mistake_is_told_with_line_column_and_remedy_and_nothing_is_taken(
    db: sqlite3.Connection, tmp_path: Path, lines: str, says: tuple[str, str]
) -> None:
    count = "SELECT (SELECT count(*) FROM bill) + (SELECT count(*) FROM customer)"
    before = db.execute(count).fetchone()[0]
    path = table(tmp_path, METER, lines)
    with pytest.raises(bills.BadTable) as caught:
        bills.take(db, path)
    told = str(caught.value)
    assert f"{path}, line " in told and all(part in told for part in says), told
    assert db.execute(count).fetchone()[0] == before


def test_a_table_with_other_columns_is_told_which_to_write(db: sqlite3.Connection, tmp_path: Path) -> None:
    with pytest.raises(bills.BadTable, match="fee,account,name"):
        bills.take(db, table(tmp_path, GOOD, head=HEAD.replace("yuan", "amount")))
    path = tmp_path / "gbk.csv"
    path.write_bytes((HEAD + GOOD).encode("gbk"))
    with pytest.raises(bills.BadTable, match="UTF-8"):
        bills.take(db, path)


def test_the_command_says_how_many(schema: Path, tmp_path: Path) -> None:
    line = "water,1002009001,严寒松,,,,W-1,2026-10,12.30,,\n"
    command = [sys.executable, "-m", "central", "bills", str(table(tmp_path, line)), "--state", str(tmp_path)]
    seed = [sys.executable, "-m", "central", "seed", "--state", str(tmp_path)]
    subprocess.run(seed, check=True, capture_output=True, timeout=TIMEOUT_S)
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.stdout == "1 new bills, 1 new accounts, 0 bills known already\n", done.stderr
