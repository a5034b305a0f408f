"""A wrong value stops the start with a sentence: file, line, key, what was expected."""

import shutil

import pytest

from kiosk import site

WRONG = [
    (
        "fees.toml",
        'limit_yuan = "5000.00"',
        "limit_yuan = 5000",
        r'fee\[0\]\.limit_yuan.*here stands 5000; write yuan in quotes.*"37\.50"',
    ),
    ("fees.toml", 'overpaid = "prepaid"', 'overpaid = "keep"', r"fee\[0\]\.overpaid.*keep"),
    ("fees.toml", "partial = true", "partail = true", r"fee\[0\]\.partail.*is `partial` meant"),
    ("fees.toml", 'limit_yuan = "5000.00"', 'limit_yuan = "0.00"', r"limit_yuan.*water.*above 0.00"),
    ("fees.toml", 'id = "electricity"', 'id = "water"', r"already a fee with this id"),
    ("fees.toml", "(?P<account>[0-9]{10})", "[0-9]{10}", r"bill_codes.*\(\?P<account>"),
    ("fees.toml", "(?P<account>[0-9]{10})", "(?P<account>[0-9]{10}", r"bill_codes.*no valid pattern"),
    ("fees.toml", "account_digits = [10, 10]", "account_digits = [10, 8]", r"account_digits.*least, most"),
    ("site.toml", 'time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Atlantis"', r"time_zone.*Atlantis"),
    (
        "site.toml",
        "data_age_days = 30",
        "data_age_days = 0",
        r"limits\.offline_data_age_days.*at least 1, at most 366",
    ),
    (
        "site.toml",
        'total_yuan = "20000.00"',
        'total_yuan = "499.99"',
        r"offline_total_yuan.*not even one visit",
    ),
    ("site.toml", 'box_yuan = "30000.00"', 'box_yuan = "0.00"', r"box_yuan.*no cash"),
    ("site.toml", 'box_yuan = "30000.00"', 'box_yuan = "-1.00"', r"limits\.box_yuan"),
    ("site.toml", "spare_notes = 50", "spare_notes = 500", r"box_spare_notes.*holds 500 notes"),
    ("site.toml", "open_doubtful = 5", "open_doubtful = 0", r"limits\.open_doubtful.*at least 1"),
    ("site.toml", 'url = "https://central.example"', 'url = "central.example"', r"server\.url"),
    (
        "site.toml",
        'url = "https://central.example"',
        'url = "http://central.example"',
        r"server\.url.*encrypted unless it is this machine",
    ),
    (
        "site.toml",
        'ca_file = ""',
        'ca_file = "/missing.pem"',
        r"server\.ca_file.*No such file.*BEGIN CERTIFICATE",
    ),
    (
        "site.toml",
        'ca_file = ""',
        f'ca_file = "{__file__}"',
        r"server\.ca_file.*holds no certificate; write the whole",
    ),
    ("site.toml", 'ca_file = ""', 'ca_file = "/"', r"server\.ca_file.*can not be read"),
    (
        "site.toml",
        'ca_file = ""',
        'ca_file = "ca.pem"',
        r"server\.ca_file.*here stands \"ca\.pem\"; write the whole path",
    ),
    ("site.toml", 'service_phone = "12345"', "", r"`service_phone` is missing: add it, a text in quotes"),
    ("devices.toml", 'driver = "ccnet"', 'driver = "coin"', r"acceptor\.driver.*coin"),
    ("devices.toml", "baud = 9600", "baud = 1234", r"acceptor\.baud"),
    ("devices.toml", 'profile = "80mm"', 'profile = "90mm"', r"'90mm'.*80mm, 80mm-gbk, 58mm"),
    ("devices.toml", 'name = "80mm-gbk"', 'name = "80mm"', r"two \[\[printer_profile\]\].*'80mm'"),
    ("devices.toml", "dots = 576 ", "dots = 384.5 ", r"printer_profile\[0\]\.dots.*384\.5.*whole number"),
    ("devices.toml", "dots = 576 ", "dots = 570 ", r"printer_profile\[0\]\.dots.*multiple of 8"),
    ("devices.toml", 'coverage = "gbk"', 'coverage = "big5"', r"printer_profile\[1\]\.coverage.*big5"),
    ("devices.toml", 'coverage = "raster"', 'coverage = "none"', r"printer_profile\[3\]\.coverage.*none"),
    ("devices.toml", 'proof = "process-id"', 'proof = "hope"', r"printer_profile\[0\]\.proof.*hope"),
    (
        "devices.toml",
        "speed_mm_s = 150",
        "speed = 150",
        r"printer_profile\[0\]\.speed.*is `speed_mm_s` meant",
    ),
    ("devices.toml", "# [terminal]", "[terminal]", r"terminal.*`driver` is missing: add it, one of \"zvt\""),
    ("devices.toml", "[acceptor]", "[acceptor", r"line 4: no valid TOML.*reads: \[acceptor$"),
    ("site.toml", '"12345"', "“12345”", r"line 4: no valid TOML.*English keyboard count, not “”"),
    ("site.toml", "service_phone =", "service_phone ＝", r"English keyboard count, not ＝; the line reads"),
    ("site.toml", '"12345"', "12345", r"service_phone.*here stands 12345; write a text in quotes"),
    ("site.toml", "default_language", "service_phone", r"line 6: no valid TOML: .* stands in the file twice"),
    (
        "site.toml",
        'default_language = "zh"',
        'default_language = "cn"',
        r'here stands "cn"; write one of "zh", "en"',
    ),
    ("site.toml", 'zh = "示例市公共事业缴费大厅"', 'zh = ""', r'name\.zh.*here stands ""; write a text'),
    (
        "site.toml",
        'url = "https://central.example"',
        'url = "https://central.example/"',
        r"without a path or a /",
    ),
    ("devices.toml", '"/dev/kiosk/acceptor"', '"ttyUSB0"', r"acceptor\.port.*a whole path"),
    (
        "devices.toml",
        '"/dev/kiosk/printer"',
        '"/dev/kiosk/acceptor"',
        r"acceptor and printer have the same port",
    ),
    (
        "devices.toml",
        "notes_yuan = [1,",
        "notes_yuan = [3,",
        r"notes_yuan\[0\].*here stands 3; write one of 1, 2, 5",
    ),
    (
        "devices.toml",
        "notes_yuan = [1,",
        "notes_yuan = [5,",
        r"acceptor\.notes_yuan`: a note stands in `notes_yuan` twice",
    ),
    (
        "devices.toml",
        "cutter = true",
        'cutter = "true"',
        r'here stands "true"; write true or false, without quotes',
    ),
    ("devices.toml", "# exposure_ms = 8 ", "exposure_ms = 0 ", r"a number, above 0, at most 1000"),
    ("devices.toml", "# region = [0.1, 0.0, 0.9, 1.0]", "region = [0.1]", r"a list of 4 in square brackets"),
    (
        "office.toml",
        'roles = ["attendant"',
        'roles = ["boss"',
        r"line \d+: key `exception\[0\]\.roles`: 'boss' is no role",
    ),
    (
        "office.toml",
        'causes = ["repaired", ',
        'causes = ["mended", ',
        r"line \d+: key `exception\[0\]\.causes`: no \[\[cause\]\] has the id 'mended'; write some of answered",
    ),
    (
        "office.toml",
        'id = "reported"',
        'id = "customers_wait"',
        r"line 44: key `override\[1\]\.id`: .* there twice",
    ),
    (
        "office.toml",
        "limit_minutes = 120",
        "limit_minutes = 99999999",
        r"exception\[0\]\.limit_minutes.*at most 525600",
    ),
    (
        "office.toml",
        "points = [",
        'points = ["devces"]\nrest = [',
        r'"devces"; write one of "devices", "paper"',
    ),
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


def test_a_file_that_is_no_text_in_utf_8_is_named_with_its_line(tmp_path):
    text = (site.PACKAGED / "site.toml").read_text()
    for encoding, line in (("gb18030", 3), ("utf-16", 1)):
        (tmp_path / "site.toml").write_bytes(text.encode(encoding))
        with pytest.raises(
            site.BadConfiguration, match=rf"site\.toml, line {line}: .*save the file as UTF-8"
        ):
            site.load(tmp_path)


def test_what_an_editor_of_windows_adds_is_no_mistake(tmp_path):
    text = (site.PACKAGED / "site.toml").read_text()
    (tmp_path / "site.toml").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert site.load(tmp_path).house == site.load(None).house


@pytest.mark.parametrize("name", ["fee.toml", "Fees.toml", "fees.toml.txt"])
def test_a_file_that_nobody_would_read_is_named(tmp_path, name):
    shutil.copy(site.PACKAGED / "fees.toml", tmp_path / name)
    with pytest.raises(
        site.BadConfiguration, match=f"{name}: nobody reads a file of this name; there are .*fees"
    ):
        site.load(tmp_path)


def test_a_copy_that_somebody_kept_beside_it_is_no_mistake(tmp_path):
    for name in ("fees.toml.bak", "fees.toml~"):
        (tmp_path / name).write_text("[")
    assert site.load(tmp_path)


def test_a_file_that_can_not_be_opened_is_not_passed_over(tmp_path):
    (tmp_path / "fees.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(site.BadConfiguration, match=r"fees\.toml: the file is missing"):
        site.load(tmp_path)
    (tmp_path / "fees.toml").unlink()
    (tmp_path / "fees.toml").mkdir()
    with pytest.raises(site.BadConfiguration, match=r"fees\.toml: can not be read: Is a directory"):
        site.load(tmp_path)


def test_a_missing_folder_of_overrides_is_no_mistake(tmp_path):
    assert site.load(tmp_path / "nothing")
    with pytest.raises(site.BadConfiguration, match="missing"):
        site.load(None, packaged=tmp_path)
