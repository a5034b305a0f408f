"""The decoder alone: bytes come out as they went in, from codes held badly too."""

from __future__ import annotations

import io
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.contracts import CodeRefusedBecause
from hardware.scanners.camera_sim_code128 import bars_of
from hardware.scanners.decode import CODE_128, QR_CODE, Code, Decoder, second_opinion
from hardware.scanners.strips import strips
from hardware.scanners.text import safe_text

Gray = npt.NDArray[np.uint8]

PAYMENT_QR = Code(b"134567890123456789", QR_CODE)
PAYMENT_BARS = Code(b"134567890123456789", CODE_128)


def patient() -> Decoder:
    """With time for every way to look: what a machine is too slow for in one picture it tries in the next."""
    return Decoder(fence_s=10.0)


def qr(payload: bytes, scale: int = 4) -> Gray:
    return picture_of(segno.make(payload, mode="byte", micro=False), scale)


def picture_of(code: segno.QRCode, scale: int = 4) -> Gray:
    out = io.BytesIO()
    code.save(out, kind="png", scale=scale)
    return np.asarray(Image.open(out).convert("L"))


def bars(text: str, module_px: int = 3) -> Gray:
    row = np.pad(np.where(bars_of(text), 0, 255), 12, constant_values=255).astype(np.uint8)
    return np.kron(row[None, :], np.ones((80, module_px), np.uint8))


