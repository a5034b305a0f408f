"""`python -m central fees FILE`: the rules that the server reckons with and that each kiosk gets, signed."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from central import fees
from central.dock.site import make_bundle
from kiosk import codec
from kiosk.identity import Signer
from kiosk.parcels import Bundle
from kiosk.rules.load import PACKAGED_FEES, BadConfiguration, load_fees, unpacked
from tests.kiosk.test_a_fee_is_added_by_its_words_alone import HEATING


def bundle_of(db: sqlite3.Connection) -> Bundle:
    return codec.decode(make_bundle(db, "lobby", Signer(b"7" * 32), 1).bundle, Bundle)


def test_the_bundle_carries_the_rules_of_the_file(empty_copy):
    db = empty_copy()
    assert unpacked(bundle_of(db).rules) == load_fees(PACKAGED_FEES) == fees.rules(db)


def test_a_seventh_fee_is_one_more_table_and_one_that_is_left_out_is_closed(empty_copy, tmp_path):
    db = empty_copy()
    first, *rest = PACKAGED_FEES.read_text().split("[[fee]]\n")[1:]
    assert 'id = "water"' in first
    path = tmp_path / "fees.toml"
    path.write_text("".join(f"[[fee]]\n{block}" for block in rest) + HEATING)
    fees.set_fees(db, path)
    bundle = bundle_of(db)
    assert [s.fee for s in bundle.fees if s.open] == [f.id for f in load_fees(path)]
    assert "heating" in [f.id for f in unpacked(bundle.rules)]


def test_a_file_with_a_mistake_changes_nothing(empty_copy, tmp_path):
    db = empty_copy()
    path = tmp_path / "fees.toml"
    path.write_text(PACKAGED_FEES.read_text().replace('cap = "100%"', 'cap = "200%"', 1))
    with pytest.raises(BadConfiguration, match="at 100%"):
        fees.set_fees(db, path)
    assert fees.rules(db) == load_fees(PACKAGED_FEES)


def test_the_command_says_what_it_took_or_what_is_wrong(schema: Path, tmp_path: Path):
    def run(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "central", "fees", str(path), "--state", str(tmp_path / "state")]
        return subprocess.run(command, capture_output=True, text=True)

    path = tmp_path / "fees.toml"
    path.write_text(PACKAGED_FEES.read_text() + HEATING)
    done = run(path)
    assert done.returncode == 0 and done.stdout.startswith("7 fees: water, "), done.stderr
    path.write_text(PACKAGED_FEES.read_text().replace('"5000.00"', '"5000.005"', 1))
    refused = run(path)
    assert refused.returncode == 1 and "fee[0].limit_yuan" in refused.stderr
