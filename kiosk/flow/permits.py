"""Who may do what: the one table, and the one place where nobody stands beside himself."""

from __future__ import annotations

import enum
from typing import Final

from kiosk.flow.state import State
from kiosk.parcels import Person, Role


class May(enum.Enum):
    OPEN_DAY = "open_day"
    OVERRIDE = "override"  # open a day although the opening list is not right
    CLOSE_DAY = "close_day"
    COLLECT = "collect"  # count what came out of a cash box
    GIVE_BAG = "give_bag"  # hand over what one counted
    TAKE_BAG = "take_bag"  # be the second hand
    REPRINT = "reprint"
    EXAMINE = "examine"  # test the devices
    CLOSE_EXCEPTION = "close_exception"  # of a kind that names the role, too
    REFUND = "refund"  # pay out change owed, or the refund slip of a receipt that is void
    APPROVE = "approve"  # a payment above what a customer may pay alone
    SETTLE = "settle"  # begin to settle doubtful money or a difference
    SETTLE_SECOND = "settle_second"
    CANCEL = "cancel"  # end a payment that runs
    VOID = "void"  # begin to make a receipt void
    VOID_SECOND = "void_second"


NOT_ALLOWED: Final = "desk.not_allowed"  # for whom it is stands beside it (`present.desk.only_for`)

_CASHIER, _RECORDER, _ATTENDANT, _SUPERVISOR = Role.CASHIER, Role.RECORDER, Role.ATTENDANT, Role.SUPERVISOR
_ALL: Final = frozenset(Role)
WHO: Final[dict[May, frozenset[Role]]] = {
    May.OPEN_DAY: frozenset({_CASHIER, _ATTENDANT, _SUPERVISOR}),
    May.OVERRIDE: frozenset({_ATTENDANT, _SUPERVISOR}),
    May.CLOSE_DAY: frozenset({_CASHIER, _ATTENDANT, _SUPERVISOR}),
    May.COLLECT: frozenset({_CASHIER, _ATTENDANT, _SUPERVISOR}),
    May.GIVE_BAG: frozenset({_CASHIER, _ATTENDANT, _SUPERVISOR}),
    May.TAKE_BAG: _ALL,
    May.REPRINT: frozenset({_CASHIER, _ATTENDANT, _SUPERVISOR}),
    May.EXAMINE: frozenset({_ATTENDANT, _SUPERVISOR}),
    May.CLOSE_EXCEPTION: _ALL,
    May.REFUND: frozenset({_CASHIER, _SUPERVISOR}),
    May.APPROVE: frozenset({_SUPERVISOR}),
    May.SETTLE: frozenset({_SUPERVISOR}),
    May.SETTLE_SECOND: _ALL,
    May.CANCEL: frozenset({_CASHIER, _ATTENDANT, _SUPERVISOR}),
    May.VOID: frozenset({_SUPERVISOR}),
    May.VOID_SECOND: _ALL,
}


def may(state: State, what: May) -> bool:
    """Whether the person who is signed in may do this now."""
    return state.person is not None and granted(state.person, what)


def granted(person: Person, what: May) -> bool:
    return not WHO[what].isdisjoint(person.roles)


def why_not(person: Person, what: May, *others: str) -> str:
    """Phrase that says why this person can not fill this part of an act; empty: nothing is against it.

    `others`: numbers of those who fill the other parts."""
    if person.number in others:
        return "desk.same_person"
    return "" if granted(person, what) else NOT_ALLOWED
