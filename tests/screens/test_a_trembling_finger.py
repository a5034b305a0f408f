"""Which touches count, told on a clock of our own."""

from __future__ import annotations

import pytest

from screens.touch import Hold, TouchGuard

# (what happens, at which second, on which button, does it count?)
STORIES = {
    "a calm press counts": [("page", 0.0), ("press", 1.0, "main", True)],
    "too soon on a new page": [("page", 0.0), ("press", 0.3, "main", False), ("press", 1.0, "main", True)],
    "a tremble on the same button": [("press", 1.0, "main", True), ("press", 1.3, "main", False)],
    "two different buttons in a row": [("press", 1.0, "fee:gas", True), ("press", 1.3, "main", True)],
    "again after a while": [("press", 1.0, "main", True), ("press", 1.6, "main", True)],
    "the same digit twice": [("press", 1.0, "key:8", True), ("press", 1.2, "key:8", True)],
    "a bounce on a digit": [("press", 1.0, "key:8", True), ("press", 1.1, "key:8", False)],
    "a second finger beside the first": [("down", 1.0), ("second", 1.1, False), ("up", 1.2, "main", True)],
    "a finger that was never lifted": [("down", 1.0), ("second", 12.0, True), ("up", 12.2, "main", True)],
    "a finger down before there was a page": [("up", 1.0, "main", False)],
    "down on the page before, up on this one": [
        ("down", 1.0),
        ("page", 1.1),
        ("up", 3.0, "main", False),
    ],
}


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str) -> None:
    guard = TouchGuard()
    for what, when, *rest in STORIES[story]:
        match what:
            case "page":
                guard.page_changed(when)
            case "down":
                guard.begins(when)
            case "second":
                assert guard.begins(when) is rest[0]
            case "press":
                assert guard.begins(when)
                assert guard.allows(rest[0], when) is rest[1]
            case "up":
                assert guard.allows(rest[0], when) is rest[1]


# Down on the title? At which second lifted, and still on the title? Does it open the staff area?
HOLDS = [
    (True, 3.0, True, True),
    (True, 2.9, True, False),
    (True, 9.0, False, False),
    (False, 9.0, True, False),
]


@pytest.mark.parametrize(("down", "lifted", "up", "opens"), HOLDS)
def test_only_a_long_rest_on_the_title_opens_the_staff_area(
    down: bool, lifted: float, up: bool, opens: bool
) -> None:
    hold = Hold(3.0)
    hold.begins(down, 0.0)
    assert hold.ends(up, lifted) is opens
    assert not hold.ends(True, lifted + 10), "once lifted, it is over"
