"""A receipt or claim slip as a document, free of any printer; and the five checks that it must pass."""

from __future__ import annotations

from datetime import UTC, datetime

from hardware.contracts import Align, Block, Document, Feed, Pair, Qr, Rule, Size, Text
from kiosk.contract import Language, TextSize
from kiosk.facts import ClaimIssued, Issued, ReceiptIssued, Slip
from kiosk.facts.stock import PAYMENT_CANCELLED, RECEIPT_VOID, ReceiptChecked
from kiosk.money import Money
from kiosk.receipt_proof import link
from kiosk.site import Site, Words

LABELS: dict[str, Words] = {
    "receipt": Words("缴费凭证", "Payment receipt"),
    "claim": Words("待办凭条", "Claim slip"),
    "again": Words("补打 第{attempt}次", "Reprint no. {attempt}"),
    "again_time": Words("补打于", "Reprint"),
    "number": Words("票号", "Receipt no."),
    "claim_number": Words("凭条号", "Claim no."),
    "biller": Words("收款单位", "Paid to"),
    "fee": Words("缴费项目", "Fee"),
    "account": Words("户号", "Account"),
    "customer": Words("客户", "Customer"),
    "period": Words("账期", "Period"),
    "bill": Words("账单号", "Bill no."),
    "ahead": Words("预存，不属于账单", "Paid ahead, of no bill"),
    "tender": Words("付款方式", "Paid by"),
    "cash": Words("现金", "Cash"),
    "code": Words("付款码", "Payment code"),
    "card": Words("银行卡", "Bank card"),
    "card_number": Words("卡号", "Card no."),
    "reference": Words("终端与流水号", "Terminal / trace"),
    "to_fee": Words("缴费金额", "Fee paid"),
    "late": Words("其中滞纳金", "of it late fee"),
    "off": Words("已减免", "Waived"),
    "fiscal": Words("凭本票号可换开财政票据", "The biller exchanges this for a fiscal receipt"),
    "invoice": Words("凭本票号可向收款单位索取发票", "The biller makes out an invoice for this number"),
    "paid": Words("实收", "Received"),
    "capital": Words("大写", "In words"),
    "to_prepaid": Words("转入预存余额", "To prepaid balance"),
    "to_change": Words("待退找零", "Change owed"),
    "time": Words("时间", "Time"),
    "kiosk": Words("终端", "Kiosk"),
    "seal": Words("{biller}（业务专用章）", "Sealed: {biller}"),
    "phone": Words("服务电话", "Help"),
    "keep": Words("请妥善保管本凭证", "Please keep this receipt"),
    "amount": Words("金额", "Amount"),
    "unknown_amount": Words("待核", "to be checked"),
    "why": Words("原因", "Reason"),
    "who": Words("由谁办理", "Followed up by"),
    "keep_claim": Words("请保管凭条，凭此办理", "Please keep this slip; it proves your claim"),
}
REASONS: dict[str, Words] = {
    "change_owed": Words("应退找零，请到服务台领取", "Change is owed to you: please collect it at the desk"),
    RECEIPT_VOID: Words(
        "票据已作废，缴款退还，请到服务台领取",
        "The receipt is void: what was paid is returned, please collect it at the desk",
    ),
    PAYMENT_CANCELLED: Words(
        "工作人员取消了这次缴费，已放入的钱全部退还，请到服务台领取",
        "Staff cancelled this payment: all that you put in is returned, please collect it at the desk",
    ),
    "note_doubtful": Words(
        "有一张纸币的去向需要核对，核对后退还或入账",
        "One of your notes has to be checked; it will be returned or credited",
    ),
    "charge_unknown": Words(
        "银行还没有答复，款项安全；确认后自动入账",
        "The bank has not answered yet. Your money is safe and is credited as soon as it does",
    ),
    "charge_doubtful": Words(
        "有一笔扣款需要核对，核对后退还", "A charge has to be checked; it will be refunded"
    ),
}


def paper_qr(issued: Issued, page: str = "") -> str:
    """What the QR code of a paper says: what was signed, and the signature. `page`: address of the e-receipts, so that
    a phone opens this one; of other papers there is none."""
    text = f"{issued.proof};{issued.signature}"
    return link(page, text) if isinstance(issued, ReceiptIssued) else text


def in_words(amount: Money) -> str:
    """人民币 stands directly before the capitals, with no gap (支付结算办法 annex 1)."""
    return f"人民币{amount.capital}"


def document(
    site: Site,
    issued: Slip,
    attempt: int,
    text_size: TextSize = TextSize.STANDARD,
    printed_ms: int | None = None,
) -> Document:
    """`attempt` above 1 marks the paper 补打, with the time of this printing besides that of its issue: it can not
    be mistaken for a second payment."""
    size = Size.LARGE if text_size is TextSize.XLARGE else Size.NORMAL
    if isinstance(issued, ReceiptIssued):
        return _receipt(site, issued, attempt, size, printed_ms)
    return _claim(site, issued, attempt, size, printed_ms)


