"""Papers of the office as documents: the slip of a collection and of a day's close. Small print, no customer."""

from __future__ import annotations

from typing import Final

from hardware.contracts import Block, Document, Feed, Pair, Qr, Rule, Size, Text
from kiosk.contract import Language
from kiosk.facts import OfficePaper
from kiosk.facts.office import BagHandedOver, BoxCounted, DayClosed, Figures, Notes, Sum, worth
from kiosk.money import Money
from kiosk.parcels import spelled
from kiosk.receipts import LABELS, head, paper_qr, time_text
from kiosk.site import Site, Words

WORDS: Final[dict[str, Words]] = {
    "collection": Words("清箱单", "Collection slip"),
    "day": Words("日结单", "Close of the day"),
    "late": Words("补做日结：当日未日结", "Closed late: it was not closed in its time"),
    "number": Words("编号", "No."),
    "by": Words("经办人编号", "Person"),
    "boxes": Words("钱箱", "Cash box"),
    "piece": Words("{yuan}元", "¥{yuan}"),
    "expected": Words("应有", "Expected"),
    "counted": Words("实点", "Counted"),
    "difference": Words("差额", "Difference"),
    "agrees": Words("账实相符", "Agrees"),
    "unknown": Words("面额不明（张）", "Notes of unknown value"),
    "doubtful": Words("待核凭条", "Slips in doubt"),
    "change_owed": Words("待退找零合计", "Change owed"),
    "unprinted": Words("未打印票据", "Not printed"),
    "none": Words("无", "none"),
    "tender": Words("付款方式 {name}", "Paid by {name}"),
    "fee": Words("项目 {name}", "Fee {name}"),
    "ahead": Words("预存 {name}", "Paid ahead {name}"),
    "to_prepaid": Words("转入预存余额", "To prepaid balance"),
    "to_change": Words("待退找零", "Change owed"),
    "in_box": Words("入箱", "Into the box"),
    "receipts": Words("开出票据（张）", "Receipts"),
    "voids": Words("作废票据", "Void receipts"),
    "numbers_received": Words("票号 领用", "Numbers received"),
    "numbers_used": Words("票号 使用", "Numbers used"),
    "numbers_void": Words("票号 作废", "Numbers void"),
    "numbers_left": Words("票号 结存", "Numbers left"),
    "numbers_gaps": Words("票号 跳号", "Numbers passed over"),
    "numbers_next": Words("未用票号", "Not used yet"),
    "claims": Words("开出凭条（张）", "Claim slips"),
    "new_doubtful": Words("待核款项", "In doubt"),
    "collections": Words("清箱", "Collections"),
    "deed_blocked": Words("拦截提交", "Blocked submissions"),
    "deed_override": Words("强制开窗", "Opened all the same"),
    "deed_approval": Words("大额批准", "Approvals"),
    "deed_correction": Words("人工处理", "Corrections"),
    "deed_cancel": Words("取消缴费", "Payments cancelled"),
    "deed_void": Words("作废票据", "Voids"),
    "deed_reprint": Words("补打", "Reprints"),
    "deed_call": Words("呼叫", "Calls"),
    "deed_answer": Words("应答", "Answers"),
    "deed_opinion": Words("顾客意见", "Opinions"),
    "deed_sign_in_failed": Words("登录失败", "Failed sign-ins"),
    "deed_exception": Words("异常", "Exceptions"),
    "deed_exception_closed": Words("异常结束", "Exceptions closed"),
    "visits": Words("2分钟内办完", "Visits within 2 minutes"),
    "unpaid": Words("未缴离开，2分钟内", "Left unpaid, within 2 min"),
    "calls": Words("3分钟内应答", "Answered within 3 minutes"),
    "mean_p90": Words("平均 / 九成（秒）", "Mean / nine of ten (s)"),
    "to_count": Words("待清点钱箱", "Boxes to be counted"),
    "bags": Words("未交接清箱单", "Not handed over"),
    "hand_over": Words("交接单", "Hand-over slip"),
    "handed_over": Words("交接", "Handed over"),
    "sum": Words("金额", "Amount"),
    "to": Words("接收人编号", "Taken by"),
    "sign_by": Words("经办人签名：", "Signed, given by:"),
    "sign_to": Words("接收人签名：", "Signed, taken by:"),
    "items": Words("待办事项（件）", "Open items"),
    "not_uploaded": Words("未上传记录（条）", "Records not uploaded"),
    "box_now": Words("机内钱箱应有", "In the box now"),
}
SIZE: Final = Size.SMALL


