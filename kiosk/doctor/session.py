"""One guided examination from the first question to the two files of its report."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from hardware.shelf import build
from kiosk import SOFTWARE, site
from kiosk.contract import Language
from kiosk.doctor import machine
from kiosk.doctor.checks import TOKEN, checks
from kiosk.doctor.examination import Identity, Result
from kiosk.doctor.guided import MARKS, Guided, outcome_line
from kiosk.doctor.report import Finding, Report, Verdict, report
from kiosk.doctor.words import Words
from kiosk.identity import NotEnrolled, load_identity
from kiosk.journal.store import JOURNAL_FILE
from kiosk.simulation import simulated

UNTOLD: Final = "?"  # somebody who would not say who they are


class NotNow(Exception):
    """The devices are in other hands; the text says what to do."""


def guide(
    state: Path,
    config: Path,
    run: Path,
    devices_at: Path | None,
    server: str | None,
    *,
    language: Language,
    by: str,
    report_at: Path | None,
    note_unsettled: Callable[[], bool],
    lines: Iterable[str],
    tell: Callable[[str], None],
) -> int:
    """0 only if the kiosk is ready. Raises NotNow while the core runs, BadConfiguration; NotEnrolled never: a kiosk
    may be tested before it is enrolled."""
    words = Words(language)
    if machine.core_runs(run):
        raise NotNow(words("doctor.core_runs"))
    plan = site.load(config)
    plan = simulated(plan, devices_at) if devices_at else plan
    typed = iter(lines)
    tell(words("doctor.welcome"))
    by = by or _who(typed, words, tell)
    began = datetime.now(UTC)
    findings = machine.surroundings(plan, state, server, may_be_ram=plan.simulated)
    findings.append(_journal(state))
    for finding in findings:
        for line in _finding(finding):
            tell(line)
    away = _not_to_be_touched(state, note_unsettled, words)
    shelf = build(plan.devices)
    if away:
        shelf = replace(shelf, acceptor=None)
    token = TOKEN + secrets.token_hex(4)
    examination = Guided(plan, shelf, words, tell).walk(checks(plan.devices, token), token, typed, away)
    made = report(
        examination,
        findings,
        kiosk=_kiosk(state),
        software=SOFTWARE,
        by=by,
        began=began.isoformat(timespec="seconds"),
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    text = as_text(made, words)
    tell("")
    tell(text)
    _write(made, text, report_at or state / f"readiness-{began:%Y%m%d-%H%M%S}", words, tell)
    return 0 if made.verdict is Verdict.READY else 1


def _who(typed: Iterator[str], words: Words, tell: Callable[[str], None]) -> str:
    tell(words("doctor.who"))
    return next(typed, UNTOLD).strip() or UNTOLD


def _journal(state: Path) -> Finding:
    found = machine.journal(state)
    try:
        load_identity(state)
    except NotEnrolled:  # a kiosk is tested before it is enrolled, too: nothing is wrong with its journal
        return replace(found, what="enrolment")
    return found


def _not_to_be_touched(state: Path, note_unsettled: Callable[[], bool], words: Words) -> dict[str, str]:
    """A note that the journal has not settled is settled by the core, which asks the unit about it. Whatever we
    said to the unit first might end what it remembers."""
    if not (state / JOURNAL_FILE).exists():
        return {}
    return {"acceptor": words("doctor.unsettled")} if note_unsettled() else {}


def _kiosk(state: Path) -> str:
    try:
        return load_identity(state).kiosk
    except NotEnrolled:
        return ""


# ---------------------------------------------------------------------------------------------------
# The report on paper


def as_text(made: Report, words: Words) -> str:
    without = ", ".join(made.without)
    lines = [words(f"doctor.verdict_{made.verdict.value}", without=without)]
    lines += [f"!!!! {words(alarm.says)} {alarm.detail}".rstrip() for alarm in made.alarms]
    lines.append(
        f"{made.kiosk or '-'} · {made.began} – {made.ended} · {words('doctor.by')} {made.by} · {made.software}"
    )
    for finding in made.machine:
        lines += _finding(finding)
    for device in made.devices:
        name = words(f"doctor.device_{device.device}")
        lines.append(f"{name} ({device.device}): {Identity(device.identity, device.serial_number)}".rstrip())
        lines += [f"  {outcome_line(step, words)}" for step in device.steps]
    if made.missing:
        lines.append(f"{words('doctor.missing')} {', '.join(made.missing)}")
    return "\n".join(lines)


def _finding(finding: Finding) -> list[str]:
    told = f"{MARKS[Result.GOOD if finding.good else Result.BAD]} {finding.what}: {finding.says}"
    return [told] if finding.good else [told, f"       → {finding.do}"]


def _write(made: Report, text: str, at: Path, words: Words, tell: Callable[[str], None]) -> None:
    stem = at.with_suffix("") if at.suffix in (".txt", ".json") else at
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".txt").write_text(text + "\n", encoding="utf-8")
    stem.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(made)) + b"\n")
    tell(words("doctor.written", path=str(stem.with_suffix(".txt"))))
