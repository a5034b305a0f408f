"""The QR code of a receipt: whoever has the kiosk's public key can tell whether it is genuine, without a network."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from kiosk import receipt_proof
from kiosk import site as site_module
from kiosk.cli import main
from kiosk.facts import ReceiptIssued
from kiosk.identity import save_identity
from kiosk.receipts import document, paper_qr
from tests.kiosk.world import Kiosk, bill, yuan

PAGE = "https://fees.example/r"


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Kiosk(tmp_path)
    kiosk.to_cash(bill("20.00"))
    kiosk.insert(20)
    return kiosk


@pytest.fixture
def issued(kiosk):
    [issued] = kiosk.facts(ReceiptIssued)
    return issued


def test_the_code_on_the_paper_says_number_amount_time_bill_and_payer_and_is_signed(kiosk, issued):
    proof = receipt_proof.read(paper_qr(issued))
    assert (proof.receipt, proof.paid, proof.bill) == (issued.receipt, yuan(20), issued.bill)
    assert proof.issued_ms == issued.issued_ms
    assert proof.signed_by(kiosk.identity.public_key)
    assert proof.paid_by(issued.account, issued.customer)


def test_where_the_site_has_a_page_of_e_receipts_a_phone_opens_it(kiosk, issued):
    house = replace(kiosk.site.house, receipts=replace(kiosk.site.house.receipts, page=PAGE))
    paper = document(replace(kiosk.site, house=house), issued, 1)
    [code] = [block.data for block in paper.blocks if hasattr(block, "width_mm")]
    assert code.startswith(PAGE + "?c=R2;")
    assert receipt_proof.read(code) == receipt_proof.read(paper_qr(issued))


def altered(text, field, value):
    parts = text.split(";")
    parts[field] = value
    return ";".join(parts)


@pytest.mark.parametrize(
    ("field", "value"),
    [(1, "K0001-00000099"), (2, "1"), (3, "1"), (4, "1"), (5, "W2"), (6, "00" * 8), (7, "00" * 64)],
)
def test_whatever_is_altered_breaks_the_signature(kiosk, issued, field, value):
    proof = receipt_proof.read(altered(paper_qr(issued), field, value))
    assert not proof.signed_by(kiosk.identity.public_key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "R2",
        "https://elsewhere.example/",
        "R3;a;1;1;1;b;c;d",
        "R2;a;x;1;1;b;c;d",
        "WIFI:S:lobby;;",
        ";" * 7,
        "R2" + ";" * 2000,
        "R1;A00000001;99999999999999999999;1;1;W1;00",
        "R1;A00000001;1;1;99999999999999999999;W1;00",
        "R1;A00000001;-1;1;1;W1;00",
        "R1;A00000001;１;1;1;W1;00",
        "http://[",
        "R1;A00000001;1;1",
    ],
)
def test_a_code_of_something_else_is_said_to_be_none(text):
    with pytest.raises(receipt_proof.NoProof):
        receipt_proof.read(text)


def test_a_receipt_of_before_the_payer_was_signed_still_counts(kiosk, issued):
    older = replace(issued, payer="")
    text = f"{older.proof};{kiosk.signer.sign(older.proof.encode())}"
    proof = receipt_proof.read(text)
    assert proof.signed_by(kiosk.identity.public_key) and not proof.paid_by(issued.account, issued.customer)


def test_the_command_says_genuine_forged_or_somebody_elses(kiosk, issued, capsys, tmp_path):
    save_identity(kiosk.folder, kiosk.identity)
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"K0001/1": kiosk.identity.public_key}))
    text, here = paper_qr(issued), ["--state", str(kiosk.folder)]
    paper = ["--account", issued.account, "--customer", issued.customer]
    assert main(["check-receipt", text, *here]) == 0
    assert main(["check-receipt", receipt_proof.link(PAGE, text), "--keys", str(keys), *paper]) == 0
    on_paper = datetime.fromtimestamp(issued.issued_ms / 1000, ZoneInfo("Asia/Shanghai"))
    said = capsys.readouterr().out
    assert "genuine: " in said and f"{on_paper:%Y-%m-%d %H:%M}," in said, "the time that stands on the paper"
    assert main(["check-receipt", altered(text, 2, "999900"), *here]) == 1
    assert main(["check-receipt", text, *here, "--account", "9" * 10]) == 1
    assert main(["check-receipt", "hello", *here]) == 1
    said = capsys.readouterr().out
    assert "NOT GENUINE" in said and "NOT THIS PAYER" in said and "no receipt" in said
    assert site_module.Receipts("own", 40).page == ""
