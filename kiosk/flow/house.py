"""The kiosk around the customer: devices come and go, the network, the site bundle."""

from __future__ import annotations

from msgspec.structs import replace

from hardware.contracts import Found, Lost
from kiosk.facts import Fact, KioskStarted
from kiosk.facts.office import ContactMade, PaymentsKnown
from kiosk.facts.passing import AllUploaded, BundleIsNow, ClockIs, DeviceIs, JournalBroken, LinkIs
from kiosk.flow import exceptions
from kiosk.flow.state import State
from kiosk.flow.stimuli import BundleCame, ClockSaid, Given, LinkChanged, Started, Uploaded, WriteFailed
from kiosk.flow.table import Evolver, Facts, Machine, Row
from kiosk.money import Money
from kiosk.parcels import Bundle
from kiosk.rules import load

ACCEPTOR, PRINTER, TERMINAL = "acceptor", "printer", "terminal"
FEES = "fees"  # stands among the devices while the bundle's rules can not be used
FORGOTTEN_TOGETHER = 100  # payments: one record for so many
SCANNERS = frozenset({"camera", "scanner"})


def _found(state: State, found: Found, given: Given) -> Facts:
    yield DeviceIs(found.device, None, found.identity)


def _lost(state: State, lost: Lost, given: Given) -> Facts:
    yield DeviceIs(lost.device, lost.trouble, lost.detail)


def _link(state: State, changed: LinkChanged, given: Given) -> Facts:
    if changed.online != state.house.online:
        yield LinkIs(changed.online)


def _clock(state: State, said: ClockSaid, given: Given) -> Facts:
    yield ClockIs(said.time_quality)
    yield from exceptions.clock(state, said, given)


def _bundle(state: State, came: BundleCame, given: Given) -> Facts:
    yield BundleIsNow(came.bundle)
    known = _known_to(state, came.bundle)
    if known >= FORGOTTEN_TOGETHER and not state.house.broken:
        yield PaymentsKnown(known)


def _known_to(state: State, bundle: Bundle) -> int:
    """How many of the oldest payments the server had before it made this."""
    for number, paid in enumerate(state.paid):
        if paid.sent_ms is None or paid.sent_ms >= bundle.made_ms:
            return number
    return len(state.paid)


def _uploaded(state: State, uploaded: Uploaded, given: Given) -> Facts:
    if state.offline_taken:
        yield ContactMade(state.offline_taken)
    if any(paid.sent_ms is None for paid in state.paid):
        yield AllUploaded(uploaded.server_ms)


def _write_failed(state: State, failed: WriteFailed, given: Given) -> Facts:
    yield JournalBroken(failed.detail)


def _started(state: State, started: Started, given: Given) -> Facts:
    yield KioskStarted(started.boot, started.software, started.time_quality)
    yield ClockIs(started.time_quality)
    yield from exceptions.clock(state, started, given)


ROWS = (
    Row(Found, _found),
    Row(Lost, _lost),
    Row(LinkChanged, _link),
    Row(ClockSaid, _clock),
    Row(BundleCame, _bundle),
    Row(Uploaded, _uploaded),
    Row(WriteFailed, _write_failed),
)
AT_START = (_started,)


def _device_is(state: State, fact: DeviceIs) -> State:
    house, works = state.house, fact.trouble is None
    troubles = {k: v for k, v in house.troubles.items() if k != fact.device}
    if fact.trouble is not None:
        troubles[fact.device] = f"{fact.trouble.value}: {fact.detail}"
    identities = {k: v for k, v in house.identities.items() if k != fact.device}
    if works:
        identities[fact.device] = fact.detail
    house = replace(house, troubles=troubles, identities=identities)
    if fact.device == ACCEPTOR:
        # Found again: whatever obstacle there was is told anew, and nothing counts before it is at rest.
        acceptor = replace(house.acceptor, present=works, trouble=fact.trouble, settled=False, counter=None)
        house = replace(house, acceptor=replace(acceptor, obstacle="") if works else acceptor)
    elif fact.device == PRINTER and not works:
        house = replace(house, printer=None)
    elif fact.device == TERMINAL:
        house = replace(house, terminal_rests=None)
    elif fact.device in SCANNERS:
        house = replace(
            house, scanners=house.scanners | {fact.device} if works else house.scanners - {fact.device}
        )
    return replace(state, house=house)


def _all_uploaded(state: State, fact: AllUploaded) -> State:
    """From now on the server's own answers know all that was paid here."""
    at_ms = fact.server_ms
    paid = tuple(replace(p, sent_ms=at_ms) if p.sent_ms is None else p for p in state.paid)
    return replace(state, paid=paid)


def _bundle_is(state: State, fact: BundleIsNow) -> State:
    house, troubles = state.house, {k: v for k, v in state.house.troubles.items() if k != FEES}
    fees = house.fees
    try:
        fees = load.unpacked(fact.bundle.rules)
    except load.BadConfiguration as error:  # those of before hold; the office sees it with the next heartbeat
        troubles[FEES] = f"refused: {error}"
    return replace(state, house=replace(house, bundle=fact.bundle, fees=fees, troubles=troubles))


EVOLVE: dict[type[Fact], Evolver] = {
    KioskStarted: lambda s, f: s,
    DeviceIs: _device_is,
    ClockIs: lambda s, f: replace(s, house=replace(s.house, clock=f.quality)),
    LinkIs: lambda s, f: replace(s, house=replace(s.house, online=f.online)),
    AllUploaded: _all_uploaded,
    ContactMade: lambda s, f: replace(s, offline_taken=Money(0)),
    BundleIsNow: _bundle_is,
    PaymentsKnown: lambda s, f: replace(s, paid=s.paid[f.count :]),
    JournalBroken: lambda s, f: replace(s, house=replace(s.house, broken=f.detail, staff_called=True)),
}

MACHINE = Machine(ROWS, EVOLVE)
