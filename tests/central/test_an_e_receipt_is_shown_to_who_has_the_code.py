"""A phone reads the code of a receipt: genuine, void, forged, or genuine and not here yet."""

from __future__ import annotations

from urllib.parse import quote

from kiosk.receipt_proof import payer
from tests.central.support import PaperKiosk, Server

STUB = {
    "receipt": "K-1", "payment": "p1", "paid": 2000, "to_fee": 2000, "issued_ms": 1_795_000_000_000, "bill": "W1",
    "fee_name": "水费", "biller": "自来水公司", "customer": "李*明", "account": "10******01", "period": "2026-10",
    "seal": "收费专用章",
}  # fmt: skip


def code(kiosk: PaperKiosk, **changes: object) -> str:
    stub = {**STUB, **changes}
    who = payer(str(stub["account"]), str(stub["customer"]))
    signed = f"R2;{stub['receipt']};{stub['paid']};{stub['to_fee']};{stub['issued_ms']};{stub['bill']};{who}"
    return f"{signed};{kiosk.signer.sign(signed.encode())}"


def shown(server: Server, text: str) -> tuple[int, str]:
    page = server.page(f"/r?c={quote(text)}")
    return page.status, page.data.decode()


def test_whoever_has_the_paper_sees_what_stands_on_it(server: Server, kiosk: PaperKiosk) -> None:
    receipt = f"{kiosk.id}-00000001"
    kiosk.upload(kiosk.journal.write("receipt_issued", **{**STUB, "receipt": receipt}))
    status, page = shown(server, code(kiosk, receipt=receipt))
    assert status == 200 and "真实有效" in page
    for printed in ("¥20.00", "水费", "自来水公司", "李*明", "10******01", "收费专用章", receipt):
        assert printed in page


def test_signed_by_us_and_its_record_still_on_the_way(server: Server, kiosk: PaperKiosk) -> None:
    status, page = shown(server, code(kiosk, receipt=f"{kiosk.id}-00000009"))
    assert status == 200 and "签名真实" in page and "自来水公司" not in page


def test_an_altered_amount_is_no_receipt_of_ours_and_shows_nothing(server: Server, kiosk: PaperKiosk) -> None:
    status, page = shown(server, code(kiosk).replace(";2000;", ";200000;", 1))
    assert status == 404 and "签名不符" in page and "W1" not in page


def test_any_other_text_is_no_receipt(server: Server) -> None:
    for text in ("", "hello", "R2;;;;;;;", "<script>alert(1)</script>"):
        status, page = shown(server, text)
        assert status == 404 and "不是缴费凭证" in page and "<script>" not in page
