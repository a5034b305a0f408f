"""A wrong rule stops the start with a sentence: file, line, key, and what to write instead."""

import re
import shutil

import msgspec
import pytest

from kiosk import site
from kiosk.rules.fee import Concession, Fee, LateFee, Prepay

OFFER = """
[[fee.concession]]
id = "offer"
name = { zh = "优惠", en = "Offer" }
why = { zh = "因", en = "because" }
missing = { zh = "缺", en = "missing" }
"""
AID = 'mark = "student_in_need"'  # the last line of the one concession of tuition
WATER = 'share_off = "10%"\nmark = "low_income"'

# what stands in the packaged file, what somebody writes there, the key, what the sentence says
WRONG = [
    ('limit_yuan = "5000.00"\n', "", "fee[0]", "`limit_yuan` is missing: add it, yuan in quotes"),
    ('limit_yuan = "5000.00"', 'limit_yuan = "0.00"', "fee[0].limit_yuan", "needs a limit above 0.00"),
    ('limit_yuan = "5000.00"', 'limit_yuan = "-5.00"', "fee[0].limit_yuan", "two decimals and no sign"),
    ('limit_yuan = "5000.00"', 'limit_yuan = "5000.001"', "fee[0].limit_yuan", "exactly two decimals"),
    ('limit_yuan = "5000.00"', "limit_yuan = 5000.001", "fee[0].limit_yuan", "stands 5000.001; write yuan in quotes"),
    ('yuan_off = "8.00"', 'yuan_off = "8.005"', "fee[1].concession[0].yuan_off", "exactly two decimals"),
    ('yuan_off = "8.00"', 'yuan_off = "0.00"', "fee[1].concession[0].yuan_off", "above 0.00"),
    (WATER, 'share_off = "0%"\nmark = "x"', "fee[0].concession[0].share_off", "above 0%"),
    (WATER, 'share_off = "100.0001%"\nmark = "x"', "fee[0].concession[0].share_off", "at most 100%"),
    (WATER, 'share_off = "0.1"\nmark = "x"', "fee[0].concession[0].share_off", "a percentage"),
    (WATER, 'share_off = "10%"', "fee[0].concession[0].id", "no condition: everybody"),
    (WATER, 'mark = "low_income"', "fee[0].concession[0].id", "exactly one of share_off"),
    (WATER, WATER + '\nuntil = "2026-02-30"', "fee[0].concession[0].until", "no calendar has the day"),
    (WATER, WATER + '\nuntil = "30.06.2026"', "fee[0].concession[0].until", 'such as "2026-12-31"'),
    (WATER, WATER + '\nsince = "2026-07-01"\nuntil = "2026-06-30"', "fee[0].concession[0].until", "before since"),
    (WATER, WATER + '\nat_least_yuan = "5000.01"', "fee[0].concession[0].at_least_yuan", "above the limit"),
    (WATER, WATER + '\nexcludes = ["nobody"]', "fee[0].concession[0].excludes", "no other concession of water"),
    (WATER, WATER + OFFER + 'share_off = "20%"\nmark = "low_income"', "fee[0].concession[1].id",
     "offer contradicts low_income: the same conditions promise two different things"),
    (WATER, WATER + OFFER + 'yuan_off = "5.00"\nmark = "low_income"', "fee[0].concession[1].id", "contradicts"),
    (WATER, WATER + OFFER + 'share_off = "95%"\nmark = "veteran"', "fee[0].concession[1].share_off",
     "together they let off more than the bill"),
    (WATER, WATER + OFFER.replace("offer", "low_income") + 'share_off = "2%"\nmark = "y"',
     "fee[0].concession[0].id", "twice"),
    (WATER, WATER + OFFER + 'waives_late_fee = true\nmark = "y"\ndays_before_due = 0',
     "fee[0].concession[1].days_before_due", "who pays before the due day owes no late fee"),
    (AID, AID + OFFER + 'waives_late_fee = true\nmark = "y"', "fee[4].concession[1].waives_late_fee",
     "this fee has no late fee"),
    ('daily_rate = "0.05%"', 'daily_rate = "0%"', "fee[0].late.daily_rate", "take the table"),
    ('cap = "100%"', 'cap = "101%"', "fee[0].late.cap", "at 100%"),
    ("grace_days = 5", "grace_days = -1", "fee[0].late.grace_days", "at least 0"),
    ('overpaid = "refuse"\noverpaid_limit_yuan = "0.00"', 'overpaid = "refuse"\noverpaid_limit_yuan = "9.00"',
     "fee[5].overpaid_limit_yuan", "write 0.00"),
    ('least_yuan = "10.00"', 'least_yuan = "0.00"', "fee[1].prepay.least_yuan", "above 0.00"),
    ('least_yuan = "10.00"', 'least_yuan = "60.00"', "fee[1].prepay.amounts_yuan", "between least_yuan and"),
    ('"500.00"]', '"5000.01"]', "fee[1].prepay.amounts_yuan", "not in whole yuan"),
    ('"500.00"]', '"6000.00"]', "fee[1].prepay.amounts_yuan", "between least_yuan and limit_yuan"),
    ('"200.00", "500.00"]', '"500.00", "200.00"]', "fee[1].prepay.amounts_yuan", "the smallest first"),
    ('"500.00"]', '"-500.00"]', "fee[1].prepay.amounts_yuan[3]", "no sign"),
    ("account_groups = [4, 4, 2]", "account_groups = [4, 4]", "fee[0].account_groups", "the 10 digits"),
    ('account_check = "none"', 'account_check = "crc"', "fee[0].account_check", "crc"),
    ('seal = "示例市自来水有限公司 收费专用章"', 'seal = " "', "fee[0].seal", "not empty, without control"),
    ('biller = "示例市自来水有限公司"', 'biller = "a\\u0000b"', "fee[0].biller", "not empty, without control"),
    (WATER, 'share_off = "10%"\nmark = "low income"', "fee[0].concession[0].mark", "one word without blanks"),
    ('merge = "home"', 'merge = " "', "fee[0].merge", "one word without blanks"),
    ('overpaid_limit_yuan = "100.00"', 'overpaid_limit_yuan = "5000.01"', "fee[0].overpaid_limit_yuan",
     "above the limit of one payment"),
    ('yuan_off = "8.00"', 'yuan_off = "5000.01"', "fee[1].concession[0].yuan_off", "at most the limit"),
    ('daily_rate = "0.05%"', 'daily_rate = "100.0001%"', "fee[0].late.daily_rate", "more than the cap, 100%"),
    ('id = "water"', f'id = "{"w" * 41}"', "fee[0].id", "at most 40 letters"),
    ('limit_yuan = "5000.00"', 'limit_yuan = "5000.00\\n"', "fee[0].limit_yuan", "exactly two decimals"),
    ('receipt = "invoice"', 'receipt = "paper"', "fee[0].receipt", "paper"),
    ('verify = ["name"]', 'verify = ["shoe"]', "fee[0].verify[0]", 'one of "name", "identity", "period"'),
    ('"G(?P<account>', '"W(?P<account>', "fee[2].bill_codes", "stands at water, too"),
]  # fmt: skip


