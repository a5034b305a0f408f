"""Who is at the screen: signing in and out, and where in the staff area. A person stands by number, never by name."""

from __future__ import annotations

from kiosk.facts.kinds import Durable, Passing


class SignedIn(Durable, frozen=True, tag="signed_in"):
    person: str
    badge: str = ""  # with which the number was given; empty: typed


class SignInFailed(Durable, frozen=True, tag="sign_in_failed"):
    """`person`: a number that exists; empty: one that does not, which may be anything, even a PIN."""

    person: str


class SignedOut(Durable, frozen=True, tag="signed_out"):
    person: str
    because: str


class SignInAllowed(Passing, frozen=True, tag="sign_in_allowed"):
    """The pause after failures is over."""


class StaffAreaOpened(Passing, frozen=True, tag="staff_area_opened"):
    pass


class StaffAreaLeft(Passing, frozen=True, tag="staff_area_left"):
    pass


class StaffTyped(Passing, frozen=True, tag="staff_typed"):
    typed: str


class StaffNumberGiven(Passing, frozen=True, tag="staff_number_given"):
    person: str
    badge: str = ""


class PinGiven(Passing, frozen=True, tag="pin_given"):
    """It is checked outside of the flow, because that takes long on purpose."""

    attempt: str
    pin: str


class StaffWent(Passing, frozen=True, tag="staff_went"):
    """To another page of the staff area."""

    room: str
    item: str = ""


class StaffRefused(Passing, frozen=True, tag="staff_refused"):
    problem: str  # key of a phrase


class SecondWanted(Passing, frozen=True, tag="second_wanted"):
    """Somebody else signs too: number and PIN are asked for."""

    act: str  # kiosk.flow.state.Act
