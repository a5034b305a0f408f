"""What each icon looks like, on the grid of 96. One function, one icon; its name is the icon's name."""

from __future__ import annotations

from screens.icons import INK, Pen, Point, bend, icon

# ---- fees


@icon
def water(pen: Pen) -> None:
    drop = bend((48, 10), (62, 30), (76, 42), (76, 60))
    drop += bend((76, 60), (76, 90), (20, 90), (20, 60))
    drop += bend((20, 60), (20, 42), (34, 30), (48, 10))
    pen.shape(*drop)
    pen.line(*bend((35, 62), (36, 71), (46, 72)), width=6)


@icon
def electricity(pen: Pen) -> None:
    pen.shape((54, 10), (22, 54), (44, 54), (38, 86), (74, 38), (51, 38))


@icon
def gas(pen: Pen) -> None:
    flame = bend((50, 8), (52, 28), (78, 38), (77, 62))
    flame += bend((77, 62), (75, 94), (20, 94), (19, 62))
    flame += bend((19, 62), (19, 48), (28, 42), (32, 30))
    flame += bend((32, 30), (40, 36), (40, 40), (40, 44))
    flame += bend((40, 44), (50, 34), (52, 24), (50, 8))
    pen.shape(*flame)
    pen.line(*bend((48, 56), (36, 68), (38, 78), (48, 78)), width=6)
    pen.line(*bend((48, 56), (60, 68), (58, 78), (48, 78)), width=6)


@icon
def property(pen: Pen) -> None:  # named as the fee is
    pen.shape((12, 46), (48, 14), (84, 46), (76, 46), (76, 84), (20, 84), (20, 46))
    pen.line((40, 84), (40, 60), (56, 60), (56, 84), width=6)


@icon
def tuition(pen: Pen) -> None:
    pen.line((26, 44), (26, 66), *bend((26, 66), (48, 86), (70, 66)), (70, 44))
    pen.shape((48, 18), (90, 38), (48, 58), (6, 38))
    pen.line((84, 42), (84, 64), width=6)


@icon
def admin(pen: Pen) -> None:
    pen.shape((48, 12), (86, 34), (10, 34))
    for x in (22, 39, 57, 74):
        pen.line((x, 42), (x, 68))
    pen.line((14, 80), (82, 80), width=9)


@icon
def other(pen: Pen) -> None:
    pen.box(18, 12, 78, 84)
    for y in (32, 48, 64):
        pen.line((34, y), (62, y), width=6)


# ---- ways to pay and the machine's openings


@icon
def cash(pen: Pen) -> None:
    pen.box(6, 24, 90, 72)
    pen.ring(48, 48, 13, width=6, fill=False)
    for x in (20, 76):
        pen.dot(x, 48, 4)


@icon
def code(pen: Pen) -> None:
    pen.box(24, 6, 72, 90, r=9)
    for x, y in ((34, 26), (52, 26), (34, 48)):
        pen.line((x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10), width=5, closed=True)
    for x, y in ((53, 50), (62, 58), (53, 64)):
        pen.dot(x, y, 4)
    pen.line((43, 78), (53, 78), width=6)


@icon
def card(pen: Pen) -> None:
    pen.box(8, 20, 88, 76, r=9)
    pen.line((8, 38), (88, 38), width=10)
    pen.line((22, 60), (44, 60), width=6)
    pen.dot(70, 60, 6)


@icon
def receipt(pen: Pen) -> None:
    pen.fill((22, 10), (74, 10), (74, 86), (22, 86))
    pen.line((22, 86), (22, 10), (74, 10), (74, 86), (61, 77), (48, 86), (35, 77), closed=True)
    for y in (30, 46, 60):
        pen.line((36, y), (60, y), width=6)


@icon
def barcode(pen: Pen) -> None:
    for x, width in ((14, 5), (25, 9), (38, 5), (48, 5), (60, 10), (72, 5), (82, 5)):
        pen.line((x, 24), (x, 72), width=width)


@icon
def scan(pen: Pen) -> None:
    for sx, sy in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        x, y = 48 - 36 * sx, 48 - 34 * sy
        pen.line((x, y + 18 * sy), (x, y), (x + 18 * sx, y))
    for x in (30, 42, 54, 66):
        pen.line((x, 34), (x, 62), width=6)


# ---- the six items of the check


@icon
def name(pen: Pen) -> None:
    pen.ring(48, 30, 17)
    body = [(16, 84), *bend((16, 84), (16, 54), (80, 54), (80, 84))]
    pen.shape(*body)


