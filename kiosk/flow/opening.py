"""What has to be right before a day is opened: one look at the state, point by point, each with its reason."""

from __future__ import annotations

from typing import NamedTuple

from hardware.contracts import Paper
from kiosk.contract import Message
from kiosk.flow import exceptions, offers
from kiosk.flow.state import State
from kiosk.rules.exceptions import ExceptionKind
from kiosk.rules.office import Point

NO_CLOCK = "none"  # kiosk.clock.Instant.quality of a clock that can not be right


class Finding(NamedTuple):
    """`problem` empty: this point is right; else `desk.point_<point>_<problem>` says what is wrong."""

    point: Point
    problem: str = ""
    values: dict[str, str | int] = {}  # noqa: RUF012 -- never written to

    @property
    def says(self) -> Message:
        return Message(f"desk.point_{self.point.value}_{self.problem or 'good'}", self.values)


def findings(state: State) -> tuple[Finding, ...]:
    """In the order in which the configuration names the points."""
    return tuple(LOOKS[point](state) for point in state.site.office.day.points)


def passes(state: State) -> bool:
    return not any(finding.problem for finding in findings(state))


def wrong(state: State) -> tuple[str, ...]:
    """`paper.out`, `network.down`: as it is written down."""
    return tuple(f"{f.point.value}.{f.problem}" for f in findings(state) if f.problem)


def _devices(state: State) -> Finding:
    house, plan = state.house, state.site.devices
    silent = dict.fromkeys(house.troubles)
    if plan.acceptor is not None and not house.acceptor.usable and not state.box_out:
        silent["acceptor"] = None
    if (plan.camera or plan.scanner) and not house.scanners:
        silent["scanner"] = None
    if not silent:
        return Finding(Point.DEVICES)
    return Finding(
        Point.DEVICES,
        "trouble",
        {"devices_keys": " ".join(f"doctor.device_{name}" for name in sorted(silent))},
    )


def _paper(state: State) -> Finding:
    printer = state.house.printer
    if printer is None:
        return Finding(Point.PAPER, "away")
    if printer.paper is Paper.NEAR_END:
        return Finding(Point.PAPER, "near_end")
    return Finding(Point.PAPER, "" if printer.ready else "not_ready")


def _box(state: State) -> Finding:
    if state.box_out:
        return Finding(Point.BOX, "out")
    boxes = len(state.boxes)
    return Finding(Point.BOX, "to_count", {"boxes": boxes}) if boxes else Finding(Point.BOX)


def _room(state: State) -> Finding:
    return Finding(Point.ROOM, "full" if offers.box_full(state) else "")


def _clock(state: State) -> Finding:
    if state.house.clock == NO_CLOCK:
        return Finding(Point.CLOCK, "none")
    back = exceptions.find(state, ExceptionKind.CLOCK, exceptions.SET_BACK)
    return Finding(Point.CLOCK, "back" if back else "")


def _network(state: State) -> Finding:
    return Finding(Point.NETWORK, "" if state.house.online else "down")


def _printed(state: State) -> Finding:
    papers = len(state.unprinted)
    return Finding(Point.PRINTED, "waiting", {"papers": papers}) if papers else Finding(Point.PRINTED)


def _items(state: State) -> Finding:
    items = len(state.items)
    return Finding(Point.ITEMS, "open", {"items": items}) if items else Finding(Point.ITEMS)


LOOKS = {
    Point.DEVICES: _devices,
    Point.PAPER: _paper,
    Point.BOX: _box,
    Point.ROOM: _room,
    Point.CLOCK: _clock,
    Point.NETWORK: _network,
    Point.PRINTED: _printed,
    Point.ITEMS: _items,
}
