"""Picture after picture: which code is said, when again, and when there are two."""

from __future__ import annotations

import pytest

from hardware.contracts import REARM_S, CodeRefusedBecause
from hardware.scanners.text import Once, Sighting

TWO = CodeRefusedBecause.TWO_CODES


def qr(payload: str) -> Sighting:
    return Sighting(payload.encode())


def bars(payload: str) -> Sighting:
    return Sighting(payload.encode(), sure=False)


A, B = qr("a"), qr("b")
BARS_A, BARS_B, BARS_C = bars("a"), bars("b"), bars("c")

Pictures = list[tuple[float, list[Sighting], bytes | CodeRefusedBecause | None]]

STORIES: dict[str, Pictures] = {
    "held still, it is said once": [(0.0, [A], b"a"), (0.1, [A], None), (2.0, [A], None), (9.0, [A], None)],
    "a short miss is not out of sight": [(0, [A], b"a"), (1, [], None), (REARM_S - 0.1, [A], None)],
    "away long enough, it is said again": [
        (0, [A], b"a"),
        (1, [], None),
        (REARM_S, [], None),
        (4, [A], b"a"),
    ],
    "away is counted from when it was seen last": [
        (0, [A], b"a"),
        (2, [A], None),
        (4, [], None),
        (4.5, [A], None),
    ],
    "a picture that did not come proves nothing": [(0, [A], b"a"), (60, [A], None)],
    "another code after it": [(0, [A], b"a"), (0.1, [B], b"b"), (0.2, [A], None)],
    "two codes in the first picture": [(0, [A, B], TWO), (0.1, [A], b"a")],
    "two codes are said now and then": [(0, [A, B], TWO), (1, [A, B], None), (REARM_S, [A, B], TWO)],
    "a second code comes in, the first goes": [
        (0, [A], b"a"),
        (1, [A, B], TWO),
        (2, [B], b"b"),
        (2.5, [A], None),
    ],
    "the same as QR and as bars is one code": [(0, [A, BARS_A], b"a"), (0.1, [BARS_A], None)],
    "bars are said when read twice": [
        (0, [BARS_A], None),
        (0.1, [], None),
        (0.2, [BARS_A], b"a"),
        (1, [BARS_A], None),
    ],
    "bars misread each time are never said": [
        (0, [BARS_A], None),
        (0.1, [BARS_B], None),
        (0.2, [BARS_C], None),
    ],
    "two reads that lie far apart are no proof": [(0, [BARS_A], None), (5, [], None), (6, [BARS_A], None)],
    "a misread beside a code delays it by a picture": [(0, [A, BARS_B], None), (0.1, [A], b"a")],
    "bars beside a code are two codes": [(0, [A, BARS_B], None), (0.1, [A, BARS_B], TWO)],
}


@pytest.mark.parametrize("pictures", STORIES.values(), ids=STORIES)
def test_story(pictures: Pictures) -> None:
    once = Once()
    for at_s, codes, said in pictures:
        assert once.see(codes, at_s) == said, f"in the picture at {at_s} s"