@icon
def identity(pen: Pen) -> None:
    pen.box(8, 20, 88, 76)
    pen.ring(30, 42, 8, width=6, fill=False)
    pen.line(*bend((18, 64), (18, 50), (42, 50), (42, 64)), width=6)
    pen.line((54, 40), (76, 40), width=6)
    pen.line((54, 56), (70, 56), width=6)


@icon
def fee(pen: Pen) -> None:
    other(pen)


@icon
def amount(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.line((34, 26), (48, 46), (62, 26), width=6)
    pen.line((48, 46), (48, 72), width=6)
    pen.line((36, 48), (60, 48), width=6)
    pen.line((36, 60), (60, 60), width=6)


@icon
def period(pen: Pen) -> None:
    pen.box(12, 20, 84, 84)
    pen.line((12, 40), (84, 40), width=6)
    pen.line((32, 10), (32, 26))
    pen.line((64, 10), (64, 26))
    for x in (32, 48, 64):
        pen.dot(x, 54, 4)
    for x in (32, 48):
        pen.dot(x, 68, 4)


@icon
def contact(pen: Pen) -> None:
    handset = bend((22, 14), (8, 30), (20, 56), (32, 66))
    handset += bend((32, 66), (44, 80), (66, 90), (82, 74))
    handset += [(84, 68), (68, 56), (58, 62)]
    handset += bend((58, 62), (46, 58), (38, 48), (36, 40))
    handset += [(42, 32), (30, 12)]
    pen.shape(*handset)


# ---- actions


@icon
def call(pen: Pen) -> None:
    bell = [(14, 70), *bend((22, 62), (22, 56), (22, 46)), *bend((22, 46), (22, 8), (74, 8), (74, 46))]
    bell += [*bend((74, 46), (74, 56), (74, 62)), (82, 70)]
    pen.shape(*bell)
    pen.line((48, 8), (48, 14))
    pen.line(*bend((38, 80), (40, 88), (56, 88), (58, 80)))


@icon
def back(pen: Pen) -> None:
    pen.line((58, 16), (26, 48), (58, 80), width=11)


@icon
def forward(pen: Pen) -> None:
    pen.line((38, 16), (70, 48), (38, 80), width=11)


@icon
def erase(pen: Pen) -> None:
    pen.shape((34, 22), (86, 22), (86, 74), (34, 74), (10, 48))
    pen.line((50, 38), (70, 58))
    pen.line((70, 38), (50, 58))


@icon
def text_size(pen: Pen) -> None:
    pen.line((6, 78), (28, 22), (50, 78), width=9)
    pen.line((14, 60), (42, 60), width=8)
    pen.line((56, 78), (72, 42), (88, 78), width=8)
    pen.line((62, 66), (82, 66), width=7)


@icon
def contrast(pen: Pen) -> None:
    pen.ring(48, 48, 36)
    pen.fill((48, 14), *bend((48, 14), (92, 14), (92, 82), (48, 82)), what=INK)


@icon
def arrow(pen: Pen) -> None:
    """To the right; `arrow@below` and the like point elsewhere."""
    pen.line((12, 48), (80, 48), width=12)
    pen.line((56, 22), (82, 48), (56, 74), width=12)


# ---- states


@icon
def good(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.line((30, 49), (43, 62), (67, 35), width=9)


@icon
def bad(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.line((34, 34), (62, 62), width=9)
    pen.line((62, 34), (34, 62), width=9)


@icon
def tick(pen: Pen) -> None:
    pen.line((18, 50), (40, 72), (80, 26), width=12)


@icon
def cross(pen: Pen) -> None:
    pen.line((22, 22), (74, 74), width=12)
    pen.line((74, 22), (22, 74), width=12)


@icon
def warning(pen: Pen) -> None:
    pen.shape((48, 12), (90, 82), (6, 82))
    pen.line((48, 38), (48, 56), width=8)
    pen.dot(48, 69, 5)


@icon
def info(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.dot(48, 30, 5.5)
    pen.line((48, 46), (48, 68), width=8)


@icon
def wait(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.line((48, 26), (48, 48), (64, 58), width=8)


@icon
def shield(pen: Pen) -> None:
    outline: list[Point] = [(48, 8), (82, 20)]
    outline += bend((82, 20), (84, 60), (68, 80), (48, 90))
    outline += bend((48, 90), (28, 80), (12, 60), (14, 20))
    pen.shape(*outline)
    pen.line((32, 48), (44, 60), (64, 36), width=8)


@icon
def offline(pen: Pen) -> None:
    for radius in (14, 30, 46):
        pen.arc(48, 72, radius, 222, 318)
    pen.dot(48, 74, 6)
    pen.line((16, 14), (80, 86), width=8)


@icon
def closed(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.line((28, 48), (68, 48), width=11)


@icon
def practice(pen: Pen) -> None:
    pen.shape((38, 10), (38, 38), (14, 80), (22, 86), (74, 86), (82, 80), (58, 38), (58, 10))
    pen.line((30, 10), (66, 10))
    pen.line((28, 62), (68, 62), width=6)


@icon
def smile(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.dot(35, 40, 5)
    pen.dot(61, 40, 5)
    pen.line(*bend((30, 56), (38, 72), (58, 72), (66, 56)), width=8)


@icon
def help(pen: Pen) -> None:  # named as what it opens
    pen.ring(48, 48, 38)
    pen.line(*bend((35, 38), (35, 20), (62, 20), (62, 38)), width=8)
    pen.line(*bend((62, 38), (62, 48), (48, 46), (48, 58)), width=8)
    pen.dot(48, 70, 5)


def _face(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    pen.dot(35, 40, 5)
    pen.dot(61, 40, 5)


@icon
def very_good(pen: Pen) -> None:
    pen.ring(48, 48, 38)
    for x in (35, 61):
        pen.line(*bend((x - 8, 42), (x - 4, 32), (x + 4, 32), (x + 8, 42)), width=6)
    pen.shape((28, 54), (68, 54), *bend((68, 54), (64, 80), (32, 80), (28, 54)), width=6)


@icon
def fair(pen: Pen) -> None:
    _face(pen)
    pen.line((32, 64), (64, 64), width=8)


@icon
def sad(pen: Pen) -> None:
    _face(pen)
    pen.line(*bend((30, 70), (38, 54), (58, 54), (66, 70)), width=8)


@icon
def bill(pen: Pen) -> None:
    """A paper bill: the number stands in a frame that catches the eye, the bar code at its foot."""
    pen.line((18, 4), (78, 4), (78, 92), (18, 92), width=5, closed=True)
    pen.line((28, 14), (52, 14), width=5)
    pen.box(6, 22, 90, 48, r=6, width=5)
    for x, digit in zip((20, 39, 58, 76), (1, 2, 3, 4), strict=True):
        for segment in _DIGITS[digit]:
            pen.line(*[(x + dx, 35 + dy) for dx, dy in segment], width=4)
    pen.line((28, 58), (68, 58), width=4)
    for x, width in ((28, 5), (36, 3), (43, 7), (52, 3), (59, 5), (67, 4)):
        pen.line((x, 67), (x, 82), width=width)


_TOP, _MIDDLE, _LOW = ((-5, -7), (5, -7)), ((-5, 0), (5, 0)), ((-5, 7), (5, 7))
_HIGH_RIGHT, _LOW_RIGHT, _LOW_LEFT = ((5, -7), (5, 0)), ((5, 0), (5, 7)), ((-5, 0), (-5, 7))
_DIGITS = {
    1: (((1, -7), (1, 7)), ((-3, -4), (1, -7))),
    2: (_TOP, _HIGH_RIGHT, _MIDDLE, _LOW_LEFT, _LOW),
    3: (_TOP, _HIGH_RIGHT, _MIDDLE, _LOW_RIGHT, _LOW),
    4: (((-5, -7), (-5, 0)), _MIDDLE, _HIGH_RIGHT, _LOW_RIGHT),
}


@icon
def note_in(pen: Pen) -> None:
    """A banknote that goes into a slot at the right, and the way it goes."""
    pen.line((14, 16), (56, 16), width=8)
    pen.line((45, 5), (57, 16), (45, 27), width=8)
    pen.shape((6, 40), (78, 40), (78, 78), (6, 78), width=6)
    pen.ring(40, 59, 10, width=5, fill=False)
    pen.dot(18, 59, 3.5)
    pen.dot(61, 59, 3.5)
    pen.fill((72, 28), (90, 28), (90, 90), (72, 90), what=INK)


@icon
def window(pen: Pen) -> None:
    """The scanning window: a pane with light behind it."""
    pen.box(4, 18, 92, 78, r=12)
    for x, width in ((22, 5), (33, 9), (45, 4), (55, 9), (66, 4), (75, 5)):
        pen.line((x, 36), (x, 60), width=width)
