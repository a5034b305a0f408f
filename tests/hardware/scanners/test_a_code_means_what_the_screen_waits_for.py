"""From the picture to the page: the scanner says what it saw, the page that is open decides what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.contracts import CodeRead, CodeRefusedBecause
from kiosk import contract as c
from kiosk.flow import commands as cmd
from screens.words import Words
from tests.hardware.scanners.scanner_places import Lobby
from tests.kiosk.world import WECHAT, Kiosk

SEEN = CodeRead(device="camera", text=WECHAT)


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path)


def test_two_codes_before_the_camera_are_a_hint_on_the_glass_in_both_languages(
    lobby: Lobby, kiosk: Kiosk
) -> None:
    kiosk.to_code()
    lobby.driver.look()
    lobby.sim.do("show_two", a=WECHAT, b="284512345678901234")
    lobby.heard.until_code()
    kiosk.hear(*lobby.heard.codes[:1])
    assert kiosk.page.problem.key == "code.two_codes"
    said = [Words(language).message(kiosk.page.problem) for language in c.Language]
    assert [bool(words) and "[" not in words for words in said] == [True, True]
    assert kiosk.count(cmd.SendCharge) == 0


@pytest.mark.parametrize("because", list(CodeRefusedBecause))
def test_each_reason_to_refuse_has_its_words(because: CodeRefusedBecause) -> None:
    for language in c.Language:
        assert "[" not in Words(language).message(c.Message(f"code.{because.value}"))


def test_the_same_digits_pay_where_a_payment_code_is_waited_for(kiosk: Kiosk) -> None:
    kiosk.to_code()
    kiosk.hear(SEEN)
    assert kiosk.last(cmd.SendCharge).code == WECHAT


def test_they_are_told_to_wait_where_a_bill_is_waited_for(kiosk: Kiosk) -> None:
    kiosk.want(c.ChooseFee("water"))
    kiosk.hear(SEEN)
    assert (kiosk.page.problem.key, kiosk.count(cmd.SendCharge)) == ("account.payment_code_too_early", 0)


def test_they_mean_nothing_where_nobody_waits_for_a_code(kiosk: Kiosk) -> None:
    before = kiosk.page
    kiosk.hear(SEEN)
    assert (kiosk.page, kiosk.count(cmd.SendCharge)) == (before, 0)
