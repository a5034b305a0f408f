"""Encrypted SSP: whatever the line makes of the unit's answers, no exception, no money beside the box, and in the end
the two agree again.

The whole driver and the whole simulator in a world without time; between them a line that loses, flips, replaces,
repeats and adds bytes, and a person with verbs and notes."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.contracts import AtRest, Held, Returned, Taken
from hardware.simulated import NotPossible
from kiosk.money import Money
from tests.hardware.acceptors.test_essp_driver_meets_the_simulator import kiosk_at, unit

HARM = st.one_of(
    st.just(("pass", 0, b"")),
    st.just(("lose", 0, b"")),
    st.tuples(st.just("flip"), st.integers(0, 63), st.just(b"")),
    st.tuples(st.just("replace"), st.just(0), st.binary(max_size=40)),
    st.tuples(st.just("add"), st.just(0), st.binary(min_size=1, max_size=12)),
    st.just(("repeat", 0, b"")),
    st.just(("old", 0, b"")),
)
HAND = st.sampled_from(["insert", "enable", "disable", "take", "give_back", *["wait"] * 3])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(HAND, st.lists(HARM, max_size=6)), max_size=12))
def test_nothing_escapes_nothing_is_made_up_and_it_finds_back(story) -> None:
    world = unit()
    kiosk = kiosk_at(world)
    harms: list[tuple[str, int, bytes]] = []
    said: list[bytes] = []
    send = world.cable.send

    def harmed(data: bytes) -> None:
        what, place, other = harms.pop(0) if harms else ("pass", 0, b"")
        if what == "flip":
            data = bytes(b ^ (1 << place % 8 if at == place % len(data) else 0) for at, b in enumerate(data))
        data = {"replace": other, "lose": b"", "add": other + data, "repeat": data + data}.get(what, data)
        if what == "old" and said:
            data = said[len(said) // 2]
        said.append(data)
        if data:
            send(data)

    world.cable.send = harmed  # type: ignore[method-assign]
    kiosk.hears(AtRest)
    kiosk.driver.enable(Money.yuan(50))
    taken_by_us = 0
    for hand, harm in story:
        harms += harm
        if hand == "insert":
            try:
                world.do("insert", fen=2000)
            except NotPossible:
                pass  # something is inside, or it is closed
        elif hand == "enable":
            kiosk.driver.enable(Money.yuan(50))
        elif hand == "disable":
            kiosk.driver.disable()
        elif hand == "take" and kiosk.all(Held):
            taken_by_us += 1
            kiosk.take()
        elif hand == "give_back" and kiosk.all(Held):
            kiosk.give_back()
        world.for_s(0.7)
        assert len(kiosk.all(Taken)) <= len(world.state()["box"]) <= taken_by_us
    harms.clear()
    world.for_s(20)
    if world.state()["inside"]:
        kiosk.give_back()
        world.for_s(90)  # at the latest the driver's own limit for a note that nobody decides on
    state = world.state()
    told = [event.value for event in kiosk.all(Taken)]
    assert not state["inside"] and state["inserted_fen"] == sum(state["box"]) + state["returned_fen"]
    assert Money.total(value for value in told if value) <= Money(sum(state["box"]))
    assert len(kiosk.all(Returned)) <= len(kiosk.all(Held))
    kiosk.close()
