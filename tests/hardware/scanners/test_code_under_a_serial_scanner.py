"""A serial scanner at the counter: how its bytes come, and what is made of them."""

from __future__ import annotations

import fcntl
import os
import termios
import time
import tty
from pathlib import Path
from typing import Any

import pytest

from hardware.contracts import (
    MAX_CODE_CHARS,
    REARM_S,
    CodeRead,
    CodeRefused,
    CodeRefusedBecause,
    Found,
    Lost,
    Trouble,
)
from hardware.line import REOPEN_S
from hardware.scanners import serial_frames
from hardware.scanners.serial_driver import SerialScanner
from hardware.scanners.talking_driver import PRESENCE_S
from hardware.simulated import NotPossible
from tests.hardware.scanners.scanner_places import Counter, Heard, wait_until

PAYMENT_CODE = "134567890123456789"
OTHER_CODE = "284512345678901234"


def read(text: str) -> CodeRead:
    return CodeRead(device="scanner", text=text)


def refused(because: CodeRefusedBecause) -> CodeRefused:
    return CodeRefused(device="scanner", because=because)


SCANNED_AND_SAID: dict[str, tuple[str, dict[str, Any], CodeRead | CodeRefused]] = {
    "with CR": ("scan", {"text": PAYMENT_CODE}, read(PAYMENT_CODE)),
    "with LF": ("scan", {"text": PAYMENT_CODE, "suffix": "\n"}, read(PAYMENT_CODE)),
    "with CR LF": ("scan", {"text": PAYMENT_CODE, "suffix": "\r\n"}, read(PAYMENT_CODE)),
    "without any suffix": ("scan", {"text": PAYMENT_CODE, "suffix": ""}, read(PAYMENT_CODE)),
    "Chinese in UTF-8": ("scan", {"text": "电费单 12"}, read("电费单 12")),
    "Chinese in GB18030": ("scan", {"text": "电费单 李䶮", "encoding": "gb18030"}, read("电费单 李䶮")),
    "too long": ("scan", {"text": "7" * (MAX_CODE_CHARS + 1)}, refused(CodeRefusedBecause.TOO_LONG)),
    "far too long": ("scan", {"text": "7" * 7089}, refused(CodeRefusedBecause.TOO_LONG)),
    "a printer command": ("scan_bytes", {"hex": "31331b40"}, refused(CodeRefusedBecause.CONTROL_CHARACTERS)),
    "garbage of another speed": ("garbage", {}, refused(CodeRefusedBecause.NOT_TEXT)),
}


@pytest.mark.parametrize(("action", "given", "said"), SCANNED_AND_SAID.values(), ids=SCANNED_AND_SAID)
def test_what_is_scanned_is_said(
    counter: Counter, action: str, given: dict[str, Any], said: CodeRead | CodeRefused
) -> None:
    counter.driver.look()
    counter.sim.do(action, **given)
    counter.heard.until_code()
    counter.sim.do("scan", text=OTHER_CODE)
    counter.heard.until(lambda _: OTHER_CODE in counter.heard.texts)
    assert counter.heard.codes == [said, read(OTHER_CODE)]


def test_bytes_that_come_one_by_one_are_one_code(counter: Counter) -> None:
    counter.driver.look()
    counter.sim.do("scan", text=OTHER_CODE)  # from this the driver knows that this unit ends its codes
    counter.sim.do("split", on=True)
    counter.sim.do("scan", text=PAYMENT_CODE)
    counter.heard.until_code(2)
    assert counter.heard.codes == [read(OTHER_CODE), read(PAYMENT_CODE)]


def test_the_same_code_twice_in_a_row_is_said_once(counter: Counter) -> None:
    counter.driver.look()
    for text in (PAYMENT_CODE, PAYMENT_CODE, OTHER_CODE):
        counter.sim.do("scan", text=text)
    counter.heard.until(lambda _: OTHER_CODE in counter.heard.texts)
    assert counter.heard.texts == [PAYMENT_CODE, OTHER_CODE]


def test_the_same_code_is_said_again_when_nothing_was_scanned_for_a_while(counter: Counter) -> None:
    counter.driver.look()
    counter.sim.do("scan", text=PAYMENT_CODE)
    counter.heard.until_code()
    time.sleep(REARM_S + 2 * PRESENCE_S)
    counter.sim.do("scan", text=PAYMENT_CODE)
    counter.heard.until_code(2)
    assert counter.heard.texts == [PAYMENT_CODE, PAYMENT_CODE]


def test_what_was_scanned_at_rest_does_not_come_out_at_the_next_screen(counter: Counter) -> None:
    counter.driver.look()
    counter.sim.do("scan", text="first")
    counter.heard.until_code()
    counter.driver.rest()
    counter.sim.do("scan", text=PAYMENT_CODE)
    counter.sim.do("unplug")  # so much is certain then: all before was read
    counter.heard.until_kind(Lost)
    counter.sim.do("plug")
    counter.heard.until_kind(Found, 2)

    counter.driver.look()
    counter.sim.do("scan", text=OTHER_CODE)
    counter.heard.until_code(2)
    assert counter.heard.texts == ["first", OTHER_CODE]


def test_a_code_that_began_before_the_look_is_thrown_away_whole(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        serial_frames, "GAP_S", 3600.0
    )  # the silence between the halves is of any length here
    scanner, line = os.openpty()
    tty.setraw(line)
    driver = SerialScanner("scanner", os.ttyname(line), 9600)
    driver.start(heard)
    heard.until_kind(Found)

    os.write(scanner, PAYMENT_CODE[:9].encode())
    wait_until(lambda: fcntl.ioctl(line, termios.TIOCINQ, bytes(4)) == bytes(4))  # the driver has it
    time.sleep(0.2)
    driver.look()
    os.write(scanner, PAYMENT_CODE[9:].encode() + b"\r" + OTHER_CODE.encode() + b"\r")
    heard.until_code()
    driver.close()
    assert heard.texts == [OTHER_CODE]
    os.close(scanner)
    os.close(line)


def test_a_scanner_pulled_out_is_lost_and_found_again(counter: Counter) -> None:
    counter.driver.look()
    counter.sim.do("unplug")
    counter.heard.until_kind(Lost)
    with pytest.raises(NotPossible, match="plug it in"):
        counter.sim.do("scan", text=PAYMENT_CODE)
    time.sleep(2 * REOPEN_S)  # it tries again and again, and says so once
    counter.sim.do("plug")
    counter.heard.until_kind(Found, 2)
    counter.sim.do("scan", text=PAYMENT_CODE)
    counter.heard.until_code()

    lost = next(event for event in counter.heard.events if isinstance(event, Lost))
    assert lost.trouble is Trouble.NO_PORT
    assert [type(event) for event in counter.heard.events] == [Found, Lost, Found, CodeRead]


def test_a_scanner_without_power_is_lost_until_power_is_back(counter: Counter) -> None:
    counter.driver.look()
    counter.sim.power_cut()
    counter.heard.until_kind(Lost)
    counter.sim.power_on()
    counter.heard.until_kind(Found, 2)
    counter.sim.do("scan", text=PAYMENT_CODE)
    counter.heard.until_code()
    assert counter.heard.texts == [PAYMENT_CODE]
