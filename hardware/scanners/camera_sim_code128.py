"""Code 128 as bars (ISO/IEC 15417), for pictures that the simulated camera shows. Sets B and C only."""

from __future__ import annotations

import re
from typing import Final

# Widths of bar, gap, bar, gap, bar, gap for the values 0 to 105; each symbol is 11 modules wide.
_WIDTHS: Final = re.findall(
    "[1-4]{6}",
    """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231
113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211
212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131
113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111
314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211
241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141
214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214
211232
""",
)
_STOP: Final = "2331112"
_CODE_B, _CODE_C, _START_B, _START_C = 100, 99, 104, 105
_RUN: Final = re.compile(r"(?:[0-9]{2}){2,}|.", re.DOTALL)  # four digits or more pay for the change to set C


def bars_of(text: str) -> list[bool]:
    """The modules from first to last bar, True for black, without quiet zones.

    Raises ValueError for text other than printable ASCII, of which Code 128 is normally made."""
    if not text or not all(" " <= char <= "~" for char in text):
        raise ValueError(f"{text!r} can not be written in Code 128: printable ASCII only")
    values: list[int] = []
    in_c = None
    for run in _RUN.findall(text):
        wants_c = len(run) > 1
        if in_c is None:
            values.append(_START_C if wants_c else _START_B)
        elif in_c != wants_c:
            values.append(_CODE_C if wants_c else _CODE_B)
        in_c = wants_c
        if wants_c:
            values += [int(run[i : i + 2]) for i in range(0, len(run), 2)]
        else:
            values.append(ord(run) - ord(" "))
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    widths = "".join(_WIDTHS[value] for value in [*values, check]) + _STOP
    return [index % 2 == 0 for index, width in enumerate(widths) for _ in range(int(width))]