@pytest.mark.parametrize("right, wrong, key, says", WRONG, ids=[f"{w[2]} {w[3]}" for w in WRONG])
def test_the_sentence_names_file_line_key_and_remedy(tmp_path, right, wrong, key, says):
    text = (site.PACKAGED / "fees.toml").read_text()
    assert right in text
    changed = text.replace(right, wrong, 1)
    (tmp_path / "fees.toml").write_text(changed)
    with pytest.raises(site.BadConfiguration) as error:
        site.load(tmp_path)
    said = str(error.value)
    assert f"{tmp_path / 'fees.toml'}, line " in said and f"key `{key}`" in said and says in said
    line = int(said.split(", line ")[1].split(":")[0])
    last = key.rsplit(".", 1)[-1].split("[")[0]
    assert last in changed.splitlines()[line - 1]


@pytest.mark.parametrize("table", [Fee, LateFee, Prepay, Concession], ids=lambda table: table.__name__)
def test_the_first_lines_of_the_file_explain_each_key(table):
    head = (site.PACKAGED / "fees.toml").read_text().partition("[[fee]]\n")[0]
    for field in msgspec.structs.fields(table):
        assert re.search(rf"^#.*\b{field.encode_name}\b", head, re.MULTILINE), field.encode_name


def test_two_offers_that_never_meet_do_not_contradict_each_other(tmp_path):
    """The same promise for the same people, in one month and in the next."""
    text = (site.PACKAGED / "fees.toml").read_text()
    offer = OFFER + 'share_off = "20%"\nmark = "low_income"\nsince = "2027-01-01"'
    (tmp_path / "fees.toml").write_text(text.replace(WATER, WATER + '\nuntil = "2026-12-31"' + offer, 1))
    assert [c.id for c in site.load(tmp_path).fee("water").concession] == ["low_income", "offer"]


def test_one_of_two_that_exclude_each_other_may_promise_more(tmp_path):
    text = (site.PACKAGED / "fees.toml").read_text()
    offer = OFFER + 'share_off = "20%"\nmark = "low_income"\nexcludes = ["low_income"]'
    (tmp_path / "fees.toml").write_text(text.replace(WATER, WATER + offer, 1))
    assert site.load(tmp_path)


def test_a_folder_that_has_only_some_files_takes_the_rest_from_the_package(tmp_path):
    shutil.copy(site.PACKAGED / "fees.toml", tmp_path)
    assert site.load(tmp_path).fees == site.load(None).fees