class _Lines:
    def __init__(
        self, site: Site, language: Language, title: str, attempt: int, printed_ms: int | None
    ) -> None:
        self.site, self.language = site, language
        self.blocks: list[Block] = head(site, language, WORDS[title], attempt, Size.NORMAL, printed_ms)

    def say(self, word: str, **values: object) -> str:
        return WORDS[word].in_(self.language).format(**values)

    def pair(self, word: str, value: object, bold: bool = False, **values: object) -> None:
        self.blocks.append(Pair(self.say(word, **values), str(value), SIZE, bold))

    def sum(self, word: str, sum_: Sum, name: str = "") -> None:
        self.pair(word, f"{sum_.count} · {sum_.amount.figures}", name=name)

    def rule(self) -> None:
        self.blocks.append(Rule())

    def list(self, word: str, numbers: tuple[object, ...]) -> None:
        self.pair(word, ", ".join(str(n) for n in numbers) or self.say("none"))

    def pieces(self, notes: Notes) -> None:
        for fen, count in sorted(notes.items(), key=lambda one: int(one[0])):  # in a record: by letters
            self.pair("piece", f"{count}", yuan=int(fen) // 100)

    def end(self, issued: OfficePaper) -> Document:
        self.rule()
        self.pair("by", issued.by)
        self.blocks += [
            Pair(LABELS["time"].in_(self.language), time_text(self.site, issued.issued_ms), SIZE),
            Pair(LABELS["kiosk"].in_(self.language), issued.kiosk, SIZE),
            Qr(paper_qr(issued), 28),
            Feed(),
        ]
        return Document(issued.number, tuple(self.blocks))


def office_document(site: Site, issued: OfficePaper, attempt: int, printed_ms: int | None = None) -> Document:
    """As `receipts.document`."""
    if isinstance(issued, BoxCounted):
        return _collection(site, issued, attempt, printed_ms)
    if isinstance(issued, BagHandedOver):
        return _hand_over(site, issued, attempt, printed_ms)
    return _day(site, issued, attempt, printed_ms)


def _collection(site: Site, issued: BoxCounted, attempt: int, printed_ms: int | None) -> Document:
    lines = _Lines(site, issued.language, "collection", attempt, printed_ms)
    lines.pair("number", issued.number, bold=True)
    lines.list("boxes", issued.boxes)
    lines.rule()
    for fen in sorted({*issued.expected, *issued.counted}, key=int):
        was, now = issued.expected.get(fen, 0), issued.counted.get(fen, 0)
        lines.pair(
            "piece", f"{lines.say('expected')} {was}  {lines.say('counted')} {now}", yuan=int(fen) // 100
        )
    if issued.unknown:
        lines.pair("unknown", issued.unknown, bold=True)
    lines.rule()
    lines.pair("expected", worth(issued.expected).figures)
    lines.pair("counted", worth(issued.counted).figures, bold=True)
    lines.pair(
        "difference", _signed(issued.difference) if not issued.agrees else lines.say("agrees"), bold=True
    )
    lines.rule()
    lines.list("doubtful", issued.doubtful)
    lines.pair("change_owed", issued.change_owed.figures)
    lines.list("unprinted", issued.unprinted)
    return lines.end(issued)


def _hand_over(site: Site, issued: BagHandedOver, attempt: int, printed_ms: int | None) -> Document:
    lines = _Lines(site, issued.language, "hand_over", attempt, printed_ms)
    lines.pair("number", issued.number, bold=True)
    for collection in issued.collections:
        lines.pair("collection", collection)
    lines.rule()
    lines.pieces(issued.notes)
    lines.pair("sum", worth(issued.notes).figures, bold=True)
    lines.rule()
    lines.pair("to", issued.to)
    for word in ("sign_by", "sign_to"):
        lines.blocks += [Feed(), Text(lines.say(word), SIZE)]
    return lines.end(issued)


def _day(site: Site, issued: DayClosed, attempt: int, printed_ms: int | None) -> Document:
    lines = _Lines(site, issued.language, "day", attempt, printed_ms)
    lines.pair("number", issued.number, bold=True)
    if issued.late:
        lines.blocks.append(Text(lines.say("late"), SIZE, bold=True))
    lines.rule()
    _paid(lines, issued)
    lines.rule()
    _stock(lines, issued)
    lines.rule()
    standing = issued.standing
    lines.pair("box_now", worth(standing.notes).figures)
    if standing.unknown:
        lines.pair("unknown", standing.unknown, bold=True)
    lines.list("to_count", standing.to_count)
    lines.list("bags", standing.bags)
    lines.pair("items", len(standing.items))
    lines.list("unprinted", standing.unprinted)
    lines.pair("not_uploaded", issued.not_uploaded)
    _counts(lines, issued.figures)
    return lines.end(issued)


def _counts(lines: _Lines, figures: Figures) -> None:
    """Compliance: what was done by whom, and how long people were kept."""
    lines.rule()
    for deed, by_person in sorted(figures.deeds.items()):
        word = f"deed_{deed}"
        lines.pair(word, ", ".join(f"{person} × {times}" for person, times in sorted(by_person.items())))
    for word, found in (("visits", figures.visits), ("unpaid", figures.unpaid), ("calls", figures.calls)):
        if found.count:
            lines.pair(word, f"{found.in_time} / {found.count}")
            lines.pair("mean_p90", f"{found.mean_ms // 1000} / {found.p90_ms // 1000}")


def _stock(lines: _Lines, issued: DayClosed) -> None:
    """Numbers of receipts: what came, what was used, what is left, and whether one is missing."""
    stock = issued.figures.stock
    for word in ("received", "used", "void", "left", "gaps"):
        lines.pair(f"numbers_{word}", getattr(stock, word), bold=word == "gaps" and bool(stock.gaps))
    for block in issued.standing.blocks or ():
        first, last = spelled(block.series, block.next), spelled(block.series, block.last)
        lines.pair("numbers_next", f"{first} - {last}")


def _paid(lines: _Lines, issued: DayClosed) -> None:
    figures = issued.figures
    for tender, sum_ in sorted(figures.tenders.items()):
        name = LABELS[tender].in_(lines.language) if tender in LABELS else tender
        lines.sum("tender", sum_, name=name)
    for fee, sum_ in sorted(figures.fees.items()):
        lines.sum("fee", sum_, name=_fee_name(lines.site, issued, fee))
    for fee, sum_ in sorted(figures.ahead.items()):
        lines.sum("ahead", sum_, name=_fee_name(lines.site, issued, fee))
    lines.pair("to_prepaid", figures.to_prepaid.figures)
    lines.pair("to_change", figures.to_change.figures)
    lines.rule()
    lines.pair("in_box", worth(figures.notes).figures)
    lines.pieces(figures.notes)
    if figures.unknown_notes:
        lines.pair("unknown", figures.unknown_notes, bold=True)
    lines.rule()
    lines.pair("receipts", figures.receipts)
    lines.sum("voids", figures.voids)
    lines.pair("claims", figures.claims)
    lines.sum("new_doubtful", figures.doubtful)
    lines.pair("collections", f"{figures.collections} · {figures.collected.figures}")
    lines.pair("difference", _signed(figures.difference))
    lines.pair("handed_over", f"{figures.handovers} · {figures.handed_over.figures}")


def _fee_name(site: Site, issued: DayClosed, fee: str) -> str:
    """A close of before its names were written has those of the site's file."""
    known = {f.id: f.name.in_(issued.language) for f in site.fees}
    return issued.fee_names.get(fee) or known.get(fee, fee)


def _signed(amount: Money) -> str:
    return f"+{amount.figures}" if amount.fen > 0 else amount.figures
