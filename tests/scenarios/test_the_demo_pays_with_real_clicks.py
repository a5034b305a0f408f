"""The README's `script/run` on a machine without a display: what it leaves behind, checked without asking the kiosk.

Given a fresh world and no display, when the demo has played, then its summary tells what the seeded bills and the
inserted notes add up to, and the papers, the pictures and the server's page tell the same."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.demo import WINDOW

PROJECT = Path(__file__).resolve().parents[2]
LIMIT_S = 600
PAGES = {
    "visit-1": ("home", "account", "check", "pay-by", "cash", "cash-some", "receipt", "thanks"),
    "visit-2": ("home", "account", "check", "pay-by", "show-code", "code-held", "receipt", "thanks"),
    "visit-3": ("home", "account", "check", "pay-by", "card", "receipt", "thanks"),
}
# Bills of the seeded town: water 1002003001 owes ¥37.50, water 1002003002 owes ¥86.20, gas 3002003001 owes ¥52.
CASH = {
    "tender": "cash",
    "due_fen": 3750,
    "inserted_fen": 2000 + 1000 + 500 + 100 + 100 + 100,
    "credited_fen": 3800,
    "prepaid_fen": 50,
    "change_owed_fen": 0,
    "receipt_png": "receipt-1.png",
    "on_server": True,
}
CODE = {
    "tender": "code",
    "due_fen": 8620,
    "inserted_fen": 0,
    "credited_fen": 8620,
    "prepaid_fen": 0,
    "change_owed_fen": 0,
    "receipt_png": "receipt-2.png",
    "on_server": True,
}
CARD = {
    "tender": "card",
    "due_fen": 5200,
    "inserted_fen": 0,
    "credited_fen": 5200,
    "prepaid_fen": 0,
    "change_owed_fen": 0,
    "receipt_png": "receipt-3.png",
    "on_server": True,
}

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _at_home():
    """In place of the one for all scenarios: the demo has a house of its own."""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """What it printed, and the folder that it filled."""
    out = tmp_path_factory.mktemp("demo") / "out"
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    ran = subprocess.run(
        [PROJECT / "script" / "run", "--out", str(out), "--home", str(out.parent / "home")],
        capture_output=True,
        text=True,
        env=environment,
        timeout=LIMIT_S,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout, out


@pytest.fixture(scope="module")
def visits(played):
    _, out = played
    return json.loads((out / "summary.json").read_text("utf-8"))["visits"]


@pytest.mark.parametrize("number, expected", [(0, CASH), (1, CODE), (2, CARD)])
def test_the_summary_adds_up(visits, number, expected):
    visit = visits[number]
    assert {key: visit[key] for key in expected} == expected
    assert visit["receipt_number"] and visit["seconds"] > 0
    assert len({other["receipt_number"] for other in visits}) == len(visits) == 3


@pytest.mark.parametrize("number", (0, 1, 2))
def test_the_receipt_has_ink_and_its_proof_can_be_read(played, visits, number):
    visit = visits[number]
    with Image.open(played[1] / visit["receipt_png"]) as opened:
        paper = opened.convert("L")
    black = paper.histogram()[0] / (paper.width * paper.height)
    assert 0.02 < black < 0.4 and paper.height > paper.width
    proofs = [code.text.split(";") for code in zxingcpp.read_barcodes(paper)]
    assert any(
        proof[:3] == ["R2", visit["receipt_number"], str(visit["credited_fen"])] for proof in proofs
    ), proofs


@pytest.mark.parametrize("folder", PAGES)
def test_there_is_a_picture_of_each_page(played, folder):
    pictures = sorted((played[1] / folder).glob("*.png"))
    names = [path.stem.split("-", 1)[1] for path in pictures]
    assert list(dict.fromkeys(names)) == list(PAGES[folder])
    seen = set()
    for path in pictures:
        with Image.open(path) as picture:
            assert picture.size == WINDOW
            assert len(picture.convert("RGB").getcolors(WINDOW[0] * WINDOW[1])) > 100, f"{path} is empty"
            seen.add(picture.tobytes())
    assert len(seen) == len(pictures)


@pytest.mark.parametrize("number", (0, 1, 2))
def test_the_servers_page_names_the_receipt(played, visits, number):
    server = played[1] / "server"
    assert visits[number]["receipt_number"] in (server / f"visit-{number + 1}.html").read_text("utf-8")


def test_the_servers_sums_are_those_of_all_visits(played):
    totals = json.loads((played[1] / "server" / "visit-3.json").read_text("utf-8"))["totals"]
    assert totals["fees"] == {"water": 3750 + 8620, "gas": CARD["due_fen"]}
    assert totals["prepaid_fen"] == 50
    assert totals["code_clearing_fen"] == 8620
    assert totals["cash_box_fen"] == {"100": 300, "500": 500, "1000": 1000, "2000": 2000}
    assert totals["card_clearing_fen"] == CARD["due_fen"]
    assert totals["receipts"] == 3


def test_it_tells_what_it_does(played):
    told = played[0].splitlines()
    steps = [line for line in told if line.startswith("[")]
    assert steps and steps[-1].split("]")[0].strip("[").split("/")[0] == steps[-1].split("]")[0].split("/")[1]
    assert any("summary.json" in line for line in told)
