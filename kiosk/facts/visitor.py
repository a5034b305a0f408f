"""Facts of the person in front who needs somebody, or has something to say. None of them names a person."""

from __future__ import annotations

from kiosk.contract import Language, Rating
from kiosk.facts.kinds import Durable, Passing, Signed


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


class VisitRated(Durable, frozen=True, tag="visit_rated"):
    visit: str
    rating: Rating
    rated_ms: int


class OpinionGiven(Signed, frozen=True, tag="opinion_given"):
    """A complaint or suggestion. `contact_digest`: of the sealed telephone number, which lies elsewhere
    (`kiosk.contacts`) and can be thrown away; empty: none was left. `slip`: whether a paper is printed."""

    case: str
    kiosk: str
    visit: str
    topic: str
    topic_name: str
    slip: bool
    issued_ms: int
    language: Language
    contact_digest: str = ""

    @property
    def number(self) -> str:
        return self.case

    @property
    def proof(self) -> str:
        return f"V1;{self.case};{self.issued_ms};{self.topic}"


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


class HelpWentBack(Passing, frozen=True, tag="help_went_back"):
    """To the page of help before this one."""


class ContactTyped(Passing, frozen=True, tag="contact_typed"):
    typed: str


class ContactGiven(Passing, frozen=True, tag="contact_given"):
    """The number is sealed outside of the flow; it is written nowhere else."""

    attempt: str
    contact: str


class VisitClosed(Durable, frozen=True, tag="visit_closed"):
    """A visit ended: after a restart its page does not come back. `lasted_ms`: from its first touch, by a clock that
    nobody sets; None: the core was restarted meanwhile. `paid` False: without a payment."""

    visit: str
    because: str
    lasted_ms: int | None = None
    paid: bool = True
