"""A scanner that types like a keyboard: what its keys say, and what is made of keys that say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.contracts import CodeRead, CodeRefused, CodeRefusedBecause, Found, Lost, Trouble
from hardware.scanners.serial_driver import SerialScanner
from hardware.scanners.wedge_driver import WedgeScanner
from hardware.shelf import ScannerPlan
from hardware.simulated import NotPossible
from tests.hardware.scanners.scanner_places import Desk, Heard

PAYMENT_CODE = "134567890123456789"
OTHER_CODE = "284512345678901234"
EVERY_SIGN = "".join(map(chr, range(32, 127)))
ADDRESS = "https://Fees.Example/?Bill=No_7&Sum={37.50}"


def read(text: str) -> CodeRead:
    return CodeRead(device="scanner", text=text)


REFUSED = CodeRefused(device="scanner", because=CodeRefusedBecause.CONTROL_CHARACTERS)
TOO_LONG = CodeRefused(device="scanner", because=CodeRefusedBecause.TOO_LONG)

TYPED_AND_SAID: dict[str, tuple[list[tuple[str, dict[str, Any]]], CodeRead | CodeRefused]] = {
    "digits and Enter": ([("scan", {"text": PAYMENT_CODE})], read(PAYMENT_CODE)),
    "Tab at the end": ([("scan", {"text": PAYMENT_CODE, "suffix": "tab"})], read(PAYMENT_CODE)),
    "Enter of the pad": ([("scan", {"text": PAYMENT_CODE, "suffix": "pad enter"})], read(PAYMENT_CODE)),
    "no end but silence": ([("scan", {"text": PAYMENT_CODE, "suffix": ""})], read(PAYMENT_CODE)),
    "a slow one": ([("scan", {"text": PAYMENT_CODE[:10], "gap_s": 0.01})], read(PAYMENT_CODE[:10])),
    "digits of the number pad": ([("scan_pad", {"digits": PAYMENT_CODE})], read(PAYMENT_CODE)),
    "every key of a US keyboard": ([("scan", {"text": EVERY_SIGN})], read(EVERY_SIGN)),
    "capitals by Caps Lock": ([("scan", {"text": ADDRESS, "upper": "caps lock"})], read(ADDRESS)),
    "Chinese as Alt with digits": ([("scan_alt", {"text": "电费"})], REFUSED),
    "a digit as Alt with digits": ([("scan_alt", {"text": "7"})], REFUSED),
    "a control character": (
        [("scan", {"text": "13", "suffix": ""}), ("control", {"letter": "m"}), ("scan", {"text": "45"})],
        REFUSED,
    ),
    "keys that the kernel lost": ([("drop", {"text": PAYMENT_CODE})], REFUSED),
    "longer than any code": ([("scan", {"text": "7" * 2100})], TOO_LONG),
}


@pytest.mark.parametrize(("keys", "said"), TYPED_AND_SAID.values(), ids=TYPED_AND_SAID)
def test_what_is_typed_is_said(
    desk: Desk, keys: list[tuple[str, dict[str, Any]]], said: CodeRead | CodeRefused
) -> None:
    desk.driver.look()
    for action, given in keys:
        desk.sim.do(action, **given)
    desk.heard.until_code()
    desk.sim.do("scan", text=OTHER_CODE)
    desk.heard.until(lambda _: OTHER_CODE in desk.heard.texts)
    assert desk.heard.codes == [said, read(OTHER_CODE)]


def test_the_same_code_twice_in_a_row_is_said_once(desk: Desk) -> None:
    desk.driver.look()
    for text in (PAYMENT_CODE, PAYMENT_CODE, OTHER_CODE):
        desk.sim.do("scan", text=text)
    desk.heard.until(lambda _: OTHER_CODE in desk.heard.texts)
    assert desk.heard.texts == [PAYMENT_CODE, OTHER_CODE]


def test_what_is_typed_at_rest_does_not_come_out_at_the_next_screen(desk: Desk) -> None:
    desk.sim.do("scan", text=PAYMENT_CODE)
    desk.sim.do("unplug")  # so much is certain then: all before was read
    desk.heard.until_kind(Lost)
    desk.sim.do("plug")
    desk.heard.until_kind(Found, 2)
    desk.driver.look()
    desk.sim.do("scan", text=OTHER_CODE)
    desk.heard.until_code()
    assert desk.heard.texts == [OTHER_CODE]


def test_pulled_out_in_the_middle_of_a_code_that_code_is_gone_and_the_next_one_is_whole(desk: Desk) -> None:
    desk.driver.look()
    desk.sim.do("scan", text=OTHER_CODE)  # from this the driver knows that this unit ends its codes
    desk.heard.until_code()
    desk.sim.do("scan", text=PAYMENT_CODE[:9], suffix="")
    desk.sim.do("unplug")
    desk.heard.until_kind(Lost)
    with pytest.raises(NotPossible, match="cable"):
        desk.sim.do("scan", text=PAYMENT_CODE)
    desk.sim.do("plug")
    desk.heard.until_kind(Found, 2)
    desk.sim.do("scan", text=PAYMENT_CODE)
    desk.heard.until_code(2)
    assert desk.heard.texts == [OTHER_CODE, PAYMENT_CODE]
    assert next(event for event in desk.heard.events if isinstance(event, Lost)).trouble is Trouble.NO_PORT


def test_a_device_that_gives_no_input_events_is_named(desk: Desk) -> None:
    desk.sim.do("garbage", length=300)
    desk.heard.until_kind(Lost)
    lost = next(event for event in desk.heard.events if isinstance(event, Lost))
    assert (lost.trouble, "no input events" in lost.detail) == (Trouble.GARBAGE, True)


def test_two_scanners_of_the_same_make_do_not_mix_their_codes(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other", "other")
    other.sim.start()
    other.driver.start(other.heard)
    other.heard.until_kind(Found)
    for place in (desk, other):
        place.driver.look()
    for mine, theirs in zip("1234" * 4, "5678" * 4, strict=True):  # key by key, at the same time
        desk.sim.do("scan", text=mine, suffix="")
        other.sim.do("scan", text=theirs, suffix="")
    for place in (desk, other):
        place.sim.do("scan", text="0")
        place.heard.until(lambda _, place=place: "0" in "".join(place.heard.texts))  # type: ignore[misc]
    other.driver.close()
    other.sim.stop()
    # However slow the machine, and so wherever silence ended a code: none has a key of the other.
    assert set("".join(desk.heard.texts)) == set("12340")
    assert set("".join(other.heard.texts)) == set("56780")


def test_a_wedge_that_is_not_there_is_named(tmp_path: Path, heard: Heard) -> None:
    driver = WedgeScanner("scanner", str(tmp_path / "event9"))
    driver.start(heard)
    heard.until_kind(Lost)
    driver.close()
    (lost,) = heard.events
    assert isinstance(lost, Lost)
    assert (lost.trouble, "event9" in lost.detail) == (Trouble.NO_PORT, True)


def test_the_configuration_names_the_line_and_only_a_serial_one_has_a_speed() -> None:
    def plan(**fields: Any) -> ScannerPlan:
        return msgspec.convert(fields, ScannerPlan)

    assert isinstance(plan(driver="evdev", port="/dev/input/event7").build("scanner"), WedgeScanner)
    assert isinstance(plan(driver="serial", port="/dev/ttyS0", baud=9600).build("scanner"), SerialScanner)
    for wrong in ({"driver": "evdev", "port": "/x", "baud": 9600}, {"driver": "serial", "port": "/x"}):
        with pytest.raises(msgspec.ValidationError, match="baud"):
            plan(**wrong)
