"""The slip of a complaint or suggestion: its case number, so that the customer can ask what became of it."""

from __future__ import annotations

from typing import Final

from hardware.contracts import Align, Document, Feed, Pair, Qr, Rule, Size, Text
from kiosk.facts.visitor import OpinionGiven
from kiosk.receipts import LABELS, head, paper_qr, time_text
from kiosk.site import Site, Words

WORDS: Final[dict[str, Words]] = {
    "title": Words("意见受理单", "Your opinion"),
    "case": Words("受理号", "Case no."),
    "about": Words("事由", "About"),
    "contact": Words("联系电话", "Phone"),
    "left": Words("已留，加密保存", "left, encrypted"),
    "none": Words("没有留", "none left"),
    "keep": Words("凭受理号可以查询办理情况", "Ask for it with this number"),
}


def opinion_document(
    site: Site, issued: OpinionGiven, attempt: int, printed_ms: int | None = None
) -> Document:
    """`attempt` above 1 is marked as a reprint, with its own time."""
    language = issued.language

    def pair(words: Words, value: str, bold: bool = False) -> Pair:
        return Pair(words.in_(language), value, Size.NORMAL, bold)

    blocks = head(site, language, WORDS["title"], attempt, Size.NORMAL, printed_ms)
    blocks += [
        pair(WORDS["case"], issued.case, bold=True),
        pair(WORDS["about"], issued.topic_name),
        pair(WORDS["contact"], WORDS["left" if issued.contact_digest else "none"].in_(language)),
        Rule(),
        pair(LABELS["time"], time_text(site, issued.issued_ms)),
        pair(LABELS["kiosk"], issued.kiosk),
        Qr(paper_qr(issued), 32),
        pair(LABELS["phone"], site.house.service_phone),
        Text(WORDS["keep"].in_(language), Size.NORMAL, Align.CENTRE),
        Feed(),
    ]
    return Document(issued.case, tuple(blocks))
