"""Whoever holds a phone or a paper before the camera: what is read, once, and what is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hardware.contracts import REARM_S, CodeRead, CodeRefused, CodeRefusedBecause, Found, Lost, Trouble
from hardware.scanners.camera_sim import CameraSim
from hardware.simulated import NotPossible
from tests.hardware.scanners.scanner_places import Lobby, wait_until

PAYMENT_CODE = "134567890123456789"
OTHER_CODE = "284512345678901234"
BILL_NUMBER = "202411300012345678901"


def read(text: str, symbology: str = "QRCode") -> CodeRead:
    return CodeRead(device="camera", text=text, symbology=symbology)


def refused(because: CodeRefusedBecause) -> CodeRefused:
    return CodeRefused(device="camera", because=because)


SHOWN_AND_SAID: dict[str, tuple[str, dict[str, Any], CodeRead | CodeRefused]] = {
    "payment code on a phone": ("show", {"text": PAYMENT_CODE}, read(PAYMENT_CODE)),
    "payment code as bars on a phone": (
        "show",
        {"text": PAYMENT_CODE, "kind": "code128"},
        read(PAYMENT_CODE, "Code128"),
    ),
    "bill with bars on paper": (
        "show",
        {"text": BILL_NUMBER, "kind": "code128", "carrier": "paper"},
        read(BILL_NUMBER, "Code128"),
    ),
    "Chinese bill in UTF-8": (
        "show",
        {"text": "电费单 2024年11月", "carrier": "paper"},
        read("电费单 2024年11月"),
    ),
    "Chinese bill in GB18030": (
        "show",
        {"text": "水费单 户号 〇一二", "carrier": "paper", "encoding": "gb18030"},
        read("水费单 户号 〇一二"),
    ),
    "two codes on one paper": (
        "show_two",
        {"a": PAYMENT_CODE, "b": OTHER_CODE},
        refused(CodeRefusedBecause.TWO_CODES),
    ),
    "a code of 4 KB": ("show", {"text": "7" * 4096}, refused(CodeRefusedBecause.TOO_LONG)),
    "one character too many": ("show", {"text": "A" * 513}, refused(CodeRefusedBecause.TOO_LONG)),
    "a printer command inside": (
        "show_bytes",
        {"hex": b"13\x1b@\x1dV\x00".hex()},
        refused(CodeRefusedBecause.CONTROL_CHARACTERS),
    ),
    "text that turns its direction": (
        "show",
        {"text": "100\u202e001"},
        refused(CodeRefusedBecause.CONTROL_CHARACTERS),
    ),
    "bytes that are no text": ("show_bytes", {"hex": "ff8041ff"}, refused(CodeRefusedBecause.NOT_TEXT)),
}


@pytest.mark.parametrize(("action", "given", "said"), SHOWN_AND_SAID.values(), ids=SHOWN_AND_SAID)
def test_what_is_held_up_is_said_first(
    lobby: Lobby, action: str, given: dict[str, Any], said: CodeRead | CodeRefused
) -> None:
    lobby.driver.look()
    lobby.sim.do(action, **given)
    lobby.heard.until_code()
    assert lobby.heard.codes[0] == said


def test_a_code_is_said_once_however_long_it_is_held(lobby: Lobby) -> None:
    lobby.driver.look()
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.heard.until_code()
    lobby.wait_pictures(15)
    lobby.sim.do("show", text=OTHER_CODE)  # whatever is said of the first one comes before this
    lobby.heard.until(lambda _: OTHER_CODE in lobby.heard.texts)
    assert lobby.heard.codes == [read(PAYMENT_CODE), read(OTHER_CODE)]


def test_a_code_that_lay_there_before_the_look_counts(lobby: Lobby) -> None:
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.driver.look()
    lobby.heard.until_code()
    assert lobby.heard.codes == [read(PAYMENT_CODE)]


def test_a_resting_camera_reads_nothing(lobby: Lobby) -> None:
    lobby.sim.do("show", text=PAYMENT_CODE, seconds=1.0)
    lobby.wait_pictures(5)
    wait_until(lambda: lobby.sim.state()["shown"] is None)
    lobby.driver.look()
    lobby.sim.do("show", text=OTHER_CODE)
    lobby.heard.until_code()
    assert lobby.heard.codes == [read(OTHER_CODE)]


def test_after_rest_the_next_look_begins_afresh(lobby: Lobby) -> None:
    lobby.sim.do("show", text=PAYMENT_CODE)
    for count in (1, 2):
        lobby.driver.look()
        lobby.heard.until_code(count)
        lobby.driver.rest()
    assert lobby.heard.codes == [read(PAYMENT_CODE), read(PAYMENT_CODE)]


def test_the_same_code_is_said_again_when_it_was_away(lobby: Lobby) -> None:
    lobby.driver.look()
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.heard.until_code()
    lobby.sim.do("hide")
    lobby.wait_pictures(2 + int(REARM_S))  # an empty lobby gives one each second
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.heard.until_code(2)
    assert lobby.heard.codes == [read(PAYMENT_CODE), read(PAYMENT_CODE)]


def test_a_covered_lens_hides_the_code_until_it_is_free(lobby: Lobby) -> None:
    lobby.driver.look()
    lobby.sim.do("blind")
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.wait_pictures(5)
    lobby.sim.do("show", text=OTHER_CODE)
    lobby.sim.do("blind", on=False)
    lobby.heard.until_code()
    assert lobby.heard.codes == [read(OTHER_CODE)]


def test_a_frozen_camera_shows_nothing_new_until_it_thaws(lobby: Lobby) -> None:
    lobby.driver.look()
    lobby.sim.do("freeze")
    lobby.sim.do("show", text=PAYMENT_CODE)
    frozen = lobby.sim.state()["frames"]
    time.sleep(0.5)
    assert lobby.sim.state()["frames"] == frozen
    lobby.sim.do("show", text=OTHER_CODE)
    lobby.sim.do("freeze", on=False)
    lobby.heard.until_code()
    assert lobby.heard.codes == [read(OTHER_CODE)]


@pytest.mark.parametrize("looking", [True, False])
def test_a_camera_pulled_out_is_lost_and_found_again(lobby: Lobby, looking: bool) -> None:
    if looking:
        lobby.driver.look()
    lobby.sim.do("unplug")
    lobby.heard.until_kind(Lost)
    lobby.sim.do("plug")
    lobby.heard.until_kind(Found, 2)
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.driver.look()
    lobby.heard.until_code()

    lost = next(event for event in lobby.heard.events if isinstance(event, Lost))
    assert lost.trouble is Trouble.NO_PORT
    assert [type(event) for event in lobby.heard.events[:4]] == [Found, Lost, Found, CodeRead]


def test_a_camera_plugged_in_before_a_code_reads_it_only_when_it_looks(lobby: Lobby) -> None:
    lobby.sim.do("unplug")
    lobby.heard.until_kind(Lost)
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.sim.do("plug")
    lobby.heard.until_kind(Found, 2)  # proved by a picture of that code
    lobby.sim.do("show", text=OTHER_CODE)
    lobby.wait_pictures(3)
    lobby.driver.look()
    lobby.heard.until_code()
    assert lobby.heard.codes == [read(OTHER_CODE)]


def test_pictures_of_a_former_day_are_not_seen(tmp_path: Path) -> None:
    left_over = tmp_path / "99999999.jpg"
    left_over.write_bytes(b"a code of yesterday")
    sim = CameraSim("camera", tmp_path)
    sim.start()
    wait_until(lambda: sim.state()["frames"] > 0)
    assert not left_over.exists()
    sim.stop()


@pytest.mark.parametrize(
    ("action", "given", "reason"),
    [
        ("show", {"text": "7" * 8000}, "do not fit a QR code"),
        ("show", {"text": "电费", "kind": "code128"}, "printable ASCII"),
        ("show", {"text": "1", "kind": "ean13"}, "kind"),
        ("show_bytes", {"hex": "1g"}, "hex"),
        ("juggle", {}, "there is no action"),
    ],
)
def test_what_can_not_be_held_up_is_said_to_the_person_at_the_panel(
    lobby: Lobby, action: str, given: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NotPossible, match=reason):
        lobby.sim.do(action, **given)
    assert lobby.sim.state()["shown"] is None


def test_the_cabinet_gets_a_small_picture_of_the_scene(lobby: Lobby) -> None:
    lobby.wait_pictures(1)
    preview = Path(lobby.sim.state()["preview"])
    empty = np.asarray(Image.open(preview).convert("L"), np.float32)
    lobby.sim.do("show", text=PAYMENT_CODE)
    lobby.wait_pictures(2)
    held = np.asarray(Image.open(preview).convert("L"), np.float32)
    assert empty.shape == held.shape == (240, 320)
    assert held.mean() > empty.mean() + 10  # a bright screen in a dim lobby
