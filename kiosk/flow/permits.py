"""Who may do what: the one table, and the one place where nobody stands beside himself."""

from __future__ import annotations

import enum
from typing import Final

from kiosk.flow.state import State
from kiosk.parcels import Person, Role


class May(enum.Enum):
    OPEN_DAY = "open_day"
    CLOSE_DAY = "close_day"
    OVERRIDE = "override"  # open a day although the opening list is not right
    COLLECT = "collect"
    TAKE_BAG = "take_bag"  # be the second hand when counted notes are handed over
    REPRINT = "reprint"
    APPROVE = "approve"  # a payment above what a customer may pay alone
    EXAMINE = "examine"  # test the devices
    SETTLE = "settle"  # open items: doubtful money, change owed, differences
    VOID = "void"  # begin to make a receipt void
    VOID_SECOND = "void_second"


GRANTS: Final[dict[Role, frozenset[May]]] = {
    Role.ATTENDANT: frozenset(
        {
            *(May.OPEN_DAY, May.CLOSE_DAY, May.OVERRIDE),
            *(May.COLLECT, May.TAKE_BAG),
            *(May.REPRINT, May.EXAMINE),
            May.VOID_SECOND,
        }
    ),
    Role.SUPERVISOR: frozenset(May),
}


def may(state: State, what: May) -> bool:
    """Whether the person who is signed in may do this now."""
    return state.person is not None and granted(state.person, what)


def granted(person: Person, what: May) -> bool:
    return any(what in GRANTS[role] for role in person.roles)


def why_not(person: Person, what: May, *others: str) -> str:
    """Phrase that says why this person can not fill this part of an act; empty: nothing is against it.

    `others`: numbers of those who fill the other parts."""
    if person.number in others:
        return "desk.same_person"
    return "" if granted(person, what) else "desk.not_allowed"