def five_checks(site: Site, issued: ReceiptIssued) -> ReceiptChecked:
    """Seal, figures = capitals, customer, fee, stub = copy: each looked up in the document that is printed."""
    blocks = _receipt(site, issued, 1, Size.NORMAL, None).blocks
    texts = [b.text for b in blocks if isinstance(b, Text)]
    values = [b.value for b in blocks if isinstance(b, Pair)]
    codes = [b.data for b in blocks if isinstance(b, Qr)]
    of_a_bill = (issued.period, issued.bill, issued.to_fee.figures)
    of_none = (LABELS["ahead"].in_(issued.language), issued.to_prepaid.figures)
    stub = (issued.receipt, issued.account, *(of_a_bill if issued.bill else of_none))
    return ReceiptChecked(
        receipt=issued.receipt,
        seal=bool(issued.seal or issued.biller) and _seal(issued) in texts,
        figures_capitals=issued.paid.figures in values and in_words(issued.paid) in values,
        customer=bool(issued.customer) and issued.customer in values,
        fee=bool(issued.fee_name) and issued.fee_name in values,
        stub=set(stub) <= set(values) and paper_qr(issued, site.house.receipts.page) in codes,
    )


def _seal(issued: ReceiptIssued) -> str:
    return issued.seal or LABELS["seal"].in_(issued.language).format(biller=issued.biller)


def head(
    site: Site, language: Language, title: Words, attempt: int, size: Size, printed_ms: int | None
) -> list[Block]:
    """Whose paper this is, what it is, and whether and when it comes again."""
    blocks: list[Block] = [
        Text(site.house.name.in_(language), size, Align.CENTRE, bold=True),
        Text(title.in_(language), size, Align.CENTRE),
    ]
    if attempt > 1:
        again = LABELS["again"].in_(language).format(attempt=attempt)
        blocks.append(Text(again, size, Align.CENTRE, bold=True))
        if printed_ms is not None:
            blocks.append(Pair(LABELS["again_time"].in_(language), time_text(site, printed_ms), size))
    blocks.append(Rule())
    return blocks


def _receipt(site: Site, issued: ReceiptIssued, attempt: int, size: Size, printed_ms: int | None) -> Document:
    language = issued.language

    def pair(label: str, value: str, bold: bool = False) -> Pair:
        return Pair(LABELS[label].in_(language), value, size, bold)

    blocks = head(site, language, LABELS["receipt"], attempt, size, printed_ms)
    blocks += [
        pair("number", issued.receipt),
        pair("fee", issued.fee_name),
        pair("biller", issued.biller),
        pair("customer", issued.customer),
        Pair(issued.account_name or LABELS["account"].in_(language), issued.account, size),
        *(
            (pair("period", issued.period), pair("bill", issued.bill))
            if issued.bill
            else (pair("period", LABELS["ahead"].in_(language)),)
        ),
        Rule(),
        pair("tender", LABELS[issued.tender.value].in_(language)),
        pair("paid", issued.paid.figures, bold=True),
        pair("capital", in_words(issued.paid)),
    ]
    if issued.bill:
        blocks.append(pair("to_fee", issued.to_fee.figures))
    if issued.late:
        blocks.append(pair("late", issued.late.figures))
    if issued.off:
        blocks.append(pair("off", issued.off.figures))
    if issued.card:
        blocks.append(pair("card_number", issued.card))
    if issued.reference:
        blocks.append(pair("reference", issued.reference))
    if issued.to_prepaid:
        blocks.append(pair("to_prepaid", issued.to_prepaid.figures))
    if issued.to_change:
        blocks.append(pair("to_change", issued.to_change.figures, bold=True))
    blocks += [
        Rule(),
        pair("time", time_text(site, issued.issued_ms)),
        pair("kiosk", issued.kiosk),
        Text(_seal(issued), size, Align.CENTRE),
        Qr(paper_qr(issued, site.house.receipts.page), 32),
        pair("phone", site.house.service_phone),
    ]
    if issued.type in ("fiscal", "invoice"):
        blocks.append(Text(LABELS[issued.type].in_(language), size, Align.CENTRE))
    blocks += [Text(LABELS["keep"].in_(language), size, Align.CENTRE), Feed()]
    return Document(f"{issued.receipt}", tuple(blocks))


def _claim(site: Site, issued: ClaimIssued, attempt: int, size: Size, printed_ms: int | None) -> Document:
    language = issued.language

    def pair(label: str, value: str, bold: bool = False) -> Pair:
        return Pair(LABELS[label].in_(language), value, size, bold)

    blocks = head(site, language, LABELS["claim"], attempt, size, printed_ms)
    blocks.append(pair("claim_number", issued.claim, bold=True))
    if issued.amount is None:
        blocks.append(pair("amount", LABELS["unknown_amount"].in_(language)))
    else:
        blocks += [pair("amount", issued.amount.figures, bold=True), pair("capital", in_words(issued.amount))]
    blocks += [
        pair("why", REASONS[issued.because].in_(language)),
        pair("who", site.house.claims.follow_up.in_(language)),
        pair("time", time_text(site, issued.issued_ms)),
        pair("kiosk", issued.kiosk),
        Qr(paper_qr(issued), 32),
        pair("phone", site.house.service_phone),
        Text(LABELS["keep_claim"].in_(language), size, Align.CENTRE),
        Feed(),
    ]
    return Document(issued.claim, tuple(blocks))


def time_text(site: Site, at_ms: int) -> str:
    """As the clock on the site's wall shows it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(site.house.zone).strftime("%Y-%m-%d %H:%M")
