"""Contacts tremble, doors slam, mains dip: what the panel makes of levels that come and go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hardware.contracts import Event
from hardware.panel.contract import CallPressed, Guarded, GuardIs, MainsAre, SomebodyNear
from hardware.panel.senses import SETTLING, Contact, Senses

LONG_S = 10.0


class Wire:
    """One contact whose level is told at times, and looked at whenever the senses ask for it."""

    def __init__(self, contact: Contact) -> None:
        self.contact, self.senses = contact, Senses("panel")
        self.now_s, self.level = 0.0, False
        self.events: list[Event] = []

    def is_made(self, level: bool, for_s: float = LONG_S) -> None:
        end_s, self.level = self.now_s + for_s, level
        self._look()
        while (due_s := self.senses.due_s) is not None and due_s < end_s:
            self.now_s = due_s
            self._look()
        self.now_s = end_s

    def _look(self) -> None:
        self.events += self.senses.see(self.now_s, {self.contact: self.level})


def heard(contact: Contact, *steps: tuple[bool, float]) -> list[Event]:
    wire = Wire(contact)
    for level, for_s in steps:
        wire.is_made(level, for_s)
    return wire.events


def test_a_press_that_bounces_is_one_press():
    bounces = [(bool(n % 2), 0.004) for n in range(9)]
    pressed = heard(Contact.CALL, (False, LONG_S), *bounces, (True, 0.2), *bounces, (False, LONG_S))
    assert pressed == [CallPressed(device="panel")]


def test_two_presses_are_two():
    steps = [(False, LONG_S), (True, 0.2), (False, 0.3), (True, 0.06), (False, 1)]
    assert heard(Contact.CALL, *steps) == [CallPressed(device="panel")] * 2


def test_a_spark_on_the_wire_presses_nothing():
    assert heard(Contact.CALL, (False, LONG_S), (True, 0.02), (False, LONG_S)) == []


def test_a_button_that_is_stuck_since_before_the_start_calls_nobody_until_it_is_free_again():
    assert heard(Contact.CALL, (True, LONG_S)) == []
    assert heard(Contact.CALL, (True, LONG_S), (False, 1), (True, 1)) == [CallPressed(device="panel")]


def test_door_and_box_are_told_once_at_the_start_and_at_each_change():
    for contact, what in ((Contact.DOOR, Guarded.DOOR), (Contact.CASH_BOX, Guarded.CASH_BOX)):
        told = heard(contact, (True, LONG_S), (False, 0.05), (True, 2), (False, 3), (True, 3))
        assert told == [GuardIs(device="panel", what=what, open=o) for o in (False, True, False)]


def test_a_dip_of_the_mains_is_not_told_an_outage_is():
    assert heard(Contact.MAINS, (True, LONG_S), (False, 0.3), (True, 1)) == [
        MainsAre(device="panel", on=True)
    ]
    told = heard(Contact.MAINS, (True, LONG_S), (False, 5), (True, 5))
    assert told == [MainsAre(device="panel", on=on) for on in (True, False, True)]


def test_a_sensor_that_flickers_sees_nobody_and_somebody_is_told_once_per_approach():
    assert heard(Contact.PRESENCE, (False, 1), (True, 0.1), (False, 1)) == []
    told = heard(Contact.PRESENCE, (False, 1), (True, 30), (False, 30), (True, 30))
    assert told == [SomebodyNear(device="panel")] * 2


@given(
    contact=st.sampled_from(Contact),
    steps=st.lists(st.tuples(st.booleans(), st.floats(0.001, 2.0)), max_size=40),
)
def test_whatever_the_wire_does_only_levels_that_stood_long_enough_are_told(contact, steps):
    told = heard(contact, *steps, (True, LONG_S))
    stood: list[bool] = []
    run: list[tuple[bool, float]] = []
    for level, for_s in [*steps, (True, LONG_S)]:
        if run and run[-1][0] is level:
            run[-1] = (level, run[-1][1] + for_s)
        else:
            run.append((level, for_s))
    for level, for_s in run:
        # Half a millisecond either way is the rounding of sums, not a rule.
        if for_s > SETTLING[contact].s + 0.0005 and (not stood or stood[-1] is not level):
            stood.append(level)
    if any(abs(for_s - SETTLING[contact].s) <= 0.0005 for _, for_s in run):
        return
    said_made = {
        Contact.CALL: stood[1:].count(True),
        Contact.PRESENCE: stood.count(True),
    }
    assert len(told) == said_made.get(contact, len(stood))
