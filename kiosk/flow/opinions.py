"""What the customer thinks of it: four faces, and a complaint or suggestion with a case number.

subject chosen ── telephone number, or none ── sealed, kept beside the journal ── written, case number shown and printed

It never holds anybody up: whoever walks away has simply not said it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec.structs import replace

from kiosk.contract import EraseAll, EraseKey, Message, PressKey, Rate, SayIt
from kiosk.facts import Fact
from kiosk.facts.visitor import ContactGiven, ContactTyped, OpinionGiven, VisitRated
from kiosk.flow import exceptions, papers
from kiosk.flow.commands import Command, SealContact
from kiosk.flow.state import Aside, HelpRoom, Stage, State
from kiosk.flow.stimuli import ContactSealed, Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.rules.exceptions import ExceptionKind

THANKS = stages(Stage.THANKS)
MOST_DIGITS: Final = 12
MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
LANDLINE = re.compile(r"0[1-9][0-9]{8,10}", re.ASCII)  # with its area code


def is_phone(typed: str) -> bool:
    return bool(MOBILE.fullmatch(typed) or LANDLINE.fullmatch(typed))


def masked(phone: str) -> str:
    """First three and last four (house rule, accessibility.md §2.5)."""
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}" if phone else ""


def _aside(state: State) -> Aside:
    assert state.aside is not None
    return state.aside


def _typing(state: State, want: Any) -> bool:
    """Not while the number is being sealed, and not below the idle question."""
    aside = state.aside
    idle = state.visit is not None and state.visit.idle
    return aside is not None and aside.room is HelpRoom.SAY_CONTACT and not (aside.attempt or idle)


def _rate(state: State, want: Rate, given: Given) -> Facts:
    assert state.visit is not None
    yield VisitRated(state.visit.id, want.rating, given.now_ms)


def _not_rated(state: State, want: Rate) -> bool:
    return state.visit is not None and not state.visit.rated and state.aside is None


def _type(state: State, want: PressKey, given: Given) -> Facts:
    typed = _aside(state).typed
    if want.key in "0123456789" and len(want.key) == 1 and len(typed) < MOST_DIGITS:
        yield ContactTyped(typed + want.key)


def _erase(state: State, want: EraseKey, given: Given) -> Facts:
    yield ContactTyped(_aside(state).typed[:-1])


def _erase_all(state: State, want: EraseAll, given: Given) -> Facts:
    yield ContactTyped("")


def _say(state: State, want: SayIt, given: Given) -> Facts:
    typed = _aside(state).typed
    if not want.contact:
        yield from _given(state, given, "")
    elif is_phone(typed):
        yield ContactGiven(given.ids[0], typed)


def _sealed(state: State, sealed: ContactSealed, given: Given) -> Facts:
    yield from _given(state, given, sealed.digest)


def _this_attempt(state: State, sealed: ContactSealed) -> bool:
    return state.aside is not None and state.aside.attempt == sealed.attempt != ""


def _given(state: State, given: Given, contact_digest: str) -> Facts:
    language = state.settings.language
    subject = state.site.advice[language].subject_of(_aside(state).item)
    case, name = papers.case_number(state), subject.name if subject else ""
    yield OpinionGiven(
        case=case,
        kiosk=state.site.kiosk,
        visit=state.visit.id if state.visit else "",
        topic=_aside(state).item,
        topic_name=name,
        slip=papers.can_print(state),
        issued_ms=given.now_ms,
        language=language,
        contact_digest=contact_digest,
    )
    yield from exceptions.opened(state, ExceptionKind.COMPLAINT, case, name, given)


ROWS = (
    Row(Rate, _rate, THANKS, _not_rated),
    Row(PressKey, _type, when=_typing),
    Row(EraseKey, _erase, when=_typing),
    Row(EraseAll, _erase_all, when=_typing),
    Row(SayIt, _say, when=_typing),
    Row(ContactSealed, _sealed, when=_this_attempt),
)


def _rated(state: State, fact: VisitRated) -> State:
    if state.visit is None or state.visit.id != fact.visit:
        return state
    return replace(state, visit=replace(state.visit, rated=True))


def _typed(state: State, fact: ContactTyped) -> State:
    aside = _aside(state)
    problem = Message("say.phone_wrong") if len(fact.typed) >= 11 and not is_phone(fact.typed) else None
    return replace(state, aside=replace(aside, typed=fact.typed, problem=problem, touches=aside.touches + 1))


def _opinion(state: State, fact: OpinionGiven) -> State:
    state = replace(state, opinions=state.opinions + 1)
    if fact.slip:
        state = papers.issued(state, fact)
    if state.aside is None:
        return state
    before = state.aside
    contact = masked(before.typed) if fact.contact_digest else ""
    done = Aside(
        HelpRoom.SAY_DONE, before.at, fact.topic, opinion=fact, contact=contact, touches=before.touches + 1
    )
    return replace(state, aside=done)


EVOLVE: dict[type[Fact], Evolver] = {
    VisitRated: _rated,
    ContactTyped: _typed,
    ContactGiven: lambda s, f: replace(s, aside=replace(_aside(s), attempt=f.attempt)),
    OpinionGiven: _opinion,
}


def _seal(state: State, fact: ContactGiven) -> tuple[Command, ...]:
    return (SealContact(fact.attempt, fact.contact),)


MACHINE = Machine(ROWS, EVOLVE, {ContactGiven: _seal})
