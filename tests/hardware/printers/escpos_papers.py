"""Each kind of paper of the kiosk, as its own documents make them."""

from __future__ import annotations

from msgspec.structs import replace

from hardware.contracts import Document
from kiosk import site as site_module
from kiosk.contract import Language, Tender, TextSize
from kiosk.facts import ClaimIssued, ReceiptIssued
from kiosk.facts.office import BoxCounted, DayClosed, Figures, Standing, Sum
from kiosk.money import Money
from kiosk.office_papers import office_document
from kiosk.receipts import document

ISSUED_MS = 1_795_000_000_000
AGAIN_MS = ISSUED_MS + 11 * 60_000
SIGNATURE = "Qk9vS2Zh" * 11


def site() -> site_module.Site:
    return replace(site_module.load(None), kiosk="K0001")


def receipt_issued(language: Language = Language.ZH, customer: str = "李*䶮") -> ReceiptIssued:
    chinese = language is Language.ZH
    return ReceiptIssued(
        signature=SIGNATURE,
        receipt="K0001-00000012",
        payment="0194-payment",
        kiosk="K0001",
        issued_ms=ISSUED_MS,
        fee="water",
        fee_name="水费" if chinese else "Water",
        biller="城南自来水公司" if chinese else "Chengnan Water Company",
        account="10******01",
        customer=customer,
        period="2026-10",
        bill="W202610-0001",
        tender=Tender.CASH,
        paid=Money(4000),
        to_fee=Money(3750),
        to_prepaid=Money(250),
        to_change=Money(0),
        language=language,
    )


def claim_issued(language: Language = Language.ZH) -> ClaimIssued:
    return ClaimIssued(
        signature=SIGNATURE,
        claim="K0001-C000003",
        kiosk="K0001",
        payment="0194-payment",
        subject="0194-note",
        amount=Money(10000),
        because="note_doubtful",
        issued_ms=ISSUED_MS,
        language=language,
    )


def day_closed(language: Language = Language.ZH) -> DayClosed:
    figures = Figures(
        tenders={
            "cash": Sum(31, Money(412_350)),
            "code": Sum(57, Money(986_240)),
            "card": Sum(4, Money(90_000)),
        },
        fees={"water": Sum(40, Money(310_000)), "electricity": Sum(52, Money(1_178_590))},
        to_prepaid=Money(4_600),
        to_change=Money(1_350),
        notes={"10000": 30, "5000": 15, "2000": 12, "1000": 9, "100": 10},
        receipts=92,
        claims=2,
        doubtful=Sum(1, Money(10_000)),
    )
    standing = Standing(box=3, notes=figures.notes, items=("0194-note",), unprinted=("K0001-00000012",))
    return DayClosed(
        signature=SIGNATURE,
        report="K0001-D000007",
        day=7,
        kiosk="K0001",
        by="1001",
        issued_ms=ISSUED_MS,
        late=False,
        figures=figures,
        standing=standing,
        not_uploaded=4,
        language=language,
    )


def box_counted(language: Language = Language.ZH) -> BoxCounted:
    return BoxCounted(
        signature=SIGNATURE,
        collection="K0001-B000002",
        kiosk="K0001",
        boxes=(2,),
        by="1001",
        issued_ms=ISSUED_MS,
        expected={"10000": 30, "5000": 15},
        unknown=1,
        counted={"10000": 31, "5000": 15},
        doubtful=("K0001-C000003",),
        change_owed=Money(1_350),
        unprinted=(),
        language=language,
    )


def papers(language: Language = Language.ZH) -> dict[str, Document]:
    """Every kind of paper that there is, by name."""
    slip = {"language": language}
    return {
        "receipt": document(site(), receipt_issued(**slip), 1),
        "large print": document(site(), receipt_issued(**slip), 1, TextSize.XLARGE),
        "printed again": document(site(), receipt_issued(**slip), 2, printed_ms=AGAIN_MS),
        "claim slip": document(site(), claim_issued(**slip), 1),
        "collection": office_document(site(), box_counted(**slip), 1),
        "day": office_document(site(), day_closed(**slip), 1),
    }
