"""systemd/recover restarts a machine whose kiosk keeps failing, but not for ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import CHECKOUT, read_unit


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "kiosk-recovery"
    folder.mkdir()
    return folder


def recover(state: Path, **told_by_systemd: str) -> tuple[bool, str]:
    """Was the machine restarted, and what was said?"""
    bin_ = state.parent / "bin"
    bin_.mkdir(exist_ok=True)
    asked = state.parent / "asked"
    asked.unlink(missing_ok=True)
    (bin_ / "systemctl").write_text(f'#!/bin/sh\necho "$@" >"{asked}"\n', encoding="utf-8")
    (bin_ / "systemctl").chmod(0o755)
    ran = subprocess.run(
        [CHECKOUT / "systemd/recover", "kiosk-core.service"],
        env={"PATH": f"{bin_}:/usr/bin:/bin", "STATE_DIRECTORY": str(state), **told_by_systemd},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    restarted = asked.exists() and "reboot" in asked.read_text(encoding="utf-8").split()
    return restarted, ran.stdout + ran.stderr


def test_a_lasting_fault_restarts_the_machine_twice_and_then_leaves_it_to_people(state: Path) -> None:
    assert [recover(state)[0] for _ in range(4)] == [True, True, False, False]
    assert "After the repair" in recover(state)[1]


def test_a_kiosk_that_is_not_enrolled_is_not_restarted(state: Path) -> None:
    for name in ("core", "screens"):  # both return that where only people can help
        assert read_unit(CHECKOUT / f"systemd/kiosk-{name}.service").one("RestartPreventExitStatus") == "78"

    restarted, said = recover(state, MONITOR_SERVICE_RESULT="exit-code", MONITOR_EXIT_STATUS="78")

    assert not restarted
    assert "configuration or enrolment" in said and "kiosk-core.service" in said
    assert recover(state, MONITOR_SERVICE_RESULT="start-limit-hit", MONITOR_EXIT_STATUS="1")[0]


def test_once_the_kiosk_is_well_restarts_are_forgotten(state: Path) -> None:
    for _ in range(3):
        recover(state)

    healthy = read_unit(CHECKOUT / "systemd/kiosk-healthy.service").one("ExecStart")
    subprocess.run(healthy.replace("/var/lib/kiosk-recovery", str(state)).split(), check=True)

    assert recover(state)[0]


@pytest.mark.parametrize("torn", ["", "x", "\x00\x00", "-1"])
def test_an_unreadable_count_does_not_become_an_endless_loop(state: Path, torn: str) -> None:
    (state / "restarts").write_text(torn, encoding="utf-8")

    assert not recover(state)[0]


def test_well_means_longer_than_the_time_in_which_failures_are_counted() -> None:
    minutes = {
        name: int(read_unit(CHECKOUT / "systemd" / unit).one(name).removesuffix("min"))
        for unit, name in (
            ("kiosk-healthy.timer", "OnActiveSec"),
            ("kiosk-core.service", "StartLimitIntervalSec"),
        )
    }
    assert minutes["OnActiveSec"] > minutes["StartLimitIntervalSec"]
