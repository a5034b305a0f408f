"""The stock of receipt numbers (票据): they come in blocks from the server, and each is used once, in order.

block received ── number issued … number issued ── none left: no payment begins until the next block is here
 └ overlaps, or is no range: refused, on record, and not asked for again
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kiosk.facts import Fact, ReceiptIssued
from kiosk.facts.stock import Block, NumbersReceived, NumbersRefused, Stock
from kiosk.flow.state import State
from kiosk.flow.stimuli import Given, NumbersCame
from kiosk.flow.table import Evolver, Facts, Machine, Row
from kiosk.parcels import NUMBER_DIGITS, spelled

ONE_VISIT: Final = 20  # numbers that are kept for one visit: as many bills as it may pay at once


def from_server(state: State) -> bool:
    """Otherwise, as in a training kiosk without a server, it counts its own series."""
    return state.site.house.receipts.numbers == "server"


def number(state: State, ahead: int = 0) -> str:
    """The number of the next receipt, or of the one `ahead` of it in the same step.

    Gapless. From a block: `A00000012`. Of its own series, also when a payment must be closed and no block has room:
    `K0001-00000012`, after a new enrolment `K0001.2-00000001`."""
    rest = ahead
    for block in state.blocks if from_server(state) else ():
        if rest < block.left:
            return spelled(block.series, block.next + rest)
        rest -= block.left
    return _own(state, state.own_receipts + rest + 1)


def used_with(state: State, running: int) -> tuple[str, ...]:
    """Numbers that are used and end in this: one, or one in each series."""
    found = [spelled(b.series, running) for b in state.blocks if b.first <= running < b.next]
    if 1 <= running <= state.own_receipts:
        found.append(_own(state, running))
    return tuple(found)


def is_used(state: State, number: str) -> bool:
    """By this kiosk, since its enrolment."""
    running = number[-NUMBER_DIGITS:]
    return running.isascii() and running.isdigit() and number in used_with(state, int(running))


def _own(state: State, running: int) -> str:
    return f"{issuer(state)}-{running:0{NUMBER_DIGITS}d}"


def issuer(state: State) -> str:
    site = state.site
    return site.kiosk if site.epoch == 1 else f"{site.kiosk}.{site.epoch}"


def count(state: State) -> Stock:
    """Of this epoch."""
    left = sum(block.left for block in state.blocks)
    received = sum(block.last - block.first + 1 for block in state.blocks)
    return Stock(received, received - left, len(state.void), left)


def empty(state: State) -> bool:
    """No payment may begin: those that are open need their numbers themselves."""
    return from_server(state) and count(state).left < ONE_VISIT * (1 + len(state.payments))


def wanted(state: State) -> int | None:
    """Which block is to be asked for now."""
    if not from_server(state) or state.refused_block > len(state.blocks):
        return None
    low = count(state).left < state.site.house.receipts.ask_below
    return len(state.blocks) + 1 if low else None


# ---------------------------------------------------------------------------------------------------


def _came(state: State, came: NumbersCame, given: Given) -> Facts:
    """Only the block that is waited for; an answer that comes twice says nothing new."""
    if came.block != wanted(state):
        return
    because = _why_not(state, came)
    if because:
        yield NumbersRefused(came.block, came.series, came.first, came.last, because)
    else:
        yield NumbersReceived(came.block, came.series, came.first, came.last)


def _why_not(state: State, came: NumbersCame) -> str:
    if not came.series or not 1 <= came.first <= came.last < 10**NUMBER_DIGITS:
        return "no_range"
    same = (block for block in state.blocks if block.series == came.series)
    return "overlap" if any(came.first <= b.last and b.first <= came.last for b in same) else ""


def _received(state: State, fact: NumbersReceived) -> State:
    return replace(state, blocks=(*state.blocks, Block(fact.series, fact.first, fact.last, fact.first)))


def used(state: State, fact: ReceiptIssued) -> State:
    """The next number of its block; else it was one of the kiosk's own."""
    for place, block in enumerate(state.blocks):
        if block.left and fact.receipt == spelled(block.series, block.next):
            blocks = list(state.blocks)
            blocks[place] = replace(block, next=block.next + 1)
            return replace(state, blocks=tuple(blocks))
    return replace(state, own_receipts=state.own_receipts + 1)


EVOLVE: dict[type[Fact], Evolver] = {
    NumbersReceived: _received,
    NumbersRefused: lambda s, f: replace(s, refused_block=f.block),
}
MACHINE = Machine((Row(NumbersCame, _came),), EVOLVE)
