"""Each further wrong password waits longer; who has the right one waits too, but is never locked out for good."""

import pytest

from central.office.wrong_tries import FIRST_PAUSE_S, FREE, LONGEST_PAUSE_S, NAMES_REMEMBERED, WrongTries
from tests.central.support import Server
from tests.central.test_office_shows_it import Person

PAUSE = "连续输错多次"


def test_the_right_password_too_waits_after_many_wrong_ones(server: Server) -> None:
    # a name of its own, so that "demo" can sign in for other tests; that nobody bears it must not show
    thief = Person(server)
    answers = [thief.sign_in("warden", f"guess {n}").data.decode() for n in range(FREE + 2)]
    assert [PAUSE in page for page in answers] == [False] * (FREE + 1) + [True]


@pytest.mark.parametrize("spelled", [" warden-2", "warden-2 ", "ｗarden-2"])
def test_another_spelling_of_the_name_is_the_same_name(server: Server, spelled: str) -> None:
    thief = Person(server)
    for n in range(FREE + 1):
        thief.sign_in("warden-2", f"guess {n}")
    assert PAUSE in thief.sign_in(spelled, "one more").data.decode()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_pauses_double_up_to_the_longest_and_end_by_themselves() -> None:
    clock = Clock()
    tries = WrongTries(clock)
    pauses = []
    for _ in range(FREE + 20):
        tries.failed("a")
        pauses.append(tries.wait_s("a"))
        clock.now += pauses[-1]
        assert tries.wait_s("a") == 0
    assert pauses[:FREE] == [0] * FREE
    assert pauses[FREE : FREE + 3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S
    tries.came_in("a")
    tries.failed("a")
    assert tries.wait_s("a") == 0


def test_who_tries_many_names_fills_no_memory_and_frees_nobody_who_fails_just_now() -> None:
    tries = WrongTries(Clock())
    for _ in range(FREE + 1):
        tries.failed("warden")
    for n in range(NAMES_REMEMBERED - 1):
        tries.failed(f"nobody {n}")
    assert tries.wait_s("warden") > 0
    tries.failed("one more")
    assert tries.wait_s("warden") == 0
