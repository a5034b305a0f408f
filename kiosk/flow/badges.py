"""A badge that is held to the scanner where a person's number is asked for: it fills the number in, never the PIN."""

from __future__ import annotations

from typing import NamedTuple

from kiosk.badge import Badge, NoBadge, read
from kiosk.flow.opening import NO_CLOCK
from kiosk.flow.state import State


class Shown(NamedTuple):
    """`problem`: phrase that says why this badge is not taken; then there is no person."""

    person: str = ""
    badge: str = ""
    problem: str = ""


def shown(state: State, text: str, now_ms: int) -> Shown:
    try:
        badge = read(text)
    except NoBadge:
        return Shown(problem="desk.badge_none")
    problem = _why_not(state, badge, now_ms)
    return Shown(problem=problem) if problem else Shown(badge.person, badge.badge)


def _why_not(state: State, badge: Badge, now_ms: int) -> str:
    bundle, person = state.house.bundle, state.person_of(badge.person)
    if not badge.signed_by(state.site.server_key):
        return "desk.badge_forged"
    if badge.site and (bundle is None or badge.site != bundle.site):
        return "desk.badge_elsewhere"
    if person is None or badge.issued_ms < person.badges_from_ms:
        return "desk.badge_revoked"
    return "desk.badge_expired" if now_ms >= badge.expires_ms else ""


def number_may_be_typed(state: State) -> bool:
    """A kiosk without a time can not tell whether a badge has expired; whoever repairs it has to get in."""
    return state.site.office.staff.badge == "optional" or state.house.clock == NO_CLOCK
