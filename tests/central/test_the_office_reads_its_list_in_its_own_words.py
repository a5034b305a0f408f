"""What a line of the office's list is about is said in Chinese, whoever wrote it: server or kiosk."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import central
import kiosk
from central.office.words import WORDS, detail, named
from hardware.contracts import Trouble

PLACES = {"problem": 2, "note": 4, "note_once_open": 4, "BrokenBatch": 0}  # function → which argument says it
FROM_KIOSKS = {
    "beat.parted",
    "beat.broken",
}  # the first is upload.py's, below; the second what the system said
PLACE = "W1 (record W1)"  # what the pen adds to each sentence
PACKAGED = Path(kiosk.__file__).parent.parent / "config"


def _text(said: ast.expr) -> str | None:
    """With W1 for what is quoted."""
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        return said.value
    if isinstance(said, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "W1" for part in said.values)
    return None


def _sentences(path: Path) -> Iterator[str]:
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names = {
            target.id: text
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and (text := _text(node.value))
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if not isinstance(call, ast.Call):
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called not in PLACES or len(call.args) <= PLACES[called]:
                continue
            said = call.args[PLACES[called]]
            text = _text(said) or names.get(ast.unparse(said), "")
            if text:
                yield text


SERVER = Path(central.__file__).parent
WRITTEN = sorted(
    {
        text
        for path in (*SERVER.glob("*.py"), *(SERVER / "dock").glob("*.py"))
        for text in _sentences(path)
        if re.search("[a-z]{3}", text) and text != PLACE
    }
)


def test_enough_sentences_are_found_to_be_all_of_them() -> None:
    assert len(WRITTEN) > 35


@pytest.mark.parametrize("written", WRITTEN)
def test_each_sentence_that_the_server_writes_has_its_other_half(written: str) -> None:
    for text in (written, f"{written} (record 1/12)"):
        said = detail(text, "zh")
        assert not re.search("[a-z]{3}", said) and written.count("W1") == said.count("W1"), said
        assert detail(text, "en") == text


READ = [  # what stands in the list, what the office reads
    ("paid bill M1 (water) is not known here (record 1/52)", "已缴账单 M1（water）不在本服务器（记录 1/52）"),
    ("slip K0001-C000003, unknown amount: pulses_cut (record 1/9)",
     "凭条 K0001-C000003，金额不明：纸币清点中途被打断（记录 1/9）"),
    ("A00000001 is not printed: seal, stub (record 1/9)", "A00000001 未打印，没有通过的是：印章、存根联（记录 1/9）"),
    ("K0001-H000001: given and taken by one person; some of it was handed over before (record 1/9)",
     "K0001-H000001：交接双方是同一人、有一部分已经交接过（记录 1/9）"),
    ("door opened, and nobody was signed in (record 1/210)", "柜门被打开，当时没有人登录（记录 1/210）"),
    ("wrong PIN for an unknown number (record 1/20)", "工号 不存在的工号 的密码输错（记录 1/20）"),
    ("block 2, A1000 to 1009: overlap (record 1/7)", "票号段 2（A1000 至 1009）：与已有号段重叠（记录 1/7）"),
    ("the server acknowledged 9 records of this journal, which ends at 5: its tail was cut off, or an old copy of the"
     " card was put back", "服务器已确认这份日志的 9 条记录，而它只到 5：尾部被删除，或放回了旧存储卡"),
    ("journal.db: disk I/O error", "journal.db：disk I/O error"),
    ("K0001-V000001: 等得太久", "K0001-V000001：等得太久"),
]  # fmt: skip


@pytest.mark.parametrize("written, read", READ, ids=[row[0][:30] for row in READ])
def test_what_it_quotes_is_put_into_words_too(written: str, read: str) -> None:
    assert detail(written, "zh") == read


def test_the_kiosks_own_sentences_about_a_parted_journal_are_known() -> None:
    source = (Path(kiosk.__file__).parent / "upload.py").read_text()
    said = [text for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Return) and node.value
            if (text := _text(node.value)) and "journal" in text]  # fmt: skip
    assert len(said) == 2
    for text in said:
        assert not re.search("[a-z]{3}", detail(text, "zh")), detail(text, "zh")


def test_reasons_causes_troubles_and_doubts_have_a_word() -> None:
    office = tomllib.loads((PACKAGED / "office.toml").read_text())
    phrases = tomllib.loads((PACKAGED / "phrases" / "zh.toml").read_text())
    keys = {f"reason_{one['id']}" for one in office["approval"]["reason"]}
    keys |= {f"cause_{one['id']}" for one in office["cause"]}
    keys |= {f"why_{one.value}" for one in Trouble}
    keys |= {
        key for table in phrases.values() for key in table if key.startswith("why_") and key != "why_keys"
    }
    assert len(keys) > 30 and keys <= set(WORDS), sorted(keys - set(WORDS))
    assert named("shelf_9", "about_", "zh") == "shelf_9", "what nobody has a word for is named as it is"
