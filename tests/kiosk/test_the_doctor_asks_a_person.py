"""`kiosk doctor --guided` before the real simulators: healthy, and with each fault. Nobody's money moves."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
import time

import pytest

from hardware.acceptors.ccnet_driver import CcnetAcceptor
from hardware.contracts import Held, Taken
from kiosk import cli
from kiosk.contract import Language
from kiosk.doctor.report import Verdict
from kiosk.doctor.session import NotNow
from kiosk.identity import save_identity
from kiosk.money import Money
from tests.hardware.panel.panel_places import Heard
from tests.kiosk.doctor_person import Ward
from tests.kiosk.world import Kiosk

ALL = ("acceptor", "printer", "camera", "scanner", "panel", "keypad", "jack")
PULSE = """
[acceptor]
driver = "pulse"
port = "/dev/gpiochip0"
notes_yuan = [20]
box_notes = 500
[acceptor.pulse]
pulse_line = 17
inhibit_line = 27
inhibit_level = 1
yuan_per_pulse = 10
pulse_ms = 50
pause_ms = 100
"""


def steps(report):
    return {step.check: step for device in report.devices for step in device.steps}


def test_all_is_well(tmp_path):
    with Ward(tmp_path, *ALL) as ward:
        journal = (ward.state / "journal.db").read_bytes()
        code, report, text = ward.examined(language=Language.ZH)
        note = ward.look("acceptor")
    assert (code, report.verdict, report.without, report.missing) == (0, Verdict.READY, (), ()), text
    assert list(steps(report))[:3] == ["printer.there", "printer.page", "printer.legible"]
    assert len(steps(report)) == 26 and report.by == "1001" and report.began <= report.ended
    acceptor = next(device for device in report.devices if device.device == "acceptor")
    assert acceptor.serial_number in acceptor.identity and acceptor.serial_number
    assert (note["box"], note["returned_fen"], note["inserted_fen"]) == ([], 2000, 2000)
    assert (ward.state / "journal.db").read_bytes() == journal
    assert "可以开机" in text


# What is wrong from the beginning, or what the person does otherwise at a step → what the report says.
# devices · (device, action, given) before · person · verdict · step that is not good → how, and a word of its reason
FAULTS = {
    "the acceptor is unplugged": (
        ("acceptor",), ("acceptor", "unplug", {}), {}, "acceptor",
        {"acceptor.there": "no_port", "acceptor.note": "away"},
    ),
    "the acceptor is silent": (
        ("acceptor",), ("acceptor", "deaf", {"times": 1000}), {}, "acceptor", {"acceptor.there": "silent"},
    ),
    "the acceptor is jammed": (
        ("acceptor",), ("acceptor", "jam", {"where": "validator"}), {}, "acceptor",
        {"acceptor.there": "jam in the validator", "acceptor.note": "away"},
    ),
    "there is no paper": (
        ("printer",), ("printer", "paper_out", {}), {}, "printer",
        {"printer.page": "paper is out", "printer.legible": "Nothing was printed"},
    ),
    "the cover is open": (
        ("printer",), ("printer", "open_cover", {}), {}, "printer", {"printer.page": "cover is open"},
    ),
    "the page is pale": (("printer",), None, {"legible": "n"}, "printer", {"printer.legible": "says no"}),
    "something covers the lens": (
        ("printer", "camera"), ("camera", "blind", {"on": True}), {"code": "s"}, "camera", {"camera.code": "Skipped"},
    ),
    "the scanner speaks at another speed": (
        ("scanner",), None, {"code": "s"}, "scanner", {"scanner.code": "Skipped"},
    ),
    "a lamp is dead": (
        ("panel",), None, {"lamp_card": "n"}, "panel", {"panel.lamp_card": "says no"},
    ),
    "the wire of the call button is cut": (
        ("panel",), ("panel", "cut_wire", {"wire": "call"}), {"call": "s"}, "panel", {"panel.call": "Skipped"},
    ),
    "the pad is unplugged": (("keypad",), ("keypad", "unplug", {}), {}, "keypad", {"keypad.there": "no_port"}),
    "the headset is not there": (("jack",), None, {"headset": "s"}, "jack", {"jack.headset": "Skipped"}),
    "the terminal has no power": (
        (), ("terminal", "power_cut", {}), {}, "terminal", {"terminal.there": "no_port", "terminal.record": "away"},
    ),
    "the person goes away": (
        ("printer", "keypad"), None, {"legible": "q"}, "printer",
        {"printer.legible": "Stopped", "keypad.keys": "Stopped"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_the_rest_is_tested(tmp_path, fault):
    devices, before, person, bad, expected = FAULTS[fault]
    with Ward(tmp_path, *devices) as ward:
        if before:
            ward.do(before[0], before[1], **before[2])
        code, report, text = ward.examined(person)
    assert code == 1 and report.verdict is not Verdict.READY and bad in report.without, text
    for check, word in expected.items():
        line = next(line for line in text.splitlines() if f"({check}):" in line)
        assert word in line and not line.strip().startswith("ok"), text
    if "terminal" not in (bad, *report.without):
        assert report.verdict is Verdict.READY_WITHOUT  # cards can be taken


def test_a_note_that_is_pushed_back_and_one_more_try(tmp_path):
    with Ward(tmp_path, "acceptor") as ward:

        def creased():
            ward.until(lambda: ward.look("acceptor")["enabled"], "the acceptor takes notes")
            ward.do("acceptor", "insert_bad")

        def another():
            ward.until(lambda: ward.look("acceptor")["mouth"], "the note is back")
            ward.do("acceptor", "pull_note")
            ward.do("acceptor", "insert", fen=10000)

        _, report, text = ward.examined({"note": creased, "note~": (another, None)})
    assert steps(report)["acceptor.note"].result.value == "good", text


def test_a_cable_that_is_put_back_while_somebody_waits(tmp_path):
    with Ward(tmp_path, "scanner") as ward:
        ward.do("scanner", "unplug")

        def plug():
            ward.do("scanner", "plug")
            return "r"

        _, report, text = ward.examined({"there!": plug, "code": "s"})
    assert steps(report)["scanner.there"].result.value == "good", text


def test_a_code_that_is_not_the_one_of_the_page_is_not_told_anybody(tmp_path):
    with Ward(tmp_path, "scanner") as ward:

        def scan():
            ward.do("scanner", "scan", text="134567890123456789")

        _, _, text = ward.examined({"code": scan, "code~": "s"})
    assert any("Another code" in line for line in ward.heard)
    assert "134567890123456789" not in text + "".join(ward.heard)


def test_a_note_that_goes_into_the_box_all_the_same_stands_at_the_head_of_the_report(tmp_path):
    """An acceptor by pulses whose inhibit wire is torn off: it takes what is inserted, whatever it is told."""
    with Ward(tmp_path, "panel", acceptor=PULSE) as ward:

        def insert():
            ward.do("acceptor", "inhibit", on=False)
            ward.do("acceptor", "insert", fen=2000)
            ward.until(lambda: ward.look("acceptor")["box"], "the note is in the box")
            time.sleep(2)  # its pulses, and the pause that ends a train
            return "y"

        _, report, text = ward.examined({"lamp_slot": insert})
    assert report.verdict is Verdict.NOT_READY and "¥20.00" in text.splitlines()[1]
    assert report.alarms[0].says in ("doctor.alarm_note", "doctor.alarm_old_note")


def test_a_note_of_before_is_left_for_the_core(tmp_path):
    """The core died between the note in the box and the record of it: the unit tells it again until it is told
    that it is written. The doctor hears it, says so, and does not tell the unit."""
    with Ward(tmp_path, "acceptor") as ward:
        heard = Heard()
        core = CcnetAcceptor("acceptor", str(ward.lines / "acceptor"), 9600, ("CNY",), (Money.yuan(20),))
        core.start(heard)
        core.enable(Money.yuan(20))
        ward.until(lambda: ward.look("acceptor")["enabled"], "the acceptor takes notes")
        ward.do("acceptor", "insert", fen=2000)
        core.take(heard.until(Held)[0].note)
        heard.until(Taken)
        core.close()
        _, report, text = ward.examined({"note": "s"})
        again = Heard()
        core = CcnetAcceptor("acceptor", str(ward.lines / "acceptor"), 9600, ("CNY",), (Money.yuan(20),))
        core.start(again)
        assert again.until(Taken)[0].recovered
        core.close()
    assert report.verdict is Verdict.NOT_READY and report.alarms, text


def test_the_acceptor_is_not_touched_while_the_journal_has_a_note_open(tmp_path):
    with Ward(tmp_path, "acceptor") as ward:
        _, report, text = ward.examined(unsettled=True)
        assert ward.look("acceptor")["state"] == "power_up"  # nobody has spoken to it yet
    assert "is not settled yet" in text and "acceptor" in report.without


def test_the_command_finds_the_open_note_in_the_journal_itself(tmp_path, monkeypatch, capsys):
    state = tmp_path / "died"
    state.mkdir()
    kiosk = Kiosk(state)
    save_identity(state, kiosk.identity)
    kiosk.to_cash()
    kiosk.hold(20)  # it was to be taken; then the power failed
    kiosk.journal.close()
    with Ward(tmp_path, "acceptor") as ward:
        monkeypatch.setattr(sys, "stdin", io.StringIO("2001\nq\n"))
        places = ("--state", state, "--config", ward.config, "--simulated", ward.lines)
        words = ("doctor", "--guided", "--language", "en", *places)
        assert cli.main([str(word) for word in words]) == 1
        assert ward.look("acceptor")["state"] == "power_up"
    assert "is not settled yet" in capsys.readouterr().out
    assert len(list(state.glob("readiness-*"))) == 2


def test_not_beside_a_running_core(tmp_path):
    with Ward(tmp_path) as ward, socket.socket(socket.AF_UNIX) as core:
        (tmp_path / "no-run").mkdir()
        core.bind(str(tmp_path / "no-run" / "screens.sock"))
        core.listen()
        with pytest.raises(NotNow, match=r"systemctl stop kiosk\.target"):
            ward.examined()


@pytest.mark.slow
def test_the_command_itself_with_lines_on_its_standard_input(tmp_path):
    with Ward(tmp_path) as ward:
        command = [sys.executable, "-m", "kiosk.cli", "doctor", "--guided", "--language", "zh"]
        places = ["--state", ward.state, "--config", ward.config, "--simulated", ward.lines]
        done = subprocess.run(
            [*map(str, [*command, *places]), "--report", str(tmp_path / "r.txt")],
            input="2001\nq\n",
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 1 and "测试人 2001" in done.stdout, done.stderr
    assert (tmp_path / "r.json").exists() and "测试人 2001" in (tmp_path / "r.txt").read_text("utf-8")


# What ends it while a note goes in.
ENDS = {
    "Ctrl-C": (signal.SIGINT,),
    "Ctrl-C, impatiently": (signal.SIGINT,) * 3,
    "the machine is shut down": (signal.SIGTERM,),
    "the terminal is closed": (signal.SIGHUP,),
}


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_it_the_note_comes_back_and_nothing_stays_switched_on(tmp_path, end):
    with Ward(tmp_path, "acceptor") as ward:
        command = [
            sys.executable,
            "-m",
            "kiosk.cli",
            "doctor",
            "--guided",
            "--by",
            "1001",
            "--language",
            "en",
        ]
        places = ["--state", ward.state, "--config", ward.config, "--simulated", ward.lines]
        doctor = subprocess.Popen(
            [*map(str, [*command, *places]), "--report", str(tmp_path / "r")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        ward.until(lambda: 2000 in ward.look("acceptor")["enabled"], "the acceptor takes notes")
        ward.do("acceptor", "insert", fen=2000)
        doctor.stdout.close()  # nobody reads any more
        for signal_number in ENDS[end]:
            doctor.send_signal(signal_number)
            time.sleep(0.2)  # a finger is no faster
        assert doctor.wait(60) == 1
        doctor.stdin.close()
        ward.until(lambda: ward.look("acceptor")["returned_fen"] == 2000, "the note is back")
        assert ward.look("acceptor")["enabled"] == []
    assert "Stopped" in (tmp_path / "r.txt").read_text("utf-8")
