"""State → view for the help that stands above the page of the customer. The money inside is shown on each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk import contract as c
from kiosk.advice import Advice
from kiosk.contract import Message
from kiosk.flow import opinions
from kiosk.flow.state import Aside, HelpRoom, PaperState, Stage, State
from kiosk.money import Money
from kiosk.present.buttons import button
from kiosk.receipts import paper_qr

STEPS_SHOWN: Final = 3  # sentences of `help.how_<stage>_<n>` for each page that has them
HOW: Final = (
    *(Stage.HOME, Stage.ACCOUNT, Stage.BILLS, Stage.AMOUNT, Stage.CHECK, Stage.PAY_BY, Stage.CASH),
    *(Stage.SHOW_CODE, Stage.CHARGING, Stage.PAPER),
)


def page(state: State, aside: Aside) -> c.AnyPage:
    return ROOMS[aside.room](state, aside)


def inside(state: State) -> Money | None:
    """What this person has paid in and is not settled yet."""
    payment = state.payment
    return payment.credited if payment is not None and payment.credited else None


def _go_on() -> c.Button:
    return button(c.LeaveHelp(), "help_go_on")


def _offer(state: State, aside: Aside) -> c.AnyPage:
    return c.HelpOffer(
        reason=Message("help.called" if state.staff_wanted else f"help.because_{aside.item}"),
        call=None if state.staff_wanted else button(c.CallStaff(), "help_call"),
        how=button(c.OpenHelp(HelpRoom.HOW.value), "help_how") if aside.at in HOW else None,
        go_on=_go_on(),
        inside=inside(state),
    )


def _how(state: State, aside: Aside) -> c.AnyPage:
    stage = aside.at.value if aside.at in HOW else Stage.HOME.value
    steps = tuple(Message(f"help.how_{stage}_{n}") for n in range(1, STEPS_SHOWN + 1))
    return c.HelpHow(steps, _go_on(), inside(state))


def _text(words: str) -> Message:
    """Words that are data of the site, in the language of the view."""
    return Message("help.data", {"text": words})


def _opens(room: HelpRoom, words: Message, icon: str, item: str = "") -> c.Choice:
    return c.Choice(c.Button(c.OpenHelp(room.value, item), words), icon)


def _topics(state: State, aside: Aside) -> c.AnyPage:
    advice = _advice(state)
    choices = [_opens(HelpRoom.QUESTIONS, _text(topic.name), topic.icon, topic.id) for topic in advice.topic]
    if aside.at in HOW:
        choices.insert(0, _opens(HelpRoom.HOW, Message("help.how_here"), "forward"))
    choices += [
        _opens(HelpRoom.PRIVACY, Message("help.privacy"), "shield"),
        _opens(HelpRoom.SAY, Message("help.say"), "contact"),
    ]
    return c.HelpMenu(Message("help.topics"), tuple(choices), inside(state))


def _questions(state: State, aside: Aside) -> c.AnyPage:
    topic = _advice(state).topic_of(aside.item)
    assert topic is not None
    choices = tuple(
        _opens(HelpRoom.ANSWER, _text(question.asks), "", f"{topic.id}.{question.id}")
        for question in topic.question
    )
    return c.HelpMenu(_text(topic.name), choices, inside(state))


def _answer(state: State, aside: Aside) -> c.AnyPage:
    question = _advice(state).question_of(aside.item)
    assert question is not None
    return c.HelpText(Message("help.answer"), question.asks, question.answer, _go_on(), inside(state))


def _privacy(state: State, aside: Aside) -> c.AnyPage:
    return c.HelpText(Message("help.privacy"), "", _advice(state).privacy, _go_on(), inside(state))


def _say(state: State, aside: Aside) -> c.AnyPage:
    choices = tuple(
        _opens(HelpRoom.SAY_CONTACT, _text(subject.name), subject.icon, subject.id)
        for subject in _advice(state).subject
    )
    return c.HelpMenu(Message("say.title"), choices, inside(state))


def _subject(state: State, aside: Aside) -> str:
    subject = _advice(state).subject_of(aside.item)
    return subject.name if subject else ""


def _say_contact(state: State, aside: Aside) -> c.AnyPage:
    off = None if opinions.is_phone(aside.typed) and not aside.attempt else Message("say.phone_short")
    return c.SayContact(
        subject=_subject(state, aside),
        typed=aside.typed,
        send=button(c.SayIt(True), "say_with", off),
        without=button(c.SayIt(False), "say_without"),
        problem=aside.problem,
    )


def _say_done(state: State, aside: Aside) -> c.AnyPage:
    opinion = aside.opinion
    assert opinion is not None
    paper = state.papers.get(opinion.case)
    status = "say.kept"
    if paper is not None and paper.stage in (PaperState.ISSUED, PaperState.PRINTING):
        status = "say.printing"
    elif opinion.slip and (paper is None or paper.stage is PaperState.PRINTED):
        status = "say.printed"
    return c.SayDone(
        opinion.case, _subject(state, aside), aside.contact, Message(status), paper_qr(opinion), _go_on()
    )


def _advice(state: State) -> Advice:
    return state.site.advice[state.settings.language]


ROOMS: Final[dict[HelpRoom, Callable[[State, Aside], c.AnyPage]]] = {
    HelpRoom.OFFER: _offer,
    HelpRoom.HOW: _how,
    HelpRoom.TOPICS: _topics,
    HelpRoom.QUESTIONS: _questions,
    HelpRoom.ANSWER: _answer,
    HelpRoom.PRIVACY: _privacy,
    HelpRoom.SAY: _say,
    HelpRoom.SAY_CONTACT: _say_contact,
    HelpRoom.SAY_DONE: _say_done,
}
