"""Reads Code 128 where its bars have run together: symbol by symbol, the pattern that the blurred row looks most like.

A decoder that looks for edges needs about two pixels per module; below that narrow bars and spaces have no edges of
their own, but each of the 106 symbols still has a shape. What comes out is a clean row of bars for the ordinary
decoder, which checks the check digit and knows the code sets. One check digit in a hundred is right by chance: what is
read here counts, as all bars do, only when two pictures agree. Symbols as in ISO/IEC 15417, table 1.
"""

from __future__ import annotations

from itertools import product
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
_WIDTHS: Final = tuple(_TABLE.split())
_STARTS: Final = (103, 104, 105)
_STOP: Final = "2331112"
_PER_MODULE: Final = 4  # samples
_MODULES: Final = 11  # of a symbol
_CONTEXT: Final = 1  # module on each side: the last space before, the first bar after; they may be no wider
_BLURS: Final = (0.45, 0.75)  # of the optics, in modules
_MOST_SYMBOLS: Final = 40
# By how many modules a symbol may lie off its place, and how wide it may be beside the one before: where a paper bends
# or is held askew, widths change from symbol to symbol.
_OFF_ITS_PLACE: Final = (-0.5, -0.3, -0.1, 0.1, 0.3, 0.5)
_WIDER: Final = (0.92, 1.0, 1.08)
_SHIFTS, _STRETCHES = (grid.ravel() for grid in np.meshgrid(_OFF_ITS_PLACE, _WIDER))
_QUIET: Final = 0.1  # of the length of the bars, on each side of a row
_LENGTHS: Final = (57, 240, 4.0)  # modules of a whole code: from two data symbols on
_BEGINS: Final = (0.03, 0.16, 40)  # parts of the row
_LOOKED_AT: Final = 60  # of the best places
_TRIES: Final = 2
_LIKE_START: Final = 0.75
_LIKE: Final = 0.84  # correlation that a row of symbols needs at the mean; noise reaches about 0.7
_LEAST: Final = 0.68  # and each of them


def _modules(widths: str) -> list[bool]:
    return [at % 2 == 0 for at, width in enumerate(widths) for _ in range(int(width))]


def _templates(patterns: list[list[bool]], blur: float) -> Floats:
    """Blurred, of mean 0 and length 1; shape (patterns, samples). 1 is black."""
    fine = np.repeat(np.array(patterns, np.float32), _PER_MODULE, axis=1)
    reach = np.arange(-3 * _PER_MODULE, 3 * _PER_MODULE + 1)
    kernel = np.exp(-0.5 * (reach / (blur * _PER_MODULE)) ** 2)
    padded = np.pad(fine, ((0, 0), (len(reach) // 2,) * 2), mode="edge")
    soft = np.array([np.convolve(row, kernel / kernel.sum(), mode="valid") for row in padded])
    return _normal(soft)


def _normal(rows: npt.NDArray[np.floating]) -> Floats:
    level = rows - rows.mean(axis=-1, keepdims=True)
    return np.asarray(level / (np.linalg.norm(level, axis=-1, keepdims=True) + 1e-6), np.float32)


_SYMBOLS: Final = [[False] * _CONTEXT + _modules(widths) + [True] * _CONTEXT for widths in _WIDTHS]
_STOPS: Final = [([False] * _CONTEXT + _modules(_STOP))[: _MODULES + 2 * _CONTEXT]]
_ANY: Final = {blur: _templates(_SYMBOLS, blur) for blur in _BLURS}
_FIRST: Final = _templates(_SYMBOLS[_STARTS[0] :], sum(_BLURS) / len(_BLURS))
_LAST: Final = {blur: _templates(_STOPS, blur) for blur in _BLURS}
_SPAN: Final = np.arange(0, _MODULES + 2 * _CONTEXT, 1 / _PER_MODULE) - _CONTEXT + 0.5 / _PER_MODULE


def restored(row: Floats) -> list[list[bool]]:
    """Rows of modules (True is black) that `row` may be: brightness of standing bars, with a tenth of their length of
    quiet zone on each side."""
    found = []
    for dark in (255 - row, (255 - row)[::-1]):
        ways = product(_starts(dark), _BLURS)
        if symbols := next(filter(None, (_symbols(dark, blur, start) for start, blur in ways)), []):
            found.append(_modules("".join(_WIDTHS[symbol] for symbol in symbols) + _STOP))
    return found


class _Start(NamedTuple):
    at: float  # samples of the row
    module: float  # the same
    symbol: int
    like: float


def _starts(dark: Floats) -> list[_Start]:
    """The likeliest first symbols, at most _TRIES, no two at the same place."""
    length = len(dark) / (1 + 2 * _QUIET)
    modules = length / np.arange(*_LENGTHS)
    at = len(dark) * np.linspace(*_BEGINS)
    places, widths = (grid.ravel() for grid in np.meshgrid(at, modules))
    scores = _normal(_sampled(dark, places, widths)) @ _FIRST.T
    likes = scores.max(axis=1)
    starts: list[_Start] = []
    for best in np.argsort(-likes)[:_LOOKED_AT]:
        if likes[best] < _LIKE_START or len(starts) == _TRIES:
            break
        if all(
            abs(places[best] - one.at) > one.module or abs(widths[best] / one.module - 1) > 0.1
            for one in starts
        ):
            which = _STARTS[int(scores[best].argmax())]
            starts.append(_Start(float(places[best]), float(widths[best]), which, float(likes[best])))
    return starts


def _symbols(dark: Floats, blur: float, start: _Start) -> list[int]:
    """All symbols from the start to the check digit; none where the row is not like a code up to its stop."""
    at, module = start.at, start.module
    symbols, likes = [start.symbol], [start.like]
    while len(symbols) < _MOST_SYMBOLS and at + (2 * _MODULES - 2) * module < len(dark):
        at += _MODULES * module
        places, widths = at + _SHIFTS * module, _STRETCHES * module
        seen = _normal(_sampled(dark, places, widths))
        scores = seen @ _ANY[blur].T
        place, symbol = divmod(int(scores.argmax()), len(_WIDTHS))
        score = float(scores[place, symbol])
        stop = float((seen @ _LAST[blur].T).max())
        if stop > score:
            likes.append(stop)
            # A stop in the middle is a symbol that was misread: the code ends where its texture ends.
            ends = _BEGINS[0] <= 1 - (at + (_MODULES + 2) * module) / len(dark) <= _BEGINS[1]
            return symbols if ends and float(np.mean(likes)) >= _LIKE and _checked(symbols) else []
        if score < _LEAST or symbol in _STARTS:
            break
        symbols.append(symbol)
        likes.append(score)
        # Slowly: one symbol alone says little about the width of its modules.
        at += 0.5 * (float(places[place]) - at)
        module += 0.3 * (float(widths[place]) - module)
    return []


def _checked(symbols: list[int]) -> bool:
    *data, check = symbols
    return len(data) > 1 and (data[0] + sum(at * value for at, value in enumerate(data))) % 103 == check


def _sampled(dark: Floats, at: npt.NDArray[np.floating], module: npt.NDArray[np.floating]) -> Floats:
    """One symbol with its context from each place, shape (places, samples)."""
    where = (at[:, None] + _SPAN * module[:, None]).astype(np.float32)
    row = dark[None, :].astype(np.float32, copy=False)
    how = cv2.INTER_LINEAR
    return np.asarray(
        cv2.remap(row, where, np.zeros_like(where), how, borderMode=cv2.BORDER_REPLICATE), np.float32
    )
