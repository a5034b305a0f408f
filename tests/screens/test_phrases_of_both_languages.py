"""Every word that a customer reads stands in both files, and asks for the same values."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from hardware.contracts import CodeRefusedBecause
from hardware.terminals.contract import DeclinedBecause, Step
from kiosk import site
from kiosk.contract import (
    Banner,
    CheckAnswer,
    CheckItem,
    Contrast,
    Language,
    Message,
    PaperStage,
    Rating,
    Tender,
    TextSize,
)
from kiosk.deeds import DEEDS
from kiosk.doctor.checks import checks
from kiosk.doctor.report import Verdict
from kiosk.facts.office import Sort
from kiosk.flow.state import Act, NoteStage, Stage
from kiosk.flow.till import ways
from kiosk.parcels import Role
from kiosk.present.faults import KINDS
from kiosk.present.help import HOW
from kiosk.rules.exceptions import Severity
from kiosk.rules.fee import Overpaid, Verify
from kiosk.rules.office import Point
from kiosk.rules.sums import Because
from kiosk.simulation import simulated
from screens.words import Words

PROJECT = Path(__file__).parent.parent.parent


def values_of(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


def test_same_keys_and_same_values() -> None:
    zh, en = (Words(language).phrases for language in (Language.ZH, Language.EN))
    assert sorted(zh) == sorted(en)
    assert {key: values_of(zh[key]) for key in zh} == {key: values_of(en[key]) for key in en}


def keys_in(folder: Path, call: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Constant keys in calls such as `Message("cash.insert")`, with the file that says them."""
    for path in sorted(folder.rglob("*.py")):
        if "cabinet" in path.parts:  # has phrases of its own
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name != call:
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield prefix + argument.value, path.name
                    break


@pytest.mark.parametrize(
    ("folder", "call", "prefix"),
    [
        ("kiosk", "Message", ""),
        ("kiosk", "button", "button."),
        ("screens", "say", ""),
        ("screens", "Message", ""),
    ],
)
def test_every_key_in_the_code_has_a_phrase(folder: str, call: str, prefix: str) -> None:
    phrases = Words(Language.ZH).phrases
    keys = [(key, file) for key, file in keys_in(PROJECT / folder, call, prefix) if file != "contract.py"]
    assert [pair for pair in keys if pair[0] not in phrases] == []
    assert keys


def test_every_value_of_the_contract_has_its_words() -> None:
    phrases = Words(Language.EN).phrases
    wanted = [
        *(f"banner.{x.value}" for x in Banner),
        *(f"check.{x.value}" for x in CheckItem),
        *(f"tender.{x.value}.name" for x in Tender),
        *(f"settings.size.{x.value}" for x in TextSize),
        *(f"settings.contrasts.{x.value}" for x in Contrast),
        *(f"settings.languages.{x.value}" for x in Language),
    ]
    assert [key for key in wanted if key not in phrases] == []


def test_money_and_values_are_filled_in() -> None:
    words = Words(Language.ZH)
    assert "¥120.05" in words.message(Message("cash.stop_change", {"inserted_fen": 12005}))


@pytest.mark.parametrize(
    ("language", "shown"), [(Language.ZH, "打印机、刷卡机"), (Language.EN, "Printer, Card terminal")]
)
def test_names_of_devices_come_in_the_language_of_the_page(language: Language, shown: str) -> None:
    message = Message("desk.devices_lost", {"devices_keys": "doctor.device_printer doctor.device_terminal"})
    assert shown in Words(language).message(message)


def test_a_missing_phrase_shows_its_key_and_breaks_nothing() -> None:
    words = Words(Language.ZH)
    assert words.text("no.such.phrase") == "[no.such.phrase]"
    assert "{digits}" in words.text("account.digits_missing")


