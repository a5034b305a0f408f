"""What can happen is met by one machine: a fact without an evolver would end the kiosk when it becomes true."""

from kiosk.facts import DURABLE, Durable, Passing
from kiosk.flow.machine import MACHINES


def concrete(kind):
    below = kind.__subclasses__()
    return {kind} if not below else {fact for one in below for fact in concrete(one)}


def test_each_has_its_evolver():
    facts = concrete(Durable) | concrete(Passing)
    met = {fact for machine in MACHINES for fact in machine.evolve}
    assert len(facts) > 100 and facts - met == set()


def test_nothing_is_met_that_can_not_happen():
    met = {fact for machine in MACHINES for fact in machine.evolve}
    assert met - concrete(Durable) - concrete(Passing) == set()
    assert set(DURABLE.values()) <= met
