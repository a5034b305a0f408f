"""A customer pays a water bill of ¥37.50 with ¥38 in notes; others pay exactly, or with a payment code."""

import pytest

from kiosk.money import Money

pytestmark = pytest.mark.slow


def test_half_a_yuan_too_much_goes_to_the_prepaid_balance(lobby):
    lobby.go("fee:water", "enter_account")
    lobby.type("1002003001")
    lobby.go("main", "check")
    lobby.confirm()
    lobby.go("tender:cash", "cash")
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.take_receipt()
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
