"""Whatever happens in whatever order, with snapshots taken all the time and the core dying anywhere: a start with a
snapshot knows exactly what a start with all records knows. The games are those of `test_any_order_of_events`."""

import asyncio
from functools import reduce
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import initialize, run_state_machine_as_test

from kiosk.flow.machine import evolve
from kiosk.journal import audit as audit_module
from kiosk.journal.audit import Audit
from tests.kiosk.test_any_order_of_events import AnyOrder
from tests.kiosk.test_start_with_a_snapshot import written

starts_by_snapshot = 0


class AnyOrderWithSnapshots(AnyOrder):
    """`every`: a snapshot is due after so many records."""

    every: int

    @initialize(counts=some.booleans(), every=some.sampled_from((1, 10)))
    def opens(self, counts, every):
        self.every = every
        super().opens(counts)

    def recover(self, empty):
        global starts_by_snapshot
        state = super().recover(empty)
        everything = reduce(evolve, self.journal.replay(), empty)
        assert state == everything and written(state) == written(everything)
        starts_by_snapshot += self.journal.read_from.seq > 0
        with patch.object(audit_module, "SNAPSHOT_EVERY", self.every):
            self.audit = Audit(self.journal, empty)
        return state

    def dies(self, onward, forgets):
        with patch.object(audit_module, "SNAPSHOT_EVERY", self.every):
            while self.audit.slice():
                pass
        asyncio.run(self.audit.keep_what_is_due())
        super().dies(onward, forgets)


def test_a_start_with_a_snapshot_knows_what_a_start_with_all_records_knows():
    run_state_machine_as_test(
        AnyOrderWithSnapshots,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),  # the game that failed is told as it was played
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert starts_by_snapshot > 50
