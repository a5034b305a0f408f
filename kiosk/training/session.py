"""`kiosk train`: a house for practice, a menu in the terminal, and the record of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

import apsw

from hardware.simulated import NotPossible
from kiosk import display
from kiosk.contract import Language
from kiosk.facts import Durable
from kiosk.facts.stock import NumbersReceived
from kiosk.journal.beside import opened
from kiosk.journal.store import JOURNAL_FILE, Damaged, fact_of
from kiosk.outbox import BUNDLE_FILE
from kiosk.process import end_in_order
from kiosk.rules.terms import Words
from kiosk.supervise import House, Place, Trouble
from kiosk.training import apart, record, situations
from kiosk.training.run import LOOK_EVERY_S, Attempt
from kiosk.training.situations import Event, Situation

READY_S: Final = 90.0  # a fresh world, until the server's data is here; generous, for a loaded machine
SERVER_BOOKS: Final = "central.sqlite3"
SERVER_MARK: Final = "training"
WORDS: Final = {
    "who": Words("您的人员编号：", "Your person number: "),
    "which": Words("练哪一个？输入序号，回车结束：", "Which one? Its number, or Enter to end: "),
    "none": Words("没有这个序号", "there is no such number"),
    "fresh": Words("准备新的练习环境…", "making a fresh world to practise in…"),
}

Tell = Callable[[str], None]


def show_list(language: Language, tell: Tell) -> int:
    for name, situation in situations.load().items():
        tell(f"{name:<18} {situation.name.in_(language)}")
    return 0


def show_record(home: Path, tell: Tell) -> int:
    made_so_far = record.read(home)
    if not made_so_far:
        tell(f"nobody has practised yet: {home} holds no record")
    for made in made_so_far:
        tell(
            f"{made.began}  {made.by:<8} {made.situation:<18} {made.result:<7} {made.reached}/{made.of}"
            f" {made.seconds:>5} s  {made.why}".rstrip()
        )
    return 0


def practise(
    home: Path,
    wish: str | None,
    by: str,
    language: Language,
    lines: TextIO,
    tell: Tell,
    house_at: Callable[[Place], House],
) -> int:
    """0: every situation that was begun was done. Raises Mixed, Trouble, BadConfiguration."""
    known = situations.load()
    if wish is not None and wish not in known:
        raise Trouble(f"there is no situation {wish!r}; there are {', '.join(known)}")
    central = home / "central"
    apart.check_home(home, home / "kiosk", JOURNAL_FILE, central / SERVER_BOOKS, central / SERVER_MARK)
    if not display.seen_by_a_person():
        raise Trouble("there is no display here; practice needs one to show the kiosk's window")
    by = by or _asked(WORDS["who"].in_(language), lines, tell)
    if not by.isalnum():
        raise Trouble("who practises is recorded by person number: give it with --by")
    place = Place(home)
    house = house_at(place)
    closed = threading.Event()
    house.processes["screens"].on_clean_exit = closed.set
    end_in_order()
    missed = 0
    try:
        house.start()
        while not closed.is_set():
            name = wish or _chosen(known, language, lines, tell)
            if not name or closed.is_set():
                break
            tell(WORDS["fresh"].in_(language))
            missed += not _one(house, name, known[name], by, language, tell, closed)
            if wish:
                break
    finally:
        house.stop()
        place.close()
    return 1 if missed else 0


def _one(
    house: House,
    name: str,
    situation: Situation,
    by: str,
    language: Language,
    tell: Tell,
    closed: threading.Event,
) -> bool:
    house.reset()
    before = _ready(house.place)
    attempt = Attempt(
        name, situation, by, lambda: facts_of(house.place, before), lambda event: _cause(house, event),
        language, tell,
    )  # fmt: skip
    try:
        made = attempt.play(closed.wait)
    except KeyboardInterrupt:
        record.add(house.place.home, attempt.end("missed", "stopped"))
        raise
    record.add(house.place.home, made)
    return made.result == "done"


def _ready(place: Place) -> int:
    """Number of the last record, once the kiosk has all that it needs of the server, also without a network later."""
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        facts = facts_of(place, 0)
        if (place.state / BUNDLE_FILE).exists() and any(isinstance(f, NumbersReceived) for f in facts):
            return len(facts)
        time.sleep(LOOK_EVERY_S)
    raise Trouble(f"the kiosk was not ready within {READY_S:.0f} s; its own words are in {place.logs}")


def facts_of(place: Place, after: int) -> Sequence[Durable]:
    """Records above this number; none when the copy was torn: the core wrote while it was made; ask again."""
    try:
        with opened(place.state) as journal:
            return [fact_of(record) for record in journal.records(after)]
    except (Damaged, apsw.Error):
        return []


def _cause(house: House, event: Event) -> None:
    devices = house.devices()
    try:
        devices.do(event.device, event.do, **event.given)
    except NotPossible as error:
        raise Trouble(
            f"{event.device} of this kiosk can not {event.do}: {error}; choose another situation"
        ) from error
    finally:
        devices.close()


def _asked(question: str, lines: TextIO, tell: Tell) -> str:
    tell(question)
    return lines.readline().strip()


def _chosen(known: dict[str, Situation], language: Language, lines: TextIO, tell: Tell) -> str:
    """Empty: enough for today."""
    names = list(known)
    while True:
        for number, name in enumerate(names, start=1):
            tell(f"{number}. {known[name].name.in_(language)}")
        answer = _asked(WORDS["which"].in_(language), lines, tell)
        if not answer:
            return ""
        if answer.isdecimal() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        tell(WORDS["none"].in_(language))
