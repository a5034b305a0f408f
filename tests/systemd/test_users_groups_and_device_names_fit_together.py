"""sysusers, udev rules, units and the list of devices name the same things."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk import links
from kiosk.core import COURIER_USER, SCREENS_USER

from .conftest import CHECKOUT, read_unit

SYSTEMD = CHECKOUT / "systemd"
RULES = SYSTEMD / "udev/99-kiosk.rules"
SERVICES = ("kiosk-core", "kiosk-screens", "kiosk-courier")
UDEV_VERIFY_SINCE = 254

# udev(7): what may be compared, and what may be set.
MATCH = r"(ACTION|KERNEL|SUBSYSTEMS?|DRIVERS?|(ATTRS?|ENV)\{[^}]+\}|TEST)(==|!=)"
ASSIGN = r"(SYMLINK|TAG|OWNER|GROUP|MODE|(ENV|ATTR)\{[^}]+\})(\+?=|:=)"
RULE = re.compile(rf'(({MATCH}|{ASSIGN})"[^"]*")(, ({MATCH}|{ASSIGN})"[^"]*")*')


def rules_and_templates() -> tuple[list[str], list[str]]:
    """Lines in force, and lines that a site switches on by removing the #."""
    lines = RULES.read_text(encoding="utf-8").splitlines()
    in_force = [line for line in lines if line and not line.startswith("#")]
    return in_force, [line[1:] for line in lines if re.match(r"#[A-Z]+==", line)]


@pytest.mark.skipif(os.geteuid() != 0, reason="systemd-sysusers gives its files to root")
def test_systemd_makes_users_with_exactly_the_groups_that_the_units_ask_for(tmp_path: Path) -> None:
    folder = tmp_path / "usr/local/lib/sysusers.d"
    folder.mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    shutil.copy(SYSTEMD / "sysusers.d/kiosk.conf", folder)
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}"], check=True, capture_output=True)

    groups: dict[str, set[str]] = {name: set() for name in SERVICES}
    for line in (tmp_path / "etc/group").read_text(encoding="utf-8").splitlines():
        group, _, _, members = line.split(":")
        for member in filter(None, members.split(",")):
            groups[member].add(group)

    for name in SERVICES:
        unit = read_unit(SYSTEMD / f"{name}.service")
        assert (unit.one("User"), unit.one("Group")) == (name, name)
        assert unit.words("SupplementaryGroups") == groups[name]
        assert "kiosk-link" in groups[name]
    assert groups["kiosk-courier"] == {"kiosk-link"}


def test_each_socket_is_for_the_process_of_one_user_that_systemd_makes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = (SYSTEMD / "sysusers.d/kiosk.conf").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("u ")]
    monkeypatch.setattr(
        links.pwd, "getpwnam", lambda name: SimpleNamespace(pw_uid=70_000 + users.index(name))
    )
    screens, courier = links.allowed_users(SCREENS_USER), links.allowed_users(COURIER_USER)
    assert screens & courier == {os.getuid(), 0} and len(screens | courier) == len(screens & courier) + 2


def test_each_device_of_the_kiosk_gets_its_name_from_a_rule() -> None:
    _, templates = rules_and_templates()
    named = {name for line in templates for name in re.findall(r'SYMLINK\+="([^"]+)"', line)}
    devices = tomllib.loads((CHECKOUT / "config/devices.toml").read_text(encoding="utf-8"))
    wanted = {
        str(value).removeprefix("/dev/")
        for device in devices.values()
        if isinstance(device, dict)  # and no list of profiles
        for value in device.values()
        if str(value).startswith("/dev/kiosk/")
    }
    assert wanted and wanted <= named


def test_the_rules_can_be_read_by_udev() -> None:
    in_force, templates = rules_and_templates()
    assert in_force and templates
    for line in in_force + templates:
        assert RULE.fullmatch(line), line


def test_udev_itself_agrees(tmp_path: Path) -> None:
    udevadm = shutil.which("udevadm") or "/usr/bin/udevadm"
    version = int(
        subprocess.run([udevadm, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    )
    if version < UDEV_VERIFY_SINCE:
        pytest.skip(f"udevadm {version} cannot verify rules; {UDEV_VERIFY_SINCE} can")
    switched_on = tmp_path / "99-kiosk.rules"
    in_force, templates = rules_and_templates()
    switched_on.write_text("\n".join([*in_force, *templates, ""]), encoding="utf-8")
    ran = subprocess.run([udevadm, "verify", "--no-style", switched_on], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
