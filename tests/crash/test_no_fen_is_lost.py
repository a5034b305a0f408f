"""Whole visits, cut wherever the core could die: nothing is lost, nothing counts twice. And that this can fail.

For longer, and for new stories: `script/crash --seconds 28800`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from kiosk import engine as engine_module
from kiosk import facts as f
from kiosk.facts import passing as now
from kiosk.flow import commands as cmd
from kiosk.flow.machine import commands, decide, evolve
from kiosk.flow.state import State
from kiosk.flow.stimuli import Given
from kiosk.journal.store import NotWritten
from tests.crash.counts import COUNTS
from tests.crash.explore import explore, explore_upload
from tests.crash.found import Found, Violation
from tests.crash.run import main, play

ROOT = Path(__file__).parents[2]
STORIES = 2_200
LEAST_CUTS = 50_000  # what these stories give; fewer: they no longer go where they went
FIRST_SEEDS = 100  # of a test of their own; the others come after them
MOST_SEEDS = 150  # until a broken rule has to be noticed
PATIENCE_S = 3600  # for what takes two quiet cores two minutes


def test_no_fen_is_lost_at_any_cut(record_property: Callable[[str, object], None]) -> None:
    """Not marked slow, although it is the longest of all: so it begins early."""
    seeds = ("--seed", str(FIRST_SEEDS), "--stories", str(STORIES))
    command = (sys.executable, "-m", "tests.crash.run", *seeds, "--first")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    record_property(COUNTS, last)
    cuts = re.search(r"(\d+) cut points explored, 0 violations", last)
    assert cuts is not None, last
    assert int(cuts[1]) >= LEAST_CUTS, last


def test_the_first_stories_add_up() -> None:
    """Some of them within this process: a broken rule is noticed within seconds."""
    for seed in range(FIRST_SEEDS):
        found = explore(seed)
        assert not found.violations, str(found.violations[0])


def test_a_record_on_its_way_is_there_once() -> None:
    """The same for the upload, within this process."""
    total = Found()
    for seed in range(1, 7):
        total.add(explore_upload(seed))
    assert not total.violations, "\n".join(str(violation) for violation in total.violations[:3])


# ---- rules broken on purpose: each is found, and the story that shows it can be played again


class Step(NamedTuple):
    state: State
    facts: tuple[f.Fact, ...]
    given: Given


Change = Callable[[f.Fact, Step], Iterator[f.Fact]]


def each_fact(change: Change) -> Callable[[State, Any, Given], tuple[f.Fact, ...]]:
    """`decide`, with every fact changed."""

    def decides(state: State, stimulus: Any, given: Given) -> tuple[f.Fact, ...]:
        step = Step(state, decide(state, stimulus, given), given)
        return tuple(changed for fact in step.facts for changed in change(fact, step))

    return decides


def credited_at_escrow(fact: f.Fact, step: Step) -> Iterator[f.Fact]:
    yield fact
    if isinstance(fact, f.NoteStacking):
        held = next(x for x in step.facts if isinstance(x, f.NoteHeld))
        yield f.NoteCredited(held.note, held.payment, held.value, "device")


def without_the_slip(fact: f.Fact, step: Step) -> Iterator[f.Fact]:
    if not isinstance(fact, f.ClaimIssued):
        yield fact


def printed_again_after_a_cut(fact: f.Fact, step: Step) -> Iterator[f.Fact]:
    yield replace(fact, perhaps=False) if isinstance(fact, f.PrintFailed) else fact


def what_nobody_can_say_is_taken_for_returned(fact: f.Fact, step: Step) -> Iterator[f.Fact]:
    if isinstance(fact, f.NoteDoubtful) and not fact.in_box:
        yield f.NoteReturned(fact.note, "guess")
    elif isinstance(fact, f.PrintStarted) and "-C" in fact.number:
        return  # a slip that was not issued is not printed either
    elif not (isinstance(fact, f.ClaimIssued) and fact.because == "note_doubtful"):
        yield fact


def told_again_is_credited_again(fact: f.Fact, step: Step) -> Iterator[f.Fact]:
    if isinstance(fact, now.NoteToldAgain):
        assert step.state.last_taken is not None
        yield f.NoteCredited(f"{fact.note}-again", "", step.state.last_taken.value, "device")
    else:
        yield fact


def a_charge_is_repeated_under_a_new_id(fact: f.Fact, step: Step) -> Iterator[f.Fact]:
    if isinstance(fact, f.ChargeUnknown) and fact.because == "no_answer":
        charge = step.state.charges[fact.charge]
        yield f.ChargeDeclined(charge.id, charge.payment, "again")
        yield f.ChargeRequested(step.given.ids[0], charge.payment, charge.amount)
    else:
        yield fact


def a_charge_is_sent_again(state: State, fact: f.Fact) -> tuple[cmd.Command, ...]:
    charge = state.charges.get(fact.charge) if isinstance(fact, now.ChargeAsked) else None
    if charge is None:
        return commands(state, fact)
    return (cmd.SendCharge(charge.id, charge.payment, "", charge.amount, "134567890123456789"),)


def acts_before_it_writes(engine: Any, facts: tuple[f.Fact, ...]) -> tuple[f.Fact, ...]:
    state = engine.state
    for fact in facts:
        state = evolve(state, fact)
        for command in commands(state, fact):
            engine._outside.do(command)
    return WRITTEN(engine, facts)


def does_not_mind_a_full_disk(engine: Any, facts: tuple[f.Fact, ...]) -> tuple[f.Fact, ...]:
    try:
        return WRITTEN(engine, facts)
    except NotWritten:
        return facts


WRITTEN = engine_module.Engine._written
WRONG_FACTS = (
    (credited_at_escrow, "booked in the box"),
    (without_the_slip, "without a slip"),
    (printed_again_after_a_cut, "comes again unasked"),
    (what_nobody_can_say_is_taken_for_returned, "the journal knows of"),
    (told_again_is_credited_again, "booked in the box"),
    (a_charge_is_repeated_under_a_new_id, "charged"),
)


@pytest.mark.parametrize(("wrong", "because"), WRONG_FACTS)
def test_a_wrong_fact_is_found(wrong: Change, because: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "decide", each_fact(wrong))
    assert because in plays_again(first_violation())


def test_a_second_charge_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "commands", a_charge_is_sent_again)
    assert "sent a second time" in plays_again(first_violation())


@pytest.mark.parametrize("wrong", (acts_before_it_writes, does_not_mind_a_full_disk))
def test_acting_without_the_record_is_found(wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module.Engine, "_written", wrong)
    assert "written" in plays_again(first_violation())


def test_the_command_shows_the_story_of_a_violation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine_module, "decide", each_fact(credited_at_escrow))
    name = first_violation().name
    assert main(["--replay", name]) == 1
    shown = capsys.readouterr().out
    assert "customer    puts in" in shown
    assert "NoteCredited" in shown
    assert f"script/crash --replay {name}" in shown


def test_a_story_that_adds_up_is_no_violation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "1"]) == 0
    assert "0 violations" in capsys.readouterr().out


def first_violation() -> Violation:
    for seed in range(MOST_SEEDS):
        found = explore(seed)
        if found.violations:
            return found.violations[0]
    raise AssertionError(f"a broken rule was not noticed in {MOST_SEEDS} stories")


def plays_again(violation: Violation) -> str:
    again = next(x for x in play(violation.name).violations if x.name == violation.name)
    assert again.what == violation.what
    assert again.story == violation.story
    return again.what