CHECKS = checks(simulated(site.load(None), Path()).devices, "")
# Keys that the core puts together: the first part stands in its code, the second comes from a set of names.
FAMILIES: dict[str, Iterable[str]] = {
    "code.": (because.value for because in CodeRefusedBecause),
    "code.declined_": (
        "code_used",
        "code_expired",
        "no_funds",
        "limit",
        "wrong_code",
        "other",
        "never",
        "not_sent",
    ),
    **{f"check.{how}_": tuple(item.value for item in Verify) for how in ("wrong", "unknown")},
    "check.lacks_": (
        because.value for because in Because if because not in (Because.NOTHING_LATE, Because.OVER)
    ),
    "card.": ("starting", *(step.value for step in Step if step is not Step.WAIT)),
    "card.declined_": (*(because.value for because in DeclinedBecause), "other"),
    "cash.note_": (stage.value for stage in NoteStage),
    "cash.": ("no_payment", "stopping", "paid_already", "not_now", "too_large"),
    "pay_by.overpaid_": (rule.value for rule in Overpaid),
    "claim.because_": ("change_owed", "receipt_void", "note_doubtful", "charge_doubtful", "charge_unknown"),
    "receipt.": (stage.value for stage in PaperStage if stage is not PaperStage.NOT_PRINTED),
    "claim.": (stage.value for stage in PaperStage if stage is not PaperStage.NOT_PRINTED),
    "receipt.not_printed_": ("away", "no_paper", "cover", "ready", "failed"),
    "claim.not_printed_": ("away", "no_paper", "cover", "ready", "failed"),
    "desk.do_": (
        *(
            "answer_call",
            "end_call",
            "next",
            "sign_in",
            "sign_out",
            "day",
            "collect",
            "items",
            "papers",
            "look",
            "count",
            "count_all",
        ),
        *("count_right", "done", "print", "open_day", "close_day", "devices"),
        *("open_all_the_same", "choose", "bags", "hand_over", "exceptions", "close", "void"),
        *(f"{sort.value}_{how.value}" for sort in Sort for how in ways(sort)),
    ),
    "desk.": (act.value for act in Act),
    "desk.role_": (role.value for role in Role),
    "desk.item_": (sort.value for sort in Sort),
    "desk.waits_": (stage.value for stage in Stage),
    "thanks.rating_": (rating.value for rating in Rating),
    "say.": ("kept", "printing", "printed"),
    "help.because_": ("wrong_entries", "no_progress"),
    **{f"help.how_{stage.value}_": ("1", "2", "3") for stage in HOW},
    "desk.paper_": ("receipt", "claim", "opinion", "collection", "hand_over", "day"),
    "desk.severity_": (severity.value for severity in Severity),
    "desk.deed_": (name for name, _ in DEEDS.values()),
    "desk.point_": (f"{point.value}_good" for point in Point),
    "desk.why_": (
        *(
            "change_owed",
            "receipt_void",
            "counted",
            "taken_without_intent",
            "another_note",
            "taken_against_order",
        ),
        *(
            "outcome_unknown",
            "counter_differs",
            "acceptor_away",
            "another_amount",
            "charged_although_not_sent",
            "another_transaction",
            "another_currency",
            "another_terminal",
            "several_since",
        ),
    ),
    "doctor.": (
        *(check.name for check in CHECKS),
        *(f"device_{check.device}" for check in CHECKS),
        *(f"trouble_{kind}" for kind in KINDS),
        *(f"{first}_{verdict.value}" for first in ("short", "verdict") for verdict in Verdict),
        *(
            "keys_bad",
            "keys_asked",
            "keys_waiting",
            "skipped",
            "stopped",
            "away",
            "nothing_printed",
            "no_escrow",
        ),
        *("person_says_no", "too_late", "it_says", "note_kept", "another_code", "pushed_back", "unreadable"),
        *("alarm_note", "alarm_old_note", "alarm_box", "not_while_broken", "core_runs", "unsettled"),
    ),
    "doctor.do_": ("test", "all", "go_on", *(a.value for a in CheckAnswer if a is not CheckAnswer.STOP)),
    "receipt.tick.": ("seal", "figures_capitals", "customer", "fee", "stub", "good", "bad"),
}


@pytest.mark.parametrize("first", FAMILIES)
def test_every_key_that_is_put_together_has_a_phrase(first: str) -> None:
    phrases = Words(Language.ZH).phrases
    assert [first + second for second in FAMILIES[first] if first + second not in phrases] == []
