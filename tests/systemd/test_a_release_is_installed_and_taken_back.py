"""script/install works on a system that is mounted in a folder. The Python environment is left out here:
script/fresh-root builds it for real."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.contract import PREVIEW

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="installing gives files to other users: run as root"
)


@dataclass
class Machine:
    """A checkout and the system it is installed to."""

    checkout: Path
    root: Path

    def version(self, version: str) -> str:
        """Another version lies in the checkout from now on. Returns the name of its release."""
        project = self.checkout / "pyproject.toml"
        lines = project.read_text(encoding="utf-8").splitlines(keepends=True)
        lines = [f'version = "{version}"\n' if line.startswith("version =") else line for line in lines]
        project.write_text("".join(lines), encoding="utf-8")
        return f"{version}-unversioned"  # the copied checkout has no git history

    def install(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = [self.checkout / "script/install", "--root", self.root, "--no-venv", *options]
        # No git here: the temporary folder may lie inside some other repository.
        env = {**os.environ, "GIT_DIR": str(self.root / "no-repository")}
        return subprocess.run(command, env=env, capture_output=True, text=True)

    def link(self, name: str) -> str | None:
        link = self.root / "opt/kiosk" / name
        return link.readlink().name if link.is_symlink() else None

    def releases(self) -> set[str]:
        return {path.name for path in (self.root / "opt/kiosk/releases").iterdir()}

    def everything(self) -> dict[str, object]:
        return {
            str(path): path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes()
            for path in sorted(self.root.rglob("*"))
        }


@pytest.fixture
def machine(own_checkout: Path, tmp_path: Path) -> Machine:
    root = tmp_path / "root"
    root.mkdir()
    return Machine(own_checkout, root)


def succeeded(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def refused(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return ran.stderr


def test_the_first_installation_boots_into_the_kiosk_and_says_what_comes_next(machine: Machine) -> None:
    release = machine.version("1.0")

    said = succeeded(machine.install())

    assert machine.link("current") == release
    assert machine.link("previous") is None
    etc = machine.root / "etc/systemd/system"
    assert (etc / "default.target").readlink().name == "kiosk.target"
    assert (etc / "getty@tty1.service").readlink() == Path("/dev/null")
    assert (etc / "ctrl-alt-del.target").readlink() == Path("/dev/null")
    assert (machine.root / "usr/local/lib/systemd/system/kiosk-core.service").is_file()
    assert "kiosk enrol" in said and "99-kiosk.rules" in said


def test_folders_belong_to_those_who_write_there(machine: Machine) -> None:
    succeeded(machine.install())

    users = accounts(machine.root / "etc/passwd")
    groups = accounts(machine.root / "etc/group")
    sockets = (machine.root / "run/kiosk").stat()
    assert (sockets.st_uid, sockets.st_gid) == (users["kiosk-core"], groups["kiosk-link"])
    assert sockets.st_mode & 0o7777 == 0o2750  # what the core makes there belongs to kiosk-link
    sight = (
        machine.root / "run/kiosk" / PREVIEW
    ).parent.stat()  # of the camera: not for the courier, which is in kiosk-link
    assert (sight.st_uid, sight.st_gid) == (users["kiosk-core"], groups["kiosk-screens"])
    assert sight.st_mode & 0o7777 == 0o2750
    journal = (machine.root / "var/lib/kiosk").stat()
    assert (journal.st_uid, journal.st_mode & 0o7777) == (users["kiosk-core"], 0o700)


def accounts(path: Path) -> dict[str, int]:
    fields = (line.split(":") for line in path.read_text(encoding="utf-8").splitlines())
    return {field[0]: int(field[2]) for field in fields}


def test_an_update_keeps_the_way_back_and_no_more(machine: Machine) -> None:
    first, second, third = (f"{version}-unversioned" for version in ("1.0", "1.1", "1.2"))
    for version in ("1.0", "1.1"):
        machine.version(version)
        succeeded(machine.install())
    assert (machine.link("previous"), machine.link("current")) == (first, second)

    succeeded(machine.install("--back"))
    assert (machine.link("previous"), machine.link("current")) == (second, first)
    succeeded(machine.install("--back"))
    assert (machine.link("previous"), machine.link("current")) == (first, second)

    machine.version("1.2")
    succeeded(machine.install())
    assert (machine.link("previous"), machine.link("current")) == (second, third)
    assert machine.releases() == {second, third}


def test_going_back_also_brings_back_the_units(machine: Machine) -> None:
    unit = machine.root / "usr/local/lib/systemd/system/kiosk-core.service"
    machine.version("1.0")
    succeeded(machine.install())
    before = unit.read_text(encoding="utf-8")

    machine.version("1.1")
    new_unit = machine.checkout / "systemd/kiosk-core.service"
    new_unit.write_text(before.replace("WatchdogSec=10s", "WatchdogSec=9s"), encoding="utf-8")
    (machine.checkout / "systemd/kiosk-new.service").write_text(
        "[Service]\nExecStart=/bin/true\n", encoding="utf-8"
    )
    succeeded(machine.install())
    assert "WatchdogSec=9s" in unit.read_text(encoding="utf-8")

    succeeded(machine.install("--back"))
    assert unit.read_text(encoding="utf-8") == before
    assert not unit.with_name("kiosk-new.service").exists()


@pytest.mark.parametrize("what", [(), ("--back",)])
def test_no_switch_while_money_is_in_flight(machine: Machine, what: tuple[str, ...]) -> None:
    for version in ("1.0", "1.1"):
        machine.version(version)
        succeeded(machine.install())
    machine.version("1.2")
    (machine.root / "run/kiosk/busy").touch()
    before = machine.everything()

    said = refused(machine.install(*what))

    assert "customer is paying" in said and "Wait" in said
    assert machine.everything() == before


def test_without_an_earlier_release_there_is_no_way_back(machine: Machine) -> None:
    succeeded(machine.install())
    assert "no earlier release" in refused(machine.install("--back"))


def test_what_the_site_has_set_stays(machine: Machine) -> None:
    machine.version("1.0")
    succeeded(machine.install())
    rules = machine.root / "etc/udev/rules.d/99-kiosk.rules"
    rules.write_text("# the site's own\n", encoding="utf-8")
    fees = machine.root / "etc/kiosk/fees.toml"
    fees.write_text("# the site's own\n", encoding="utf-8")

    machine.version("1.1")
    succeeded(machine.install())

    assert rules.read_text(encoding="utf-8") == fees.read_text(encoding="utf-8") == "# the site's own\n"


def test_the_kernel_command_line_is_completed_once_and_kept_as_it_was(machine: Machine) -> None:
    line = machine.root / "boot/firmware/cmdline.txt"
    line.parent.mkdir(parents=True)
    line.write_text("console=tty1 root=PARTUUID=0-1 quiet rootwait\n", encoding="utf-8")

    succeeded(machine.install())
    once = line.read_text(encoding="utf-8")
    succeeded(machine.install())

    assert line.read_text(encoding="utf-8") == once
    assert once.startswith("console=tty1 root=PARTUUID=0-1 quiet rootwait ")
    assert once.count("\n") == 1  # the firmware reads one line only
    assert {"fsck.mode=force", "fsck.repair=yes"} <= set(once.split()) and once.split().count("quiet") == 1

    line.write_text("console=tty1 root=PARTUUID=0-2 rootwait\n", encoding="utf-8")  # by hand, later
    succeeded(machine.install())
    kept = line.with_name("cmdline.txt.before-kiosk").read_text(encoding="utf-8")
    assert kept == "console=tty1 root=PARTUUID=0-1 quiet rootwait\n"


def test_a_dry_run_changes_nothing(machine: Machine) -> None:
    machine.version("1.0")
    succeeded(machine.install())
    machine.version("1.1")
    before = machine.everything()

    said = succeeded(machine.install("--dry-run"))

    assert "releases/1.1-unversioned" in said
    assert machine.everything() == before


def test_an_installation_that_was_cut_off_does_not_disturb_the_next(machine: Machine) -> None:
    release = machine.version("1.0")
    half = machine.root / "opt/kiosk/releases/.building/kiosk/half.py"
    half.parent.mkdir(parents=True)
    half.write_text("half", encoding="utf-8")
    (machine.root / "opt/kiosk/current.new").symlink_to("releases/nowhere")

    succeeded(machine.install())

    assert machine.link("current") == release
    assert machine.releases() == {release}
    assert not (machine.root / "opt/kiosk/current" / "kiosk/half.py").exists()
