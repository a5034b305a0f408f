"""What the records up to one of them make true. Only durable facts go in, so it is what a restart would know."""

from __future__ import annotations

from typing import Final

import msgspec

from kiosk.facts import Durable
from kiosk.flow.machine import evolve
from kiosk.flow.state import State
from kiosk.journal.chain import GENESIS


class Head(msgspec.Struct, frozen=True):
    """A record, by its number and its hash; the hash stands for everything before it."""

    seq: int
    hash: str


BEGINNING: Final = Head(0, GENESIS)


class Fold(msgspec.Struct, frozen=True):
    head: Head
    state: State

    def after(self, head: Head, fact: Durable) -> Fold:
        return Fold(head, evolve(self.state, fact))