def in_a_view(code: Gray, turned_deg: float, scale: float, blur_px: float, noise: float = 4) -> Gray:
    """The code on a grey desk of 640x480, turned about its middle, blurred, with sensor noise."""
    height, width = code.shape
    place = cv2.getRotationMatrix2D((width / 2, height / 2), turned_deg, scale)
    place[:, 2] += (320 - width / 2, 240 - height / 2)
    desk = np.full((480, 640), 150, np.uint8)
    view = cv2.warpAffine(code, place, (640, 480), desk, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    return photographed(view, blur_px, noise)


def photographed(view: Gray, blur_px: float, noise: float) -> Gray:
    if blur_px:
        view = cv2.GaussianBlur(view, (0, 0), blur_px)
    grain = np.random.default_rng(5).normal(0, noise, view.shape)
    return np.clip(view * 0.7 + 30 + grain, 0, 255).astype(np.uint8)


@given(st.binary(min_size=1, max_size=120))
@settings(max_examples=60, deadline=None)
def test_qr_bytes_come_out_as_they_went_in(payload: bytes) -> None:
    assert patient().read(qr(payload)) == (Code(payload, QR_CODE),)


@pytest.mark.parametrize(
    ("charset", "text", "said"),
    [
        ("utf-8", "电费单 3001", "电费单 3001"),
        ("gb18030", "电费单 3001", "电费单 3001"),
        # As GB18030 these bytes would be other text: another bill, perhaps somebody else's.
        ("shift-jis", "ж123", CodeRefusedBecause.NOT_TEXT),
        ("big5", "ж123", CodeRefusedBecause.NOT_TEXT),
        ("euc-kr", "ж123", CodeRefusedBecause.NOT_TEXT),
        ("utf-16-be", "水水", CodeRefusedBecause.NOT_TEXT),
    ],
)
def test_a_declared_character_set_is_not_taken_for_another(
    charset: str, text: str, said: str | CodeRefusedBecause
) -> None:
    """ISO/IEC 18004, ECI: the code itself says in which characters it is written."""
    (code,) = patient().read(picture_of(segno.make(text, encoding=charset, eci=True, micro=False)))
    assert safe_text(code.payload) == said


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_bars_come_out_as_they_went_in(text: str) -> None:
    assert patient().read(bars(text)) == (Code(text.encode(), CODE_128),)


@pytest.mark.parametrize("turned_deg", range(0, 360, 30))
def test_a_qr_code_is_read_however_it_is_turned(turned_deg: int) -> None:
    view = in_a_view(qr(b"134567890123456789", scale=8), turned_deg, 0.75, 0.6)
    assert patient().read(view) == (PAYMENT_QR,)


@pytest.mark.parametrize("turned_deg", range(0, 360, 30))
def test_bars_are_read_however_they_are_turned(turned_deg: int) -> None:
    view = in_a_view(bars("134567890123456789", 4), turned_deg, 0.6, 0.6)
    assert patient().read(view) == (PAYMENT_BARS,)


HELD_BADLY: dict[
    str, tuple[Code, float, float, float, float]
] = {  # code, degrees, pixels per module, blur, noise
    "close, it fills the view": (PAYMENT_QR, 12, 16.0, 2.0, 25),
    "in poor light": (PAYMENT_QR, 12, 6.0, 2.0, 25),
    "shaken": (PAYMENT_QR, 12, 10.0, 5.0, 8),
    "far away": (PAYMENT_QR, 40, 1.6, 0.0, 4),
    "far away and out of focus": (PAYMENT_QR, 12, 2.4, 1.0, 15),
    "bars far away": (PAYMENT_BARS, 12, 1.44, 0.6, 4),
    "bars out of focus": (PAYMENT_BARS, 0, 2.4, 1.5, 4),
    "bars shaken": (PAYMENT_BARS, 0, 3.2, 2.0, 4),
}


@pytest.mark.parametrize(
    ("code", "turned_deg", "module_px", "blur_px", "noise"), HELD_BADLY.values(), ids=HELD_BADLY
)
def test_a_code_held_badly_is_read(
    code: Code, turned_deg: float, module_px: float, blur_px: float, noise: float
) -> None:
    fine_px = 20 if code is PAYMENT_QR else 8
    drawn = qr(code.payload, fine_px) if code is PAYMENT_QR else bars(code.payload.decode(), fine_px)
    assert patient().read(in_a_view(drawn, turned_deg, module_px / fine_px, blur_px, noise)) == (code,)


def test_a_code_in_white_on_black_is_read() -> None:
    view = in_a_view(qr(b"134567890123456789", 8), 12, 0.75, 0.6)
    assert patient().read((255 - view).astype(np.uint8)) == (PAYMENT_QR,)


@pytest.mark.parametrize(
    ("module_px", "blur_px", "lean", "fan"),
    [(1.6, 0.8, 0.0, 0.2), (2.0, 1.2, 0.1, 0.1), (2.4, 1.2, 0.2, 0.1)],
)
def test_bars_on_a_paper_held_askew_are_laid_straight_and_read(
    module_px: float, blur_px: float, lean: float, fan: float
) -> None:
    """`lean`: the upper edge is shifted by that part of the height; `fan`: it is shorter by that part."""
    drawn = cv2.resize(bars("134567890123456789", 8), None, fx=1, fy=5, interpolation=cv2.INTER_NEAREST)
    height, width = drawn.shape
    half_w, half_h = width * module_px / 16, height * module_px / 16
    shift = 2 * lean * half_h
    corners = [
        (320 - half_w * (1 - fan) + shift, 240 - half_h),
        (320 + half_w * (1 - fan) + shift, 240 - half_h),
        (320 + half_w - shift, 240 + half_h),
        (320 - half_w - shift, 240 + half_h),
    ]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    place = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    desk = np.full((480, 640), 150, np.uint8)
    view = cv2.warpPerspective(drawn, place, (640, 480), desk, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    assert patient().read(photographed(view, blur_px, 15)) == (PAYMENT_BARS,)


def test_both_codes_of_a_picture_are_seen() -> None:
    view = np.full((480, 640), 255, np.uint8)
    for payload, left in ((b"first", 40), (b"second", 340)):
        code = qr(payload, scale=6)
        view[100 : 100 + code.shape[0], left : left + code.shape[1]] = code
    assert {code.payload for code in patient().read(view)} == {b"first", b"second"}


def test_slanting_bars_are_laid_straight() -> None:
    straight = bars("202411300012", 4)
    slanting = in_a_view(straight, 25, 0.6, 0.8)
    rows = next(strips(slanting))
    assert (rows == rows[0]).all()
    begin_dark = np.count_nonzero(np.diff((rows[0] < 128).astype(int)) == 1)
    assert begin_dark == 1 + sum(after and not before for before, after in pairwise(bars_of("202411300012")))


def test_the_bar_patterns_are_those_of_the_standard() -> None:
    # ISO/IEC 15417, worked: start C, 12, 34, check (105 + 12 + 2 * 34) mod 103 = 82, stop.
    widths = "2112321122321311231212412331112"
    wanted = [index % 2 == 0 for index, width in enumerate(widths) for _ in range(int(width))]
    assert bars_of("1234") == wanted


@pytest.mark.parametrize("text", ["", "电费", "tab\t"])
def test_what_bars_can_not_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        bars_of(text)


def test_a_code_that_is_held_gets_every_way_to_look_however_short_the_time_for_a_picture() -> None:
    small = in_a_view(qr(b"134567890123456789", 20), 12, 2.4 / 20, 1.0, 15)
    hurried = Decoder(fence_s=0.0)  # one dear way for each picture
    seen = [hurried.read(small) for _ in range(8)]
    assert seen[0] == ()
    assert (PAYMENT_QR,) in seen


def test_the_second_opinion_reads_squares_and_leaves_bars_and_foreign_text_to_the_first() -> None:
    def opinion(code: Gray) -> list[Code]:
        return second_opinion(in_a_view(code, 0, 1.0, 0.0))

    assert opinion(qr(b"134567890123456789", 8)) == [PAYMENT_QR]
    assert opinion(bars("134567890123456789", 4)) == []
    assert opinion(qr("水费单".encode("gb18030"), 8)) == []
    part, *_ = segno.make_sequence(
        "134567890123456789" * 3, symbol_count=3
    )  # ISO/IEC 18004, structured append
    assert opinion(picture_of(part, 8)) == []
