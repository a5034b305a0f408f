"""How far a trainee is, read from the records of the sandbox alone. Pure: the same records, the same verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from kiosk import codec
from kiosk.facts import KIND, Durable
from kiosk.training.situations import Event, Sign, Situation


class Progress(msgspec.Struct, frozen=True):
    """`reached`: so many steps. `spoilt`: the number of the sign in `never` that was met before all were reached."""

    reached: int
    of: int
    spoilt: int | None = None

    @property
    def done(self) -> bool:
        return self.reached == self.of


def progress(situation: Situation, facts: Iterable[Durable]) -> Progress:
    """`facts`: of this attempt, in the order of the journal."""
    of = len(situation.step)
    met: dict[str, Any] = {}  # fields of the steps up to now; the latest of a name counts
    reached = 0
    for fact in facts:
        if reached == of:
            break
        body = msgspec.json.decode(codec.encode(fact), type=dict[str, Any])
        spoilt = next((n for n, sign in enumerate(situation.never) if _is(sign, fact, body, met)), None)
        if spoilt is not None:
            return Progress(reached, of, spoilt)
        if _is(situation.step[reached], fact, body, met):
            met.update(body)
            reached += 1
    return Progress(reached, of)


def due(situation: Situation, facts: Iterable[Durable]) -> tuple[Event, ...]:
    """All that should have happened by now, in the order of the file."""
    seen = {KIND[type(fact)] for fact in facts}
    return tuple(event for event in situation.event if not event.after or event.after in seen)


def _is(sign: Sign, fact: Durable, body: dict[str, Any], met: dict[str, Any]) -> bool:
    return (
        KIND[type(fact)] in sign.facts
        and all(body.get(field) == value for field, value in sign.where.items())
        and all(body.get(field) == met.get(other) for field, other in sign.same.items())
    )
