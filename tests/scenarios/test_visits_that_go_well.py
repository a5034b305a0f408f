"""A customer pays a water bill of ¥37.50 with ¥38 in notes; others pay exactly, or with a payment code."""

import subprocess
import sys

import pytest

from kiosk.money import Money
from kiosk.rules.load import PACKAGED_FEES

pytestmark = pytest.mark.slow


def test_half_a_yuan_too_much_goes_to_the_prepaid_balance(lobby):
    """In the largest letters, white on black: every page of the visit, then as before for whoever comes next."""
    lobby.wear("xlarge", "black")
    lobby.go("fee:water", "enter_account")
    lobby.type("1002003001")
    lobby.go("main", "check")
    lobby.confirm()
    lobby.go("tender:cash", "cash")
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.page("receipt")
    assert (lobby.look()["text_size"], lobby.look()["contrast"]) == ("xlarge", "black")
    lobby.take_receipt()
    assert (lobby.look()["text_size"], lobby.look()["contrast"]) == ("large", "day")
    receipt = lobby.receipts()[-1]
    assert (receipt.paid, receipt.to_fee, receipt.to_prepaid) == (Money(3800), Money(3750), Money(50))
    paper = lobby.pieces()[-1]
    assert receipt.receipt in paper["text"] and "叁拾捌元整" in paper["text"]
    [qr] = paper["qr"]
    assert qr.startswith(receipt.proof)
    assert all(piece["text"] for piece in lobby.devices.look("printer")["pieces"]), "no start cost paper"


def test_exact_cash_and_the_bill_is_gone_afterwards(lobby):
    lobby.to_cash("G3002003001", "gas")
    lobby.insert(50, 1, 1)
    lobby.take_receipt()
    assert lobby.receipts()[-1].to_fee == Money(5200)
    lobby.agree()
    lobby.go("fee:gas", "enter_account")
    lobby.devices.do("camera", "show", text="G3002003001", kind="code128", carrier="paper")
    lobby.until(lambda: lobby.look()["page"] == "enter_account", "nothing is due any more")
    lobby.devices.do("camera", "hide")
    lobby.go("back", "home")


def test_a_payment_code_on_a_phone(lobby):
    lobby.to_code("W1002003002")
    lobby.hold("134500000000000001")
    lobby.take_receipt()
    lobby.devices.do("camera", "hide")
    receipt = lobby.receipts()[-1]
    assert (receipt.tender.value, receipt.paid) == ("code", Money(8620))


def test_two_bills_in_one_payment_by_the_serial_scanner_in_english(lobby):
    lobby.press("language")
    lobby.until(lambda: lobby.look()["language"] == "en", "English")
    lobby.go("fee:electricity", "enter_account")
    lobby.devices.do("scanner", "scan", text="JF:electricity:2002003001")
    lobby.page("choose_bill")
    lobby.go("main", "check")
    lobby.confirm()
    lobby.go("tender:code", "show_code")
    lobby.hold("6200000000000000012")
    lobby.take_receipt()
    lobby.devices.do("camera", "hide")
    assert lobby.look()["language"] == "zh", "settings go back after the visit"
    late, new = lobby.receipts()[-2:]
    assert (late.to_fee, late.late, new.to_fee) == (Money(12640 + 253), Money(253), Money(9875))
    for receipt, piece in zip((late, new), lobby.pieces()[-2:], strict=True):
        assert "Payment receipt" in piece["text"] and receipt.receipt in piece["text"]


def test_a_visit_by_keys_alone(lobby):
    """Nobody touches the glass: ring, digits and Enter, from the first page to the receipt."""
    lobby.choose_by_keys("fee:admin", "enter_account")
    lobby.type("600200300121", by=lambda digit: lobby.key(f"KP_{digit}"))
    lobby.choose_by_keys("main", "check")
    while "next_page" in lobby.look()["names"]:
        lobby.choose_by_keys("next_page")
    lobby.choose_by_keys("main", "pay_by")
    lobby.choose_by_keys("tender:cash", "cash")
    lobby.insert(100, 100)
    lobby.page("receipt")
    lobby.choose_by_keys("main", "thank_you")
    lobby.choose_by_keys("main", "home")
    assert lobby.receipts()[-1].to_fee == Money(20000)


CABLE = """
[[fee]]
id = "cable"
name = { zh = "有线电视费", en = "Cable TV" }
icon = "cable"
biller = "示例市广播电视网络公司"
seal = "示例市广播电视网络公司 收费专用章"
receipt = "plain"
account_name = { zh = "智能卡号", en = "Smart card number" }
account_digits = [9, 9]
account_groups = [3, 3, 3]
account_check = "luhn"
bill_codes = ["TV(?P<account>[0-9]{9})"]
verify = ["name"]
limit_yuan = "900.00"
overpaid = "prepaid"
overpaid_limit_yuan = "100.00"
partial = true
due_days = 15
"""
BILLS = """fee,account,name,identity,contact,marks,number,period,yuan,due,region
cable,700900103,严寒松,,,,TV-1,2026-10,26.00,,东湖街道
"""


def test_a_fee_that_the_office_adds_while_the_house_runs_is_paid_without_a_restart(lobby, tmp_path):
    """As docs/operations.md says it: two commands at the server, and nothing at the kiosk. Its tile is the seventh,
    on a leaf of its own, with the picture that an unknown icon gets."""
    pids = {name: process.pid for name, process in lobby.house.processes.items()}
    (tmp_path / "fees.toml").write_text(PACKAGED_FEES.read_text() + CABLE)
    (tmp_path / "bills.csv").write_text(BILLS)
    for command, file in (("fees", "fees.toml"), ("bills", "bills.csv")):
        state = ("--state", str(lobby.place.central))
        subprocess.run([sys.executable, "-m", "central", command, str(tmp_path / file), *state], check=True)
    lobby.until(lambda: lobby._leaf(lambda names: "fee:cable" in names), "its tile on the second leaf")
    lobby.go("fee:cable", "enter_account")
    lobby.type("700900103")
    lobby.go("main", "check")
    lobby.confirm()
    lobby.go("tender:cash", "cash")
    lobby.insert(20, 10)
    lobby.take_receipt()
    receipt = lobby.receipts()[-1]
    assert (receipt.fee, receipt.fee_name, receipt.bill) == ("cable", "有线电视费", "TV-1")
    assert (receipt.to_fee, receipt.to_prepaid) == (Money(2600), Money(400))
    assert "有线电视费" in lobby.pieces()[-1]["text"]
    lobby.agree()
    now = {name: process.pid for name, process in lobby.house.processes.items()}
    assert now == pids, "no process was started again"
