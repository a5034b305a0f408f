"""Views of the help that stands above a page, for the gallery and the tests."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from kiosk import contract as c
from kiosk.contract import Button, Language, Message, Money
from screens.words import PHRASES


def _press(intent: c.AnyIntent, key: str) -> Button:
    return Button(intent, Message(f"button.{key}"))


GO_ON: Final = _press(c.LeaveHelp(), "help_go_on")
CALL: Final = _press(c.CallStaff(), "help_call")
HOW: Final = _press(c.OpenHelp("how"), "help_how")


def _how(stage: str, inside: Money | None = None) -> c.HelpHow:
    return c.HelpHow(tuple(Message(f"help.how_{stage}_{n}") for n in (1, 2, 3)), GO_ON, inside)


@cache
def _advice(language: Language) -> dict[str, Any]:
    """The packaged questions and answers, so that each of them is looked at."""
    path = PHRASES.parent / "faq" / f"{language.value}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _data(words: str) -> Message:
    return Message("help.data", {"text": words})


def _choice(room: str, words: Message, icon: str = "", item: str = "") -> c.Choice:
    return c.Choice(Button(c.OpenHelp(room, item), words), icon)


def _topics(language: Language, inside: Money | None = None) -> c.HelpMenu:
    topics = tuple(
        _choice("questions", _data(t["name"]), t["icon"], t["id"]) for t in _advice(language)["topic"]
    )
    more = (
        _choice("privacy", Message("help.privacy"), "shield"),
        _choice("say", Message("help.say"), "contact"),
    )
    how = _choice("how", Message("help.how_here"), "forward")
    return c.HelpMenu(Message("help.topics"), (how, *topics, *more), inside)


def _questions(language: Language, number: int) -> c.HelpMenu:
    topic = _advice(language)["topic"][number]
    choices = tuple(
        _choice("answer", _data(q["asks"]), "", f"{topic['id']}.{q['id']}") for q in topic["question"]
    )
    return c.HelpMenu(_data(topic["name"]), choices)


def _answer(language: Language, topic: int, number: int) -> c.HelpText:
    question = _advice(language)["topic"][topic]["question"][number]
    return c.HelpText(Message("help.answer"), question["asks"], tuple(question["answer"]), GO_ON)


def _privacy(language: Language) -> c.HelpText:
    return c.HelpText(Message("help.privacy"), "", tuple(_advice(language)["privacy"]), GO_ON)


def _say(language: Language) -> c.HelpMenu:
    subjects = _advice(language)["subject"]
    return c.HelpMenu(
        Message("say.title"),
        tuple(_choice("say_contact", _data(s["name"]), s["icon"], s["id"]) for s in subjects),
    )


def _contact(language: Language, typed: str, problem: str = "") -> c.SayContact:
    off = Message("say.phone_short") if problem or len(typed) < 11 else None
    return c.SayContact(
        _advice(language)["subject"][0]["name"],
        typed,
        Button(c.SayIt(True), Message("button.say_with"), off),
        _press(c.SayIt(False), "say_without"),
        Message(problem) if problem else None,
    )


def _done(language: Language, contact: str, status: str) -> c.SayDone:
    return c.SayDone(
        "K0001-V000017",
        _advice(language)["subject"][0]["name"],
        contact,
        Message(f"say.{status}"),
        "V1;K0001-V000017;1795000000000;waiting;" + "0" * 128,
        GO_ON,
    )


def _answers() -> dict[str, Callable[[Language], c.AnyPage]]:
    """Every question of every topic."""
    found: dict[str, Callable[[Language], c.AnyPage]] = {}
    for t, topic in enumerate(_advice(Language.ZH)["topic"]):
        found[f"help_questions_{topic['id']}"] = lambda la, t=t: _questions(la, t)  # type: ignore[misc]
        for q, question in enumerate(topic["question"]):
            found[f"help_answer_{topic['id']}_{question['id']}"] = lambda la, t=t, q=q: _answer(la, t, q)  # type: ignore[misc]
    return found


PAGES: Final[dict[str, Callable[[Language], c.AnyPage]]] = {
    "help_offer": lambda la: c.HelpOffer(Message("help.because_wrong_entries"), CALL, HOW, GO_ON),
    "help_offer_money": lambda la: c.HelpOffer(
        Message("help.because_no_progress"), CALL, HOW, GO_ON, Money(2000)
    ),
    "help_offer_called": lambda la: c.HelpOffer(Message("help.called"), None, HOW, GO_ON),
    "help_how_account": lambda la: _how("account"),
    "help_how_cash": lambda la: _how("cash", Money(10000)),
    "help_topics": _topics,
    "help_topics_money": lambda la: _topics(la, Money(10000)),
    **_answers(),
    "privacy": _privacy,
    "say": _say,
    "say_contact": lambda la: _contact(la, ""),
    "say_contact_typed": lambda la: _contact(la, "13800138000"),
    "say_contact_wrong": lambda la: _contact(la, "23800138000", "say.phone_wrong"),
    "say_done": lambda la: _done(la, "138****8000", "printed"),
    "say_done_kept": lambda la: _done(la, "", "kept"),
}
