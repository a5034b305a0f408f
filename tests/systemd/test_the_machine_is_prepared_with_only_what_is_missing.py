"""script/bootstrap on machines of many kinds, built from a folder of commands. That its result really works
on a real new Debian is shown by script/fresh-root."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .conftest import CHECKOUT

BOOKWORM = 'ID=debian\nVERSION_ID="12"\n'
TRIXIE = 'ID=debian\nVERSION_ID="13"\n'
REAL_COMMANDS = ("bash", "env", "dirname", "basename", "sed", "cut", "cat", "mkdir", "rm", "tr")


@dataclass
class Machine:
    folder: Path
    os_release: str = BOOKWORM
    architecture: str = "amd64"
    user: int = 0
    installed: set[str] = field(default_factory=set)
    apt_update_fails: bool = False
    apt_install_fails: bool = False
    uv_fails: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def calls(self, command: str) -> list[str]:
        log = self.folder / f"{command}.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def packages_asked_for(self) -> set[str]:
        (line,) = (line for line in self.calls("apt-get") if " install " in f" {line} ")
        words = line.split()
        return {word for word in words[words.index("install") + 1 :] if not word.startswith("-")}

    def has(self, name: str, script: str, *, folder: Path | None = None) -> None:
        path = (folder or self.folder / "bin") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/bash\necho "$@" >>"{self.folder}/{name}.log"\n{script}\n', encoding="utf-8")
        path.chmod(0o755)

    def bootstrap(self, *options: str) -> subprocess.CompletedProcess[str]:
        bin_ = self.folder / "bin"
        bin_.mkdir(exist_ok=True)
        for name in REAL_COMMANDS:
            found = shutil.which(name)
            assert found
            if not (bin_ / name).exists():
                (bin_ / name).symlink_to(found)
        (self.checkout / "script").mkdir(parents=True, exist_ok=True)
        for name in ("bootstrap", "uv.txt"):
            shutil.copy(CHECKOUT / "script" / name, self.checkout / "script" / name)
        release = self.folder / "os-release"
        release.write_text(self.os_release, encoding="utf-8")

        self.has("id", f"echo {self.user}")
        self.has("dpkg", f"echo {self.architecture}")
        known = " ".join(sorted(self.installed)) or "-"
        self.has(
            "dpkg-query", f'case " {known} " in *" ${{@: -1}} "*) echo -n installed ;; *) exit 1 ;; esac'
        )
        failing = [name for name in ("update", "install") if getattr(self, f"apt_{name}_fails")]
        self.has(
            "apt-get",
            f'for word in "$@"; do case " {" ".join(failing)} " in *" $word "*) exit 100;; esac; done',
        )
        version = next(
            line.split("==")[1].split()[0]
            for line in (CHECKOUT / "script/uv.txt").read_text(encoding="utf-8").splitlines()
            if line.startswith("uv==")
        )
        self.has(
            "uv",
            f'echo "${{LC_ALL:-}}" >"{self.folder}/locale"; echo "${{UV_CACHE_DIR:-}}" >"{self.folder}/cache"\n'
            f'if [ "$1" = --version ]; then echo "uv {version}"; else exit {int(self.uv_fails)}; fi',
            folder=self.checkout / ".tools/bin",
        )
        return subprocess.run(
            [self.checkout / "script/bootstrap", *options],
            env={"PATH": str(bin_), "OS_RELEASE": str(release), **self.environment},
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def all_packages(tmp_path: Path, os_release: str = BOOKWORM) -> set[str]:
    bare = Machine(tmp_path / "bare", os_release=os_release)
    bare.folder.mkdir()
    assert bare.bootstrap().returncode == 0
    return bare.packages_asked_for()


def test_a_bare_machine_gets_everything(machine: Machine) -> None:
    ran = machine.bootstrap()

    assert ran.returncode == 0, ran.stderr
    asked = machine.packages_asked_for()
    assert {"python3", "python3-venv", "fonts-noto-cjk", "libzbar0", "xvfb"} <= asked
    assert "missing" in ran.stdout  # it says what it does
    assert any(line.startswith("sync") and "--locked" in line.split() for line in machine.calls("uv"))


def test_only_what_is_missing_is_installed(machine: Machine, tmp_path: Path) -> None:
    machine.installed = all_packages(tmp_path) - {"libzbar0", "xdotool"}

    assert machine.bootstrap().returncode == 0

    assert machine.packages_asked_for() == {"libzbar0", "xdotool"}


def test_a_second_time_changes_nothing_and_needs_neither_root_nor_apt(
    machine: Machine, tmp_path: Path
) -> None:
    machine.installed = all_packages(tmp_path)
    machine.user = 1000  # and no sudo on this machine

    ran = machine.bootstrap()

    assert ran.returncode == 0, ran.stderr
    assert machine.calls("apt-get") == []
    assert ran.stderr == ""


def test_a_kiosk_gets_no_test_tools_and_no_environment_in_the_checkout(machine: Machine) -> None:
    assert machine.bootstrap("--device").returncode == 0

    assert not {"xvfb", "xdotool"} & machine.packages_asked_for()
    assert not any(line.startswith("sync") for line in machine.calls("uv"))


def test_debian_13_has_other_names_for_some_libraries(machine: Machine) -> None:
    machine.os_release = TRIXIE

    assert machine.bootstrap().returncode == 0

    asked = machine.packages_asked_for()
    assert {"libzbar0t64", "libmtdev1t64", "libglib2.0-0t64"} <= asked
    assert "libzbar0" not in asked


def test_a_user_installs_through_sudo(machine: Machine) -> None:
    machine.user = 1000
    machine.has("sudo", '"$@"')

    assert machine.bootstrap().returncode == 0

    assert all("apt-get" in line for line in machine.calls("sudo"))
    assert "xvfb" in machine.packages_asked_for()


@pytest.mark.parametrize("set_here", ["C", "POSIX", "en_US.UTF-8"])
def test_a_folder_called_缴费_needs_letters_that_this_locale_lacks(machine: Machine, set_here: str) -> None:
    machine.environment = {"LC_ALL": set_here}  # the last one is often named, and not there

    assert machine.bootstrap().returncode == 0

    assert (machine.folder / "locale").read_text() == "C.UTF-8\n"


def test_a_user_without_a_home_keeps_what_is_fetched_in_the_checkout(machine: Machine) -> None:
    machine.environment = {"HOME": "/nonexistent"}

    assert machine.bootstrap().returncode == 0

    assert (machine.folder / "cache").read_text() == f"{machine.checkout}/.tools/cache\n"


def test_a_user_whom_sudo_refuses_is_told_so_and_not_to_look_at_the_network(machine: Machine) -> None:
    machine.user = 1000
    machine.has("sudo", 'echo "kim is not in the sudoers file" >&2; exit 1')

    ran = machine.bootstrap()

    assert ran.returncode != 0
    assert "sudo did not let you" in ran.stderr
    assert "apt-get install -y --no-install-recommends python3 " in ran.stderr  # for somebody who may
    assert "network" not in ran.stderr


@pytest.mark.parametrize(
    ("trouble", "happened", "to_do"),
    [
        ({"os_release": "ID=fedora\nVERSION_ID=41\n"}, "fedora", "Debian 12"),
        ({"os_release": 'ID=debian\nVERSION_ID="11"\n'}, "Debian 11 is too old", "Upgrade"),
        ({"architecture": "armhf"}, "armhf", "64-bit"),
        ({"user": 1000}, "needs root", "su -c 'apt-get update && apt-get install"),
        ({"apt_update_fails": True}, "apt-get update failed", "Check the network"),
        ({"apt_install_fails": True}, "apt-get install failed", "disk space"),
        (
            {"uv_fails": True},
            "uv could not install",
            "run this again",
        ),
    ],
)
def test_each_trouble_says_what_happened_and_what_to_do(
    machine: Machine, trouble: dict[str, object], happened: str, to_do: str
) -> None:
    for name, value in trouble.items():
        setattr(machine, name, value)

    ran = machine.bootstrap()

    assert ran.returncode != 0
    assert happened in ran.stderr
    assert to_do in ran.stderr
