"""What touches money touches no network, what touches the network touches no device, what the customer touches
is neither. Judged by systemd's own programs and by reading the units."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CHECKOUT, Unit, read_unit

UNITS = sorted(path.name for path in (CHECKOUT / "systemd").glob("kiosk*"))
SERVICES = ("kiosk-core.service", "kiosk-screens.service", "kiosk-courier.service")
ReadUnit = Callable[[str], Unit]


def verify(units: Path, *names: str) -> str:
    """Everything that systemd-analyze has to say about these units, warnings too (for those it returns 0)."""
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(units / name) for name in names)],
        env={"SYSTEMD_UNIT_PATH": f"{units}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    about_ours = [line for line in (ran.stdout + ran.stderr).splitlines() if "kiosk" in line]
    if ran.returncode and not about_ours:
        return ran.stdout + ran.stderr
    return "\n".join(about_ours)


@pytest.fixture
def staged(tmp_path: Path, checkout: Path) -> Path:
    """The units as installed, with programs that exist here: verify wants to see each ExecStart."""
    release = tmp_path / "current"
    (release / ".venv/bin").mkdir(parents=True)
    (release / ".venv/bin/python").symlink_to("/bin/true")
    (release / "systemd").symlink_to(checkout / "systemd")
    units = tmp_path / "units"
    units.mkdir()
    for name in UNITS:
        text = (checkout / "systemd" / name).read_text(encoding="utf-8")
        (units / name).write_text(text.replace("/opt/kiosk/current", str(release)), encoding="utf-8")
    return units


def test_systemd_has_nothing_to_say_against_the_units(staged: Path) -> None:
    assert verify(staged, *UNITS) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("WatchdogSec=", "WatchdogSecs="),
        ("RestartSec=1s", "RestartSec=soon"),
        ("/.venv/bin/python", "/.venv/bin/pyhton"),
        ("PrivateNetwork=yes", "PrivateNetwork=perhaps"),
    ],
)
def test_a_slip_of_the_pen_is_found(staged: Path, right: str, wrong: str) -> None:
    core = staged / "kiosk-core.service"
    text = core.read_text(encoding="utf-8")
    assert right in text
    core.write_text(text.replace(right, wrong), encoding="utf-8")

    assert "kiosk-core.service" in verify(staged, *UNITS)


def exposure_is_at_most(path: Path, limit_tenths: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={limit_tenths}", path],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("name", "limit_tenths"), [*zip(SERVICES, (10, 15, 15), strict=True)])
def test_exposure_stays_below_the_limit(checkout: Path, name: str, limit_tenths: int) -> None:
    ran = exposure_is_at_most(checkout / "systemd" / name, limit_tenths)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_one_lost_restriction_breaks_the_limit(tmp_path: Path, checkout: Path) -> None:
    core = tmp_path / "kiosk-core.service"
    text = (checkout / "systemd" / core.name).read_text(encoding="utf-8")
    core.write_text(text.replace("PrivateNetwork=yes", "").replace("IPAddressDeny=any", ""), encoding="utf-8")

    assert exposure_is_at_most(core, 10).returncode != 0


def test_no_service_has_both_network_and_devices(unit: ReadUnit) -> None:
    rights = {
        name: (
            bool({"AF_INET", "AF_INET6"} & unit(name).words("RestrictAddressFamilies")),
            bool(unit(name).all("DeviceAllow")),
        )
        for name in SERVICES
    }
    assert rights == {
        "kiosk-core.service": (False, True),
        "kiosk-screens.service": (False, True),
        "kiosk-courier.service": (True, False),
    }
    assert all(unit(name).one("DevicePolicy") == "closed" for name in SERVICES)
    assert all(unit(name).all("RestrictAddressFamilies") for name in SERVICES)
    assert unit("kiosk-core.service").one("PrivateNetwork") == "yes"
    assert unit("kiosk-screens.service").one("IPAddressDeny") == "any"
    assert unit("kiosk-courier.service").one("PrivateDevices") == "yes"


def test_only_the_core_sees_the_journal(unit: ReadUnit) -> None:
    assert unit("kiosk-core.service").one("StateDirectory") == "kiosk"
    for name in ("kiosk-screens.service", "kiosk-courier.service"):
        assert "-/var/lib/kiosk" in unit(name).words("InaccessiblePaths")
        assert "kiosk-core" not in unit(name).words("SupplementaryGroups")


def test_all_three_report_readiness_and_are_watched(unit: ReadUnit) -> None:
    watched = {name: (unit(name).one("Type"), unit(name).one("WatchdogSec")) for name in SERVICES}
    assert watched == {
        "kiosk-core.service": ("notify", "10s"),
        "kiosk-screens.service": ("notify", "20s"),
        "kiosk-courier.service": ("notify", "60s"),
    }


def test_a_lasting_fault_does_not_restart_the_machine_for_ever(unit: ReadUnit) -> None:
    for name in UNITS:
        path = CHECKOUT / "systemd" / name
        assert not {"StartLimitAction", "FailureAction"} & read_unit(path).values.keys(), name
    for name in ("kiosk-core.service", "kiosk-screens.service"):
        assert unit(name).one("OnFailure") == "kiosk-recovery@%n.service"  # which counts
    assert not unit("kiosk-courier.service").all("OnFailure")


def test_stopping_the_kiosk_stops_all_of_it(unit: ReadUnit) -> None:
    """As the doctor asks for: a target that only wants its services would leave them running."""
    ours = {name for name in unit("kiosk.target").words("Wants") if name.startswith("kiosk")}
    assert set(SERVICES) < ours
    assert [unit(name).all("PartOf") for name in ours] == [["kiosk.target"]] * len(ours)


def test_the_core_does_not_start_without_its_disk(unit: ReadUnit) -> None:
    assert unit("kiosk-core.service").one("RequiresMountsFor") == "/var/lib/kiosk"


def test_the_screens_do_not_wait_for_the_core_or_the_network(unit: ReadUnit) -> None:
    order = {
        word
        for name in ("After", "Requires", "BindsTo")
        for word in unit("kiosk-screens.service").words(name)
    }
    assert not {word for word in order if "core" in word or "network" in word}
