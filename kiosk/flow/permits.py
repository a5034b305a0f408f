"""Who may do what: the one table. Rules that need a second person will stand beside it, not in the machines."""

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


GRANTS: Final[dict[Role, frozenset[May]]] = {
    Role.ATTENDANT: frozenset(
        {
            *(May.OPEN_DAY, May.CLOSE_DAY, May.OVERRIDE),
            *(May.COLLECT, May.TAKE_BAG),
            *(May.REPRINT, May.EXAMINE),
        }
    ),
    Role.SUPERVISOR: frozenset(May),
}


def may(state: State, what: May) -> bool:
    """Whether the person who is signed in may do this now."""
    return state.person is not None and granted(state.person, what)


def granted(person: Person, what: May) -> bool:
    return any(what in GRANTS[role] for role in person.roles)
