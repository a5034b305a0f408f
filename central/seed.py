"""A believable town to try things out: six fees, some forty customers and their bills. No real person.

ID numbers have birth years up to 1905 or county codes that are not assigned, with a right check digit;
phone numbers lie in 199-0000-xxxx. The accounts in `STORIES` are the ones that documents and tests name.
"""

from __future__ import annotations

import random
import re
import sqlite3
from datetime import datetime, timedelta, timezone
from typing import Final

from central import editions, fees
from kiosk import codec, pins
from kiosk.money import Money
from kiosk.rules.load import PACKAGED_FEES
from kiosk.rules.numbers import completed

STORIES: Final = (
    ("water", "1002003001", "张建国", ("37.50",)),
    ("water", "1002003002", "李秀英", ("86.20",)),
    ("water", "1002003008", "王德福餐饮店", ("6200.00",)),  # over the fee's limit
    ("water", "1002003009", "陈玉兰", ()),
    ("electricity", "2002003001", "刘志强", ("126.40", "98.75")),
    ("gas", "3002003001", "赵淑珍", ("52.00",)),
    ("property", "40020001", "欧阳文华", ("1280.00",)),
    ("tuition", "500200300100", "周小雨", ("4800.00",)),
    ("admin", "600200300121", "吴永康", ("200.00",)),
    # One person with three accounts in three places, who is let off a part: everything in one payment.
    ("water", "1002003005", "孙桂兰", ("60.00", "40.00")),
    ("electricity", "2002003052", "孙桂兰", ("88.00",)),
    ("gas", "3002003005", "孙桂兰", ("52.50",)),
)
# Prepaid meters that owe nothing: their balances can be topped up.
METERS: Final = (("electricity", "2002003116", "马春梅"), ("gas", "3002003006", "许文彬"))
# Only on a server for practice: what config/training/ speaks of. No ID number is on record for the second.
TRAINING_STORIES: Final = (
    ("tuition", "500200300209", "林小满", ("8600.00",), True),
    ("tuition", "500200300217", "何晨曦", ("3200.00",), False),
)
MARKS: Final = {"孙桂兰": {"low_income": ""}}  # name → what concessions ask for

# number, name, roles, PIN: for the simulated world only; a real office sets its own (`python -m central person`)
DEMO_STAFF: Final = (
    ("1001", "林晓梅", ("attendant",), "271828"),
    ("2001", "高志远", ("supervisor",), "316227"),
    ("3001", "沈佳", ("cashier",), "577215"),
    ("4001", "罗永强", ("recorder",), "141421"),
)
_OTHERS_PER_FEE: Final = {"water": 6, "electricity": 7, "gas": 6, "property": 5, "tuition": 4, "admin": 3}
_AMOUNTS: Final = {  # yuan, from and to
    "water": (18, 160),
    "electricity": (45, 420),
    "gas": (22, 210),
    "property": (420, 2600),
    "tuition": (1200, 4900),
    "admin": (5, 260),
}
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
_GIVEN: Final = (
    "伟民",
    "桂英",
    "丽华",
    "国栋",
    "秀兰",
    "海燕",
    "志明",
    "春梅",
    "永福",
    "雪",
    "思远",
    "静",
    "建平",
    "玉珍",
    "浩",
)
_COUNTIES: Final = ("110199", "310199", "440199", "510199", "330199", "420199", "610199", "370199")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SITE_ZONE: Final = timezone(timedelta(hours=8))


