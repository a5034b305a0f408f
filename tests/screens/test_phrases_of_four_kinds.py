"""Four kinds of sentences: greeting, explaining, apologising, guiding. One that apologises says what happened,
whether money was taken, what to do, and who helps; no sentence stands anywhere but in the phrase files."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from kiosk.contract import Language
from screens import samples
from screens.words import PHRASES, Words

PROJECT = Path(__file__).parent.parent.parent
KINDS: dict[str, list[str]] = tomllib.loads((PHRASES / "kinds.toml").read_text("utf-8"))
LANGUAGES = list(Language)
MONEY = {
    Language.ZH: re.compile(
        r"没有扣|没有算钱|不用|退回|退给|凭条|款已|款项|有记录|记录|安全|不会多收|一分|钱"
    ),
    Language.EN: re.compile(
        r"[Nn]othing (charged|to pay)|not counted|came back|slip|paid|safe|record|money|takes? no"
    ),
}
REMEDY = {
    Language.ZH: re.compile(r"请|可以|凭"),
    Language.EN: re.compile(
        r"\b([Pp]lease|[Tt]ry|[Gg]o |[Aa]sk|[Tt]ake|[Uu]se|[Rr]efresh|[Cc]hoose|[Oo]pen|[Ss]ee|[Cc]all|[Ss]how"
        r"|[Pp]rint|[Ll]eave|[Nn]ote the|[Gg]et|[Tt]ype|[Ff]latten|[Ss]can|[Pp]hotograph|[Ss]lip)"
    ),
}
BLAME = {
    Language.ZH: re.compile(r"错误|非法|失败|异常|无效|您没有|操作不当"),
    Language.EN: re.compile(
        r"\b(error|invalid|illegal|failed|failure of|you did not|incorrect|exception)\b", re.I
    ),
}


def fits(key: str, kind: str) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in KINDS[kind])


def kind(key: str) -> str:
    return next((k for k in ("greeting", "apologising", "guiding") if fits(key, k)), "explaining")


KEYS = sorted(Words(Language.ZH).phrases)
APOLOGIES = [key for key in KEYS if kind(key) == "apologising"]


def text(key: str, language: Language) -> str:
    return Words(language).phrases[key].replace("|", "")


def test_every_pattern_means_a_phrase_and_every_kind_is_there() -> None:
    patterns = [pattern for patterns in KINDS.values() for pattern in patterns]
    assert [p for p in patterns if not any(fnmatchcase(key, p) for key in KEYS)] == []
    assert {kind(key) for key in KEYS} == {"greeting", "explaining", "apologising", "guiding"}
    assert len(APOLOGIES) > 50


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.value)
def test_an_apology_says_whether_money_was_taken(language: Language) -> None:
    silent = [key for key in APOLOGIES if not fits(key, "money_on_the_page")]
    assert [key for key in silent if not MONEY[language].search(text(key, language))] == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.value)
def test_an_apology_says_what_to_do(language: Language) -> None:
    without = [key for key in APOLOGIES if not fits(key, "remedy_on_the_page")]
    assert [key for key in without if not REMEDY[language].search(text(key, language))] == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.value)
def test_an_apology_says_what_happened_and_blames_nobody(language: Language) -> None:
    for key in APOLOGIES:
        words = text(key, language)
        assert not BLAME[language].search(words), (key, words)
        clauses = [part for part in re.split(r"[，。；：,.;:!？?]", words) if part.strip()]
        assert len(clauses) >= 2, f"{key} says only one thing: {words}"


def test_every_problem_that_the_core_can_say_apologises_or_guides() -> None:
    """What stands in a notice of a problem: found in the code, so that a new one can not be forgotten."""
    said = {
        key
        for path in sorted((PROJECT / "kiosk" / "flow").rglob("*.py"))
        for key in _arguments(path, "EntryRefused", "Message")
    }
    assert said and [key for key in sorted(said) if kind(key) not in ("apologising", "guiding")] == []


def test_where_the_page_shows_the_money_it_does() -> None:
    """What `money_on_the_page` promises: the samples are what the core sends."""
    for name in ("claim", "receipt_perhaps", "unknown"):
        page = samples.PAGES[name][0](Language.ZH)
        assert page.amount.fen > 0  # type: ignore[union-attr]
    assert samples.PAGES["help_offer_money"][0](Language.ZH).inside is not None  # type: ignore[union-attr]


def _arguments(path: Path, outer: str, inner: str) -> Iterator[str]:
    """Constant keys in `Outer(Inner("key"))`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == outer and node.args:
            call = node.args[0]
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == inner:
                first = call.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


# ---------------------------------------------------------------------------------------------------
# No sentence outside of the phrase files

HANZI = re.compile(r"[一-鿿]")
DRAWS = {"text", "notice", "press", "ink_text", "alone", "Act", "stacked"}  # what puts words on the glass
NOT_SCREENS = ("cabinet", "samples", "voice")  # the cabinet has phrases of its own; samples invent persons
PUNCTUATION = re.compile(r"[一-鿿]{2,}")


def _screen_files() -> list[Path]:
    files = [*(PROJECT / "screens").rglob("*.py"), *(PROJECT / "kiosk").glob("present*.py")]
    return [f for f in files if not any(part in f.as_posix() for part in NOT_SCREENS)]


def _strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Without docstrings."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node


def test_no_chinese_words_stand_in_the_code_of_the_screens() -> None:
    found = [
        f"{path.name}:{node.lineno}: {node.value}"
        for path in _screen_files()
        for node in _strings(ast.parse(path.read_text("utf-8")))
        if PUNCTUATION.search(node.value)
    ]
    assert found == []


def test_nothing_is_drawn_that_is_not_a_phrase_or_a_value() -> None:
    """Constant words in a call that draws; names of buttons, roles and icons are single lower-case words."""
    found = []
    for path in _screen_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in DRAWS:
                continue
            given = [*node.args, *(k.value for k in node.keywords if k.arg in ("label", "spoken", "text"))]
            for argument in given:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    words = argument.value
                    if HANZI.search(words) or re.search(r"[A-Z][a-z]|[a-z] [a-z]", words):
                        found.append(f"{path.name}:{node.lineno}: {words}")
    assert found == []
