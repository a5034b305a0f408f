"""A wrong value stops the start with a sentence: file, line, key, what was expected."""

import shutil

import pytest

from kiosk import site

WRONG = [
    (
        "fees.toml",
        'limit_yuan = "5000.00"',
        "limit_yuan = 5000",
        r"fee\[0\]\.limit_yuan.*Expected `str`",
    ),
    ("fees.toml", 'overpaid = "prepaid"', 'overpaid = "keep"', r"fee\[0\]\.overpaid.*keep"),
    ("fees.toml", "partial = true", "partail = true", r"fee\[0\]\.partail.*misspelt"),
    ("fees.toml", 'limit_yuan = "5000.00"', 'limit_yuan = "0.00"', r"limit_yuan.*water.*above 0.00"),
    ("fees.toml", 'id = "electricity"', 'id = "water"', r"already a fee with this id"),
    ("fees.toml", "(?P<account>[0-9]{10})", "[0-9]{10}", r"bill_codes.*\(\?P<account>"),
    ("fees.toml", "(?P<account>[0-9]{10})", "(?P<account>[0-9]{10}", r"bill_codes.*no valid pattern"),
    ("fees.toml", "account_digits = [10, 10]", "account_digits = [10, 8]", r"account_digits.*least, most"),
    ("site.toml", 'time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Atlantis"', r"time_zone.*Atlantis"),
    ("site.toml", "data_age_days = 30", "data_age_days = 0", r"limits\.offline_data_age_days.*>= 1"),
    (
        "site.toml",
        'total_yuan = "20000.00"',
        'total_yuan = "499.99"',
        r"offline_total_yuan.*not even one visit",
    ),
    ("site.toml", 'box_yuan = "30000.00"', 'box_yuan = "0.00"', r"box_yuan.*no cash"),
    ("site.toml", 'box_yuan = "30000.00"', 'box_yuan = "-1.00"', r"limits\.box_yuan"),
    ("site.toml", "spare_notes = 50", "spare_notes = 500", r"box_spare_notes.*holds 500 notes"),
    ("site.toml", "open_doubtful = 5", "open_doubtful = 0", r"limits\.open_doubtful.*>= 1"),
    ("site.toml", 'url = "https://central.example"', 'url = "central.example"', r"server\.url"),
    ("site.toml", 'service_phone = "12345"', "", r"missing required field `service_phone`"),
    ("devices.toml", 'driver = "ccnet"', 'driver = "coin"', r"acceptor\.driver.*coin"),
    ("devices.toml", "baud = 9600", "baud = 1234", r"acceptor\.baud"),
    ("devices.toml", 'profile = "80mm"', 'profile = "90mm"', r"'90mm'.*80mm, 80mm-gbk, 58mm"),
    ("devices.toml", 'name = "80mm-gbk"', 'name = "80mm"', r"two \[\[printer_profile\]\].*'80mm'"),
    ("devices.toml", "dots = 576 ", "dots = 384.5 ", r"printer_profile\[0\]\.dots.*float"),
    ("devices.toml", "dots = 576 ", "dots = 570 ", r"printer_profile\[0\]\.dots.*multiple of 8"),
    ("devices.toml", 'coverage = "gbk"', 'coverage = "big5"', r"printer_profile\[1\]\.coverage.*big5"),
    ("devices.toml", 'coverage = "raster"', 'coverage = "none"', r"printer_profile\[3\]\.coverage.*none"),
    ("devices.toml", 'proof = "process-id"', 'proof = "hope"', r"printer_profile\[0\]\.proof.*hope"),
    ("devices.toml", "speed_mm_s = 150", "speed = 150", r"printer_profile\[0\]\.speed.*misspelt"),
    ("devices.toml", "# [terminal]", "[terminal]", r"terminal.*missing required field `driver`"),
    ("devices.toml", "[acceptor]", "[acceptor", r"not valid TOML"),
]


@pytest.mark.parametrize("name, right, wrong, says", WRONG, ids=[f"{w[0]}: {w[2]}" for w in WRONG])
def test_the_sentence_names_file_and_key(tmp_path, name, right, wrong, says):
    shutil.copytree(site.PACKAGED, tmp_path / "config")
    path = tmp_path / "config" / name
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong, 1))
    line = text[: text.index(right)].count("\n") + 1
    with pytest.raises(site.BadConfiguration, match=says) as error:
        site.load(tmp_path / "config")
    assert name in str(error.value)
    if ", line " in str(error.value):  # what the types refuse is named to the line
        assert f", line {line}:" in str(error.value)


def test_the_packaged_configuration_is_valid_and_an_override_replaces_one_file(tmp_path):
    shutil.copy(site.PACKAGED / "site.toml", tmp_path / "site.toml")
    changed = (tmp_path / "site.toml").read_text().replace('"12345"', '"96116"')
    (tmp_path / "site.toml").write_text(changed)
    assert site.load(tmp_path).house.service_phone == "96116"
    assert site.load(None).house.service_phone == "12345"
    assert {fee.id for fee in site.load(None).fees} >= {
        "water",
        "electricity",
        "gas",
        "property",
        "tuition",
        "admin",
    }


def test_a_missing_folder_of_overrides_is_no_mistake(tmp_path):
    assert site.load(tmp_path / "nothing")
    with pytest.raises(site.BadConfiguration, match="missing"):
        site.load(None, packaged=tmp_path)
