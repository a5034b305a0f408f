"""Facts of the person in front who needs somebody, or has something to say. None of them names a person."""

from __future__ import annotations

from kiosk.fact_kinds import Durable, Passing


class StaffCalled(Durable, frozen=True, tag="staff_called"):
    """Somebody is wanted at the kiosk. `where`: the stage at which the customer stood; `because`: caller (a person
    pressed the button) or kiosk (the flow called by itself)."""

    call: str
    called_ms: int
    visit: str
    where: str
    because: str


class CallAnswered(Durable, frozen=True, tag="call_answered"):
    """One of the staff said: I am coming. `by`: number of the person, or the name that the office knows."""

    call: str
    by: str
    waited_ms: int  # from the call to the answer


class CallEnded(Durable, frozen=True, tag="call_ended"):
    """Nobody is wanted any more. `by` empty: the caller took it back."""

    call: str
    by: str


# ---------------------------------------------------------------------------------------------------
# Passing: what is opened above the page of the customer


class HelpOffered(Passing, frozen=True, tag="help_offered"):
    """By the kiosk itself. `because`: wrong_entries, no_progress."""

    because: str


class HelpOpened(Passing, frozen=True, tag="help_opened"):
    room: str
    item: str = ""


class HelpLeft(Passing, frozen=True, tag="help_left"):
    """Back to the page that was there all the time."""
