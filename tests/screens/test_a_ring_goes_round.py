"""Keys move a ring over the buttons of a page in the order in which they are read."""

from __future__ import annotations

from screens.focus import KEYS, Key, Ring, digit

BUTTONS = ("fee:water", "fee:gas", "main", "call")
KEYPAD = (*(f"key:{n}" for n in range(10)), "erase", "main")


def on(names: tuple[str, ...], *steps: int) -> Ring:
    ring = Ring()
    ring.page(names, new=True)
    for step in steps:
        ring.step(step)
    return ring


def test_nothing_is_chosen_until_the_first_key() -> None:
    assert on(BUTTONS).name == ""
    assert on(BUTTONS, 1).name == "fee:water"
    assert on(BUTTONS, -1).name == "call"


def test_it_goes_round_the_end_and_says_so() -> None:
    ring = on(BUTTONS, 1, 1, 1, 1)
    assert ring.name == "call"
    assert ring.step(1) and ring.name == "fee:water"
    assert ring.step(-1) and ring.name == "call"
    assert not ring.step(-1)


def test_it_stays_where_it_was_while_the_page_changes_under_it() -> None:
    ring = on(BUTTONS, 1, 1)
    ring.page(("new", *BUTTONS), new=False)
    assert ring.name == "fee:gas"
    ring.page(("fee:water", "main", "call"), new=False)  # it stood on the second, which is gone
    assert ring.name == "call" or ring.name == "main"
    ring.page(BUTTONS, new=True)
    assert ring.name == ""


def test_a_page_without_buttons_takes_the_key_and_does_nothing() -> None:
    assert not on((), 1).step(1)


def test_digits_type_only_where_there_are_digit_keys() -> None:
    assert digit("numpad8", KEYPAD) == "key:8" and digit("8", KEYPAD) == "key:8"
    assert digit("numpaddecimal", KEYPAD) == "erase" and digit("backspace", KEYPAD) == "erase"
    assert digit("down", KEYPAD) == "" and digit("f1", KEYPAD) == ""
    assert digit("numpad8", BUTTONS) == "" and KEYS["numpad8"] is Key.BEFORE
