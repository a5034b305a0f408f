"""The test page: what a receipt needs of a printer, and the code that scanners have to read. Never a receipt."""

from __future__ import annotations

from hardware.contracts import Align, Document, Feed, Pair, Qr, Rule, Size, Text
from kiosk.site import Site

TITLE = "测试页，不是凭证 TEST PAGE, NOT A RECEIPT"


def test_page(site: Site, token: str, time_text: str) -> Document:
    return Document(
        TITLE,
        (
            Text(TITLE, Size.NORMAL, Align.CENTRE, bold=True),
            Text(site.house.name.zh, Size.NORMAL, Align.CENTRE),
            Rule(),
            Pair("大号 LARGE", "8", Size.LARGE),
            Pair("普通 NORMAL", "¥1234567890.00"),
            Pair("小号 SMALL", "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整", Size.SMALL),
            Pair("生僻字 RARE", "㙍𠮷镕喆", bold=True),
            Rule(),
            Pair("时间", time_text, Size.SMALL),
            Qr(token),
            Text(token, Size.SMALL, Align.CENTRE),
            Feed(),
        ),
    )
