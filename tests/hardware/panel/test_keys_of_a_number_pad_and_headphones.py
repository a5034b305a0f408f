"""A number pad under a finger and headphones in their jack, as the kernel tells of them."""

from __future__ import annotations

import pytest

from hardware.contracts import Found, Lost, Trouble
from hardware.panel.contract import Headphones, KeyPressed
from tests.hardware.panel.panel_places import Place


def keys(pad: Place, count: int) -> list[str]:
    return [event.key for event in pad.heard.until(KeyPressed, count)]


def test_each_key_has_its_name(pad: Place) -> None:
    pad.do("type", text="0123456789./*-+")
    pad.do("press", key="backspace")
    pad.do("press", key="enter")
    said = keys(pad, 17)
    assert said == [*"0123456789", "dot", "slash", "help", "softer", "louder", "erase", "enter"]


def test_a_key_that_is_held_is_one_key(pad: Place) -> None:
    pad.do("hold", key="8", repeats=30)
    pad.do("press", key="enter")
    assert keys(pad, 2) == ["8", "enter"]


def test_num_lock_around_each_key_and_keys_that_are_not_on_the_pad_say_nothing(pad: Place) -> None:
    pad.do("num_lock", on=True)
    pad.do("press", key="7")
    pad.do("foreign", code=30)  # A
    pad.do("foreign", code=0x110)  # a mouse button
    pad.do("press", key="enter")
    assert keys(pad, 2) == ["7", "enter"]


def test_what_is_left_of_a_report_that_was_dropped_is_not_pressed(pad: Place) -> None:
    pad.do("drop", keys="123")
    pad.do("press", key="4")
    assert keys(pad, 1) == ["4"]


def test_a_pad_that_is_pulled_out_and_put_back_works_again(pad: Place) -> None:
    pad.do("unplug")
    assert pad.heard.until(Lost)[0].trouble is Trouble.NO_PORT
    pad.do("plug")
    pad.heard.until(Found, 2)
    pad.do("press", key="5")
    assert keys(pad, 1) == ["5"]


@pytest.mark.parametrize("length", [96, 97, 300])
def test_a_device_that_gives_no_input_events_is_named_and_a_right_one_works_after_it(
    pad: Place, length: int
) -> None:
    pad.do("garbage", length=length)
    lost = pad.heard.until(Lost)[0]
    assert (lost.trouble, "no input events" in lost.detail) == (Trouble.GARBAGE, True)
    pad.heard.until(Found, 2)
    pad.do("press", key="5")
    assert keys(pad, 1) == ["5"]


def test_headphones_go_in_and_out(jack: Place) -> None:
    jack.do("insert", "pull", "insert")
    assert [h.plugged for h in jack.heard.until(Headphones, 3)] == [True, False, True]


def test_a_sound_card_that_went_away_is_lost(jack: Place) -> None:
    jack.do("insert")
    jack.heard.until(Headphones)
    jack.do("unplug")
    jack.heard.until(Lost)
    jack.do("plug")
    jack.heard.until(Found, 2)
    jack.do("pull")
    assert [h.plugged for h in jack.heard.until(Headphones, 2)] == [True, False]
