"""Lines for staff: what it is, how much, and a button where there is something to do. As many leaves as needed."""

from __future__ import annotations

from typing import NamedTuple

from kiosk.contract import StaffBoard, StaffLine
from screens.frame import Frame
from screens.sheet import Act, Foot, Sheet
from screens.theme import Rank


class Notice(NamedTuple):
    words: str
    kind: str


class Row(NamedTuple):
    name: str
    label: str
    value: str
    act: Act | None
    look: bool
    wide: float = 0  # of its button: all of a page are equally wide


def build(sheet: Sheet, page: StaffBoard) -> Foot:
    rows = [_row(sheet, number, line) for number, line in enumerate(page.lines)]
    wide = max((_button_width(sheet, row.act) for row in rows if row.act), default=0.0)
    rows = [row._replace(wide=wide if row.act else 0.0) for row in rows]
    main, second = sheet.act("main", page.main, "tick"), sheet.act("second", page.second)
    off = dict.fromkeys(act.off for act in (main, second) if act)  # once, though it is why of both
    told = [
        (sheet.message(page.problem), "problem"),
        *((words, "warning") for words in off),
        (sheet.message(page.note), "info"),
    ]
    notices = [Notice(words, kind) for words, kind in told if words]
    area = _below(sheet, sheet.area, notices)
    smallest = max((_height(sheet, area.w, row, sheet.theme.least) for row in rows), default=0)
    leaves: list[list[Notice] | list[Row]] = []
    if smallest > area.h:  # what is to be told stands on leaves of its own, before the lines
        leaves += [[notice] for notice in notices]
        notices, area = [], sheet.area
    px = sheet.px_for(lambda px: all(_height(sheet, area.w, row, px) <= area.h for row in rows))
    gap = sheet.theme.touch_gap
    leaf = sheet.page_of([*leaves, *_leaves(sheet, rows, area, gap, px)])
    if leaf and isinstance(leaf[0], Notice):
        sheet.alone(*leaf[0])
    else:
        _draw_notices(sheet, sheet.area, notices)
        for row in leaf:
            assert isinstance(row, Row)
            place, area = area.from_top(_height(sheet, area.w, row, px), gap)
            _draw(sheet, place, row, px)
    return Foot(main=main, second=second)


def _below(sheet: Sheet, area: Frame, notices: list[Notice]) -> Frame:
    """What these leave."""
    for words, _ in notices:
        px = sheet.notice_px(words, area.w, area.h * 0.3)
        area = area.from_top(sheet.notice_height(words, area.w, px), sheet.theme.touch_gap)[1]
    return area


def _draw_notices(sheet: Sheet, area: Frame, notices: list[Notice]) -> None:
    for notice in notices:
        rest = _below(sheet, area, [notice])
        px = sheet.notice_px(notice.words, area.w, area.h * 0.3)
        place = area.from_top(area.h - rest.h - sheet.theme.touch_gap)[0]
        sheet.notice(place, notice.words, notice.kind, px)
        area = rest


def _row(sheet: Sheet, number: int, line: StaffLine) -> Row:
    name = f"line:{number}"
    return Row(name, sheet.message(line.label), line.value, sheet.act(name, line.button), line.look)


def _leaves(sheet: Sheet, rows: list[Row], area: Frame, gap: float, px: int) -> list[list[Row]]:
    leaves: list[list[Row]] = [[]]
    used = 0.0
    for row in rows:
        height = _height(sheet, area.w, row, px)
        if leaves[-1] and used + height > area.h:
            leaves.append([])
            used = 0.0
        leaves[-1].append(row)
        used += height + gap
    return leaves


def _button_width(sheet: Sheet, act: Act) -> float:
    theme = sheet.theme
    return max(sheet.width(act.label, theme.button, bold=True) + 2 * theme.pad, theme.mm(20))


def _parts(sheet: Sheet, frame: Frame, row: Row, px: int) -> tuple[Frame, Frame, Frame, bool]:
    """Words, value, button; whether the value stands below the words because both do not fit beside."""
    theme = sheet.theme
    inner = frame.inset(theme.pad, theme.pad * 0.4)
    button, words = inner.from_right(row.wide, theme.pad if row.act else 0)
    if row.look:
        words = words.from_left(px, theme.pad * 0.6)[1]
    button = Frame(button.x, frame.y, button.w, frame.h)
    wide = min(sheet.width(row.value, px, bold=True), words.w)
    value, label = words.from_right(wide, theme.pad)
    longest = max((sheet.width(part, px) for part in row.label.split()), default=0)
    narrow = label.w < longest or label.w < min(words.w * 0.4, sheet.width(row.label, px))
    below = bool(row.value) and narrow
    return (words, words, button, True) if below else (label if row.value else words, value, button, False)


def _height(sheet: Sheet, width: float, row: Row, px: int) -> float:
    theme = sheet.theme
    words, value, _, below = _parts(sheet, Frame(0, 0, width, 10_000), row, px)
    height = sheet.height(row.label, px, words.w)
    if row.act and row.act.off:
        height += sheet.height(row.act.off, min(px, theme.small), words.w)
    if below:
        height += sheet.height(row.value, px, value.w, bold=True)
    return max(height + theme.pad * 0.8, theme.button_h if row.act else 0.0)


def _draw(sheet: Sheet, frame: Frame, row: Row, px: int) -> None:
    theme = sheet.theme
    words, value, button, below = _parts(sheet, frame, row, px)
    ground = Frame(frame.x, frame.y, frame.w - (button.w + theme.touch_gap if row.act else 0), frame.h)
    sheet.box(ground, "pale_warning" if row.look else "card", "help_border" if row.look else "rule")
    if row.look:  # a sign too: not every look has the colour
        sign = Frame(words.x - px - theme.pad * 0.6, words.y, px, words.h)
        sheet.icon(sign, "warning", "on_warning", "warning_bg", sheet.say("desk.look"))
    ink = "text"
    if below:
        lower, words = words.from_bottom(sheet.height(row.value, px, value.w, bold=True))
        sheet.text(lower, row.value, px, ink, bold=True)
    elif row.value:
        sheet.text(value, row.value, px, ink, bold=True, align="right")
    if row.act and row.act.off:
        lower, words = words.from_bottom(sheet.height(row.act.off, min(px, theme.small), words.w))
        sheet.text(lower, row.act.off, min(px, theme.small), "text2", rank=Rank.SECOND)
    sheet.text(words, row.label, px, ink)
    if row.act:
        sheet.act_button(Frame(frame.right - button.w, frame.y, button.w, frame.h), row.act)
