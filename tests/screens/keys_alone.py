"""Help, an answer, a complaint with a telephone number, and an approval: with the keypad alone, on the real glass in
front of the real core. `python -m tests.screens.keys_alone` says `done` or fails."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from bench.visit_booth import Booth, Ears
from bench.visit_kinds import choose, scan, take_paper
from kiosk import contract as c
from kiosk.facts.visitor import OpinionGiven, VisitRated
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from screens import environment
from screens.theme import load_panels
from screens.words import Words
from tests.kiosk.office import PIN, SUPERVISOR, Office
from tests.kiosk.world import bill, taken

PHONE = "13800138000"


def booth(panel: Any, folder: Path) -> Booth:
    from screens.root import ScreenRoot

    clock = iter(range(10**9))
    kiosk, ears = Office(folder), Ears()
    words = {language: Words(language) for language in c.Language}
    root = ScreenRoot(panel, kiosk.engine.touched, clock=lambda: float(next(clock)), words=words, voice=ears)
    return Booth(root, kiosk, ears, by_key=True)


def tile(one: Booth, room: str, item: str = "") -> str:
    """The name of the tile that opens this page of help."""
    wanted = c.OpenHelp(room, item)
    return next(f"choice:{n}" for n, x in enumerate(one.kiosk.page.choices) if x.button.intent == wanted)


def asks_and_goes_on(one: Booth) -> None:
    scan(one, bill("20.00"))
    assert isinstance(one.kiosk.page, c.CheckItems)
    one.press("help")
    one.press(tile(one, "questions", "cash"))
    one.press(tile(one, "answer", "cash.change"))
    assert isinstance(one.kiosk.page, c.HelpText)
    one.press("main")
    assert isinstance(one.kiosk.page, c.CheckItems)
    one.press("main")
    one.press("tender:cash")
    one.kiosk.hold(20)
    one.kiosk.hear(taken(20))
    one.look()
    take_paper(one)
    one.press("main")


def complains(one: Booth) -> None:
    one.press("face:3")
    assert one.kiosk.facts(VisitRated)[0].rating is c.Rating.BAD
    one.press("say")
    one.press(tile(one, "say_contact", "waiting"))
    one.digits(PHONE)
    one.press("main")
    order = one.kiosk.last(cmd.SealContact)
    one.hear(0, st.ContactSealed(order.attempt, "ab" * 32))
    assert isinstance(one.kiosk.page, c.SayDone)
    assert one.kiosk.facts(OpinionGiven)[0].contact_digest and one.kiosk.page.contact == "138****8000"
    one.press("main")
    one.press("main")
    assert isinstance(one.kiosk.page, c.Home)


def is_approved(one: Booth) -> None:
    kiosk = one.kiosk
    kiosk.to_check(bill("12500.00", fee="tuition", number="T1"), fee="tuition")
    one.look()
    one.press("main")
    assert isinstance(kiosk.page, c.Approving)
    one.press("approver")
    one.digits(SUPERVISOR.number)
    one.press("main")
    one.digits(PIN)
    one.press("main")
    kiosk.hear(st.PinChecked(kiosk.last(cmd.CheckPin).attempt, True))
    one.look()
    reason = next(n for n, line in enumerate(kiosk.page.lines) if line.button)
    one.press(f"line:{reason}")
    assert isinstance(kiosk.page, c.PayBy)


def main() -> None:
    panel = load_panels()["lobby"]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    with tempfile.TemporaryDirectory() as folder:
        one = booth(panel, Path(folder))
        asks_and_goes_on(one)
        complains(one)
        choose(one)
        one.press("back")
        is_approved(one)
        assert one.sums.touches == 0 and one.sums.keys > 50
        one.kiosk.journal.close()
    print("done")


if __name__ == "__main__":
    main()
