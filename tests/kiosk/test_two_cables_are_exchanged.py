"""Somebody plugged two devices into each other's port: `kiosk doctor` says which answers where."""

from pathlib import Path

import msgspec
import pytest

from hardware.contracts import Device
from hardware.shelf import Shelf
from kiosk.doctor.exchanged import exchanged
from kiosk.doctor.machine import examine
from tests.kiosk.doctor_person import Ward

DEVICES = """
[acceptor]
driver = "ccnet"
port = "{acceptor}"
currencies = ["CNY"]
notes_yuan = [20]
box_notes = 500
[printer]
driver = "escpos"
transport = "serial"
port = "{printer}"
baud = 115200
profile = "80mm"
[[printer_profile]]
name = "80mm"
paper_mm = 80
dots = 576
cutter = true
coverage = "gbk"
speed_mm_s = 100
proof = "best"
[scanner]
driver = "serial"
port = "{scanner}"
baud = 9600
[terminal]
driver = "zvt"
port = "{terminal}"
baud = 9600
currency = 156
"""
PORTS = ("acceptor", "printer", "scanner", "terminal")


def test_each_is_found_on_the_others_port(tmp_path: Path) -> None:
    config = tmp_path / "exchanged"
    config.mkdir()
    with Ward(tmp_path, "acceptor", "printer", "scanner") as ward:
        ports = {name: ward.lines / name for name in PORTS}
        ports["acceptor"], ports["printer"] = ports["printer"], ports["acceptor"]
        (config / "devices.toml").write_text(DEVICES.format(**ports), encoding="utf-8")
        findings = {f.what: f for f in examine(ward.state, config, tmp_path / "no-run", None, None)}
        printed = ward.look("printer")["pieces"]
    for name, other in (("acceptor", "printer"), ("printer", "acceptor")):
        assert not findings[name].good and f"on the port of the {other}" in findings[name].do
    assert findings["terminal"].good and findings["scanner"].good
    assert not printed


@pytest.mark.parametrize(
    ("unheard", "answers", "found", "asked"),
    [
        ((), False, {}, []),
        (("acceptor",), True, {"acceptor": "scanner"}, ["acceptor"]),
        (("acceptor",), False, {}, ["acceptor"]),
        (("scanner",), False, {}, []),
        (("terminal", "printer"), False, {}, ["terminal", "terminal", "printer", "printer"]),
        (
            ("terminal", "printer"),
            True,
            {"terminal": "printer", "printer": "scanner"},
            ["terminal", "printer"],
        ),
    ],
)
def test_only_who_is_not_heard_is_tried_elsewhere_and_only_where_nobody_answers(
    unheard, answers, found, asked
) -> None:
    ports = {name: f"/{name}" for name in PORTS}
    shelf = msgspec.toml.decode(DEVICES.format(**ports), type=Shelf)
    tried = []

    def tries(device: Device) -> bool:
        tried.append(device.name)
        return answers

    assert exchanged(shelf, unheard, tries) == found and tried == asked
