"""One examination: where it stands, what it has heard, what has come of each step. Pure.

    step begins ─┬─ the device says all that it should, or the person says yes ── good ── next step
                 ├─ it says otherwise, or no, or nothing in time ── bad ── the person: again, or next step
                 ├─ the person skips it ───────────────────────── not tested ── next step
                 └─ its device is away, or it can not be tested ── not tested ── next step

Each function takes an `Examination` and returns the one that follows."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from hardware.contracts import (
    BoxFull,
    BoxIn,
    BoxOut,
    Cheated,
    Cleared,
    CodeRead,
    Event,
    Found,
    Held,
    Jammed,
    Lost,
    NotPrinted,
    Refused,
    Taken,
)
from hardware.terminals.contract import TerminalAtRest
from kiosk.contract import CheckAnswer as Answer
from kiosk.doctor.checks import Check, Sight

HELD: Final = "doctor.held"


class Result(enum.Enum):
    GOOD = "good"
    BAD = "bad"
    NOT_TESTED = "not_tested"


class Outcome(msgspec.Struct, frozen=True):
    """What came of one step. `why` is a phrase, `detail` what the device said, in its own words."""

    check: str
    device: str
    result: Result
    why: str = ""
    detail: str = ""


class Identity(msgspec.Struct, frozen=True):
    identity: str = ""
    serial_number: str = ""

    def __str__(self) -> str:
        """Many units tell their number within their name."""
        told = self.serial_number in self.identity
        return self.identity if told else f"{self.identity} {self.serial_number}".strip()


class Alarm(msgspec.Struct, frozen=True):
    """What a report has to say before all else. `says`: a phrase."""

    says: str
    detail: str = ""


class Examination(msgspec.Struct, frozen=True):
    """`bad`: how the present step ended; it waits for the person. `hint`: what was heard last that did not count, as
    (phrase, detail)."""

    checks: tuple[Check, ...]
    at: int = 0
    tries: int = 0  # counts beginnings of steps: each has its own time, and its own page
    seen: frozenset[int] = frozenset()
    bad: Outcome | None = None
    hint: tuple[str, str] = ("", "")
    outcomes: tuple[Outcome, ...] = ()
    found: Mapping[str, Identity] = {}
    lost: Mapping[str, str] = {}
    rests: Mapping[str, str] = {}
    obstacles: Mapping[str, str] = {}  # what keeps a device that is there from working
    alarms: tuple[Alarm, ...] = ()
    stopped: bool = False

    @property
    def check(self) -> Check | None:
        """The present step; None when all is done."""
        return self.checks[self.at] if self.at < len(self.checks) else None

    @property
    def half_done(self) -> bool:
        """There and back: there was noticed, back was not yet."""
        check = self.check
        return bool(self.seen) and self.bad is None and check is not None and not check.any_order

    @property
    def unseen(self) -> tuple[Sight, ...]:
        check = self.check
        return tuple(s for n, s in enumerate(check.sees) if n not in self.seen) if check else ()


def begin(
    checks: tuple[Check, ...],
    found: Mapping[str, Identity] | None = None,
    lost: Mapping[str, str] | None = None,
    rests: Mapping[str, str] | None = None,
) -> Examination:
    """`found`, `lost` and `rests` (how a terminal's record stands): what is known of devices that run already."""
    return _settled(
        Examination(checks=checks, tries=1, found=found or {}, lost=lost or {}, rests=rests or {})
    )


def heard(now: Examination, event: Event) -> Examination:
    """Whatever a device says, of whichever step."""
    now = _remembered(now, event)
    check = now.check
    if check is None or now.bad is not None or not _concerns(check, event):
        return _settled(now)
    if isinstance(event, Taken):
        return _failed(now, "doctor.note_kept")
    if isinstance(event, Held):
        return replace(now, hint=(HELD, event.value.figures))
    if any(sight.is_of(event) for sight in check.fails):
        return _failed(now, "doctor.it_says", _words(event))
    looked_for = [n for n, sight in enumerate(check.sees) if n not in now.seen]
    now_due = looked_for if check.any_order else looked_for[:1]
    came = [n for n in now_due if check.sees[n].is_of(event)]
    if came:
        hint = now.hint if now.hint[0] == HELD else ("", "")
        return _settled(replace(now, seen=now.seen | {came[0]}, hint=hint))
    if any(sight.is_of(event) for sight in check.again):
        return replace(now, hint=(_hint(event), _words(event)))
    return _settled(now)


def answered(now: Examination, answer: Answer) -> Examination:
    check = now.check
    if check is None:
        return now
    if answer is Answer.STOP:
        return _stopped(now)
    if answer is Answer.AGAIN:
        return _settled(_begun(now, now.at))
    if now.bad is not None:
        return _ended(now, now.bad) if answer in (Answer.SKIP, Answer.YES) else now
    if answer is Answer.SKIP:
        return _ended(now, _outcome(check, Result.NOT_TESTED, "doctor.skipped"))
    if check.asks and answer is Answer.YES:
        return _ended(now, _outcome(check, Result.GOOD))
    if check.asks:
        return _failed(now, "doctor.person_says_no")
    return now


def time_is_up(now: Examination, tries: int) -> Examination:
    """The time of the step that was begun as number `tries`."""
    if now.check is None or now.bad is not None or tries != now.tries:
        return now
    missing = " ".join(sight.name for sight in now.unseen).strip()
    detail = missing or now.obstacles.get(now.check.device, "") or now.hint[1]
    return _failed(now, "doctor.too_late", detail)


# ---------------------------------------------------------------------------------------------------


def _concerns(check: Check, event: Event) -> bool:
    """A step of a scanner may have a page printed, which the printer fails to give."""
    return event.device == check.device or (isinstance(event, NotPrinted) and check.want.page)


def _remembered(now: Examination, event: Event) -> Examination:
    match event:
        case Found():
            lost = {name: why for name, why in now.lost.items() if name != event.device}
            identity = Identity(event.identity, event.serial_number)
            return replace(now, found={**now.found, event.device: identity}, lost=lost)
        case Lost():
            found = {name: it for name, it in now.found.items() if name != event.device}
            detail = f"{event.trouble.value}: {event.detail}"
            return replace(now, lost={**now.lost, event.device: detail}, found=found)
        case TerminalAtRest():
            return replace(
                now, rests={**now.rests, event.device: f"{event.mark.terminal}, trace {event.mark.trace}"}
            )
        case Taken():
            value = event.value.figures if event.value is not None else f"code {event.code}"
            phrase = "doctor.alarm_old_note" if event.recovered else "doctor.alarm_note"
            return replace(now, alarms=(*now.alarms, Alarm(phrase, value)))
        case BoxOut():
            now = replace(now, alarms=(*now.alarms, Alarm("doctor.alarm_box")))
    return replace(now, obstacles=_obstacles(now, event))


def _obstacles(now: Examination, event: Event) -> Mapping[str, str]:
    match event:
        case Jammed():
            return {**now.obstacles, event.device: f"jam in the {event.where.value}"}
        case Cheated():
            return {**now.obstacles, event.device: "it noticed manipulation"}
        case BoxFull():
            return {**now.obstacles, event.device: "its cash box is full"}
        case BoxOut():
            return {**now.obstacles, event.device: "its cash box is out"}
        case Cleared() | BoxIn():
            return {name: what for name, what in now.obstacles.items() if name != event.device}
    return now.obstacles


def _settled(now: Examination) -> Examination:
    """Go on as far as nobody has to do anything."""
    while (check := now.check) is not None and now.bad is None:
        if check.cannot:
            now = _ended(now, _outcome(check, Result.NOT_TESTED, check.cannot))
        elif check.device in now.lost:
            now = _without_device(now, check)
        elif check.name == "there" and check.device in now.found:
            it = now.found[check.device]
            now = _ended(now, _outcome(check, Result.GOOD, detail=str(it)))
        elif check.name == "record" and check.device in now.rests:
            now = _ended(now, _outcome(check, Result.GOOD, detail=now.rests[check.device]))
        elif check.sees and len(now.seen) == len(check.sees):
            now = _ended(now, _outcome(check, Result.GOOD, detail=now.hint[1]))
        elif check.name == "legible" and not _good(now, f"{check.device}.page"):
            now = _ended(now, _outcome(check, Result.NOT_TESTED, "doctor.nothing_printed"))
        elif check.name != "there" and not _good(now, f"{check.device}.there"):
            now = _ended(now, _outcome(check, Result.NOT_TESTED, "doctor.away"))
        else:
            break
    return now


def _without_device(now: Examination, check: Check) -> Examination:
    """The step in which it is noticed is bad and waits for a person, who may plug it in again."""
    if check.name == "there" or (_good(now, f"{check.device}.there") and not _noticed(now, check.device)):
        return _failed(now, "doctor.it_says", now.lost[check.device])
    return _ended(now, _outcome(check, Result.NOT_TESTED, "doctor.away"))


def _noticed(now: Examination, device: str) -> bool:
    return any(o.device == device and o.result is Result.BAD for o in now.outcomes)


def _good(now: Examination, check: str) -> bool:
    return any(o.check == check and o.result is Result.GOOD for o in now.outcomes)


def _outcome(check: Check, result: Result, why: str = "", detail: str = "") -> Outcome:
    return Outcome(check.id, check.device, result, why, detail)


def _failed(now: Examination, why: str, detail: str = "") -> Examination:
    assert now.check is not None
    return replace(now, bad=_outcome(now.check, Result.BAD, why, detail))


def _ended(now: Examination, outcome: Outcome) -> Examination:
    return _settled(_begun(replace(now, outcomes=(*now.outcomes, outcome)), now.at + 1))


def _begun(now: Examination, at: int) -> Examination:
    return replace(now, at=at, tries=now.tries + 1, seen=frozenset(), bad=None, hint=("", ""))


def _stopped(now: Examination) -> Examination:
    here = () if now.bad is None else (now.bad,)
    rest = now.checks[now.at + len(here) :]
    untested = tuple(_outcome(check, Result.NOT_TESTED, "doctor.stopped") for check in rest)
    return replace(
        now, at=len(now.checks), bad=None, outcomes=(*now.outcomes, *here, *untested), stopped=True
    )


def _hint(event: Event) -> str:
    return {CodeRead: "doctor.another_code", Refused: "doctor.pushed_back"}.get(
        type(event), "doctor.unreadable"
    )


def _words(event: Event) -> str:
    """In the device's own words; never a code that was read, it may be money."""
    match event:
        case NotPrinted():
            return event.detail
        case Refused():
            return f"{event.because.value} {event.detail}".strip()
    return ""
