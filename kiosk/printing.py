"""Any paper that leaves the printer, as a document. What was printed in practice says so at both its ends."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from hardware.contracts import Align, Document, Feed, Size, Text
from kiosk.contract import TextSize
from kiosk.facts import Issued, Slip
from kiosk.facts.visitor import OpinionGiven
from kiosk.office_papers import office_document
from kiosk.receipts import document
from kiosk.site import Site
from kiosk.visitor_paper import opinion_document

TRAINING_MARK: Final = "练习 TRAINING"  # both languages: whoever finds it on the floor must see what it is


def paper(site: Site, issued: Issued, attempt: int, text_size: TextSize, printed_ms: int) -> Document:
    """As `receipts.document`, for each kind of paper."""
    if isinstance(issued, Slip):
        return marked(site, document(site, issued, attempt, text_size, printed_ms))
    if isinstance(issued, OpinionGiven):
        return marked(site, opinion_document(site, issued, attempt, printed_ms))
    return marked(site, office_document(site, issued, attempt, printed_ms))


def marked(site: Site, made: Document) -> Document:
    """Every paper of a kiosk for practice carries the mark, first and last; of a real one, none."""
    if not site.training:
        return made
    mark = Text(TRAINING_MARK, Size.LARGE, Align.CENTRE, bold=True)
    blocks = list(made.blocks)
    foot = len(blocks) - 1 if blocks and isinstance(blocks[-1], Feed) else len(blocks)
    blocks.insert(foot, mark)
    return replace(made, blocks=(mark, *blocks))