def seed(db: sqlite3.Connection, now_ms: int, training: bool = False) -> bool:
    """Fills an empty database; False, and nothing touched, when there are fees already."""
    if db.execute("SELECT 1 FROM fee").fetchone():
        return False
    rules = fees.set_fees(db, PACKAGED_FEES)
    dice = random.Random(20261001)  # the same town each time
    today = datetime.fromtimestamp(now_ms / 1000, _SITE_ZONE)
    identities: dict[str, str] = {}
    for fee, account, name, amounts in STORIES:
        identity = identities.setdefault(name, _identity(dice))
        fens = [Money.yuan(amount).fen for amount in amounts]
        _customer(db, dice, today, fee, account, name, fens, identity, MARKS.get(name, {}))
    for place, rule in enumerate(rules):
        fee, check, digits = rule.id, rule.account_check, rule.account_digits[1]
        body_digits = digits - len(completed(check, "0")) + 1
        for n in range(_OTHERS_PER_FEE[fee]):
            first = "123456"[place]
            body = first + f"{8 + n:0{digits - 5}d}" + f"{dice.randrange(10_000):04d}"
            account = completed(check, body[:body_digits])
            low, high = _AMOUNTS[fee]
            fens = [dice.randrange(low * 100, high * 100, 5) for _ in range(dice.choice((0, 1, 1, 1, 2)))]
            name = dice.choice(_SURNAMES) + dice.choice(_GIVEN)
            _customer(db, dice, today, fee, account, name, fens, _identity(dice), {})
    for fee, account, name in METERS:
        _customer(db, dice, today, fee, account, name, [], _identity(dice), {})
    for fee, account, name, amounts, known in TRAINING_STORIES if training else ():
        fens, identity = [Money.yuan(amount).fen for amount in amounts], _identity(dice) if known else ""
        _customer(db, dice, today, fee, account, name, fens, identity, {})
    for number, person, roles, pin in DEMO_STAFF:
        set_person(db, number, person, roles, pin)
    return True


def set_person(
    db: sqlite3.Connection, number: str, name: str, roles: tuple[str, ...], pin: str, site: str = ""
) -> None:
    """New, or with new roles and PIN. Raises ValueError for a number that nobody can type at a kiosk, nobody's name, no
    role, a weak PIN; the PIN itself is kept nowhere."""
    if not re.fullmatch("[0-9]{3,8}", number):
        raise ValueError(f"person {number!r}: a number has 3 to 8 digits, as it is typed at the kiosk")
    if not name.strip() or not name.isprintable():
        raise ValueError(f"person {number}: write the name too")
    if not roles:
        raise ValueError(f"person {number}: give at least one --role, or --gone")
    why = pins.weak(pin, number)
    if why:
        raise ValueError(f"person {number}: weak PIN: {why}; choose another")
    db.execute(
        "INSERT INTO person (number, site, name, roles, pin, badges_from_ms) VALUES (?, ?, ?, ?, ?, 0)"
        " ON CONFLICT (number) DO UPDATE"
        " SET site = excluded.site, name = excluded.name, roles = excluded.roles, pin = excluded.pin",
        (number, site, name, codec.encode(roles).decode(), pins.verifier(pin)),
    )


def person_left(db: sqlite3.Connection, number: str, now_ms: int) -> bool:
    """The number stays, so that no badge of before is good for who gets it next. False: there is no such person."""
    done = db.execute(
        "UPDATE person SET roles = '[]', pin = '', badges_from_ms = ? WHERE number = ?", (now_ms + 1, number)
    )
    editions.change(db)
    return bool(done.rowcount)


def _customer(
    db: sqlite3.Connection,
    dice: random.Random,
    today: datetime,
    fee: str,
    account: str,
    name: str,
    amounts: list[int],
    identity: str,
    marks: dict[str, str],
) -> None:
    contact = f"1990000{dice.randrange(10_000):04d}"
    customer = db.execute(
        "INSERT INTO customer (fee, account, name, identity, contact, marks) VALUES (?, ?, ?, ?, ?, ?)",
        (fee, account, name, identity, contact, codec.encode(marks).decode()),
    ).lastrowid
    for n, fen in enumerate(amounts):
        # The newest bill is last month's and soon due; one more that is open is older, and overdue.
        month, due = today.replace(day=1) - timedelta(days=1), today + timedelta(days=10)
        for _ in range(len(amounts) - 1 - n):
            month, due = month.replace(day=1) - timedelta(days=1), due - timedelta(days=30)
        due = due.replace(hour=23, minute=59, second=59, microsecond=0)
        db.execute(
            "INSERT INTO bill (number, customer, period, amount_fen, due_ms, region) VALUES (?, ?, ?, ?, ?, ?)",
            (
                f"{fee[0].upper()}{month:%Y%m}{customer:06d}", customer, f"{month:%Y-%m}", fen,
                int(due.timestamp() * 1000), dice.choice(("东湖街道", "南门社区", "新华路", "滨江新村")),
            ),
        )  # fmt: skip


def _identity(dice: random.Random) -> str:
    body = f"{dice.choice(_COUNTIES)}{dice.randrange(1936, 2004)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
    body += f"{dice.randrange(1, 1000):03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]
