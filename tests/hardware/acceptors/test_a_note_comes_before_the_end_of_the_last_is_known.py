"""A note was ordered in, nothing was heard of its end, and the next one lies in escrow already.

What becomes of the next one must not be taken for the end of the first: it goes back, nobody is told that it is
held, and `AtRest` lets the core decide about the first by the counter, or leave it in doubt. The others:
`test_ssp_a_note_from_escrow_to_box.py`, `test_ict_a_note_from_escrow_to_box.py`, `test_ebds_start_and_trouble.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from hardware.contracts import AtRest, BoxIn, BoxOut, Event, Found, Refused, RefusedBecause
from tests.hardware.acceptors import ccnet_conversation as ccnet
from tests.hardware.acceptors import id003_conversation as id003


class Story(NamedTuple):
    talk: Callable[[], Any]
    take: Callable[[Any], None]
    the_end_is_missed: tuple[str, ...]
    the_next_note: tuple[str, ...]
    it_goes_back: tuple[str, ...]
    and_rests: tuple[str, ...]


STORIES = {
    "ccnet: 81h was lost on the line": Story(
        ccnet.in_escrow,
        lambda talk: talk.ccnet.take(),
        ("STACK < ok", "POLL < 17"),
        ("POLL < 15", "POLL < 8004"),
        ("RETURN < ok", "POLL < 18", "POLL < 8204"),
        ("POLL < 14", "GET_COUNTER < 0103"),
    ),
    "ccnet: idle was seen, its counter not yet": Story(
        ccnet.in_escrow,
        lambda talk: talk.ccnet.take(),
        ("STACK < ok", "POLL < 17", "POLL < 14", "GET_COUNTER < nothing"),
        ("POLL < 15", "POLL < 8001"),
        ("RETURN < ok", "POLL < 18", "POLL < 8201"),
        ("POLL < 14", "GET_COUNTER < 0103"),
    ),
    "ccnet: 81h was lost, and so is the end of the next one": Story(
        ccnet.in_escrow,
        lambda talk: talk.ccnet.take(),
        ("STACK < ok", "POLL < 17"),
        ("POLL < 15", "POLL < 8004"),
        ("RETURN < ok", "POLL < 18"),
        ("POLL < 14", "GET_COUNTER < 0103"),
    ),
    "id003: the box was pulled with the note in it": Story(
        id003.in_escrow,
        lambda talk: talk.id003.take(),
        ("STACK < ack", "POLL < 14", "POLL < 44", "POLL < nothing"),
        ("POLL < 12", "POLL < 1365"),
        ("RETURN < ack", "POLL < 18"),
        ("POLL < 11",),
    ),
    "id003: the next one is pushed out by itself": Story(
        id003.in_escrow,
        lambda talk: talk.id003.take(),
        ("STACK < ack", "POLL < 14", "POLL < 44", "POLL < nothing"),
        ("POLL < 12", "POLL < 1363"),
        ("RETURN < nothing", "POLL < 1779"),
        ("POLL < 1a",),
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_it_goes_back_untold_and_rest_settles_the_first(story: Story) -> None:
    talk = story.talk()
    story.take(talk)
    missed = talk.play(*story.the_end_is_missed)
    assert all(isinstance(event, BoxOut) or not _tells_of_a_note(event) for event in missed)
    told = [event for event in talk.play(*story.the_next_note) if not isinstance(event, BoxIn)]
    assert [type(event) for event in told] == [Refused] and told[0].because is RefusedBecause.FAULT
    assert talk.play(*story.it_goes_back) == []
    rested = [event for event in talk.play(*story.and_rests) if not isinstance(event, Found)]
    assert [type(event) for event in rested] == [AtRest]


def _tells_of_a_note(event: Event) -> bool:
    return type(event).__name__ in ("Held", "Taken", "Returned", "AtRest")
