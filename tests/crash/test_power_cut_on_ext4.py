"""The plug is pulled under the real journal on a real ext4: of what was not flushed, a chance part is left.

Engine, journal and kernel are the real ones, the drive records (tests/crash/ext4_cuts.py). First the harness shows
that it finds every mode that is known to lose, and passes those that are known to keep.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crash import ext4_mounts
from tests.crash.block_drive import Block, Drive, Flushed, pages_of
from tests.crash.counts import COUNTS
from tests.crash.power import Kept

CUTS = 240
CONTROL_CUTS = 40
PATIENCE_S = 300

LACKING = ext4_mounts.missing()
on_ext4 = pytest.mark.skipif(bool(LACKING), reason=f"NOT TESTED, power cuts on ext4: {LACKING}")

ROLLBACK = ("journal_mode=DELETE", "locking_mode=NORMAL")  # an exclusive rollback journal is never deleted
KEEP = {"WAL, EXTRA": ("synchronous=EXTRA",), "DELETE, EXTRA": (*ROLLBACK, "synchronous=EXTRA")}
LOSE = {
    "WAL, OFF": ("synchronous=OFF",),
    "WAL, NORMAL": ("synchronous=NORMAL",),
    "DELETE, FULL": ROLLBACK,
}


def pulled(*arguments: str) -> dict[str, Any]:
    """The tally of one run in a process of its own, whose mounts nobody else sees."""
    command = [sys.executable, "-m", "tests.crash.ext4_cuts", "--json", *arguments]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stdout.startswith("{"), f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}"
    tally: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == bool(tally["losses"])
    return tally


def weakened(pragmas: tuple[str, ...]) -> list[str]:
    return [word for pragma in pragmas for word in ("--weaken", pragma)]


def told(tally: dict[str, Any]) -> str:
    return (
        f"{tally['cuts']} cuts on ext4, {tally['at_stake']} with unflushed writes, {tally['commits']} commits, "
        f"{len(tally['losses'])} with loss"
    )


@pytest.mark.slow
@on_ext4
def test_every_cut_on_ext4_leaves_what_was_acknowledged(record_property: Any) -> None:
    tally = pulled("--cuts", str(CUTS), "--seed", "1")
    record_property(COUNTS, told(tally))
    assert not tally["losses"], "\n".join(tally["losses"][:3])
    assert tally["cuts"] == CUTS and tally["at_stake"] > CUTS / 3 and tally["commits"] > 100


@pytest.mark.slow
@on_ext4
@pytest.mark.parametrize("mode", KEEP)
def test_modes_that_are_known_to_keep_their_promise_pass(mode: str, record_property: Any) -> None:
    tally = pulled("--cuts", str(CONTROL_CUTS), "--seed", "2", *weakened(KEEP[mode]))
    record_property(COUNTS, told(tally))
    assert not tally["losses"], "\n".join(tally["losses"][:3])


@pytest.mark.slow
@on_ext4
@pytest.mark.parametrize("mode", LOSE)
def test_modes_that_are_known_to_lose_are_found(mode: str, record_property: Any) -> None:
    tally = pulled("--cuts", str(CONTROL_CUTS), "--seed", "2", *weakened(LOSE[mode]))
    record_property(COUNTS, told(tally))
    assert len(tally["losses"]) > CONTROL_CUTS / 4


@pytest.mark.slow
@on_ext4
def test_a_drive_that_only_says_it_flushed_is_found(record_property: Any) -> None:
    tally = pulled("--cuts", str(CONTROL_CUTS), "--seed", "2", "--lying")
    record_property(COUNTS, told(tally))
    assert len(tally["losses"]) > CONTROL_CUTS / 4


# -----------------------------------------------------------------------------------------------------
# The drive by itself: a few writes whose outcome can be counted by hand

FIRST, SECOND = Block(0, b"1" * 1024), Block(512, b"2" * 1024)


def outcomes(drive: Drive, kept: Kept) -> set[bytes]:
    """What the first three sectors may be, by the first byte of each."""
    images = (drive.image(kept, random.Random(seed)) for seed in range(200))
    return {bytes(image.get(0, bytes(4096))[at] for at in (0, 512, 1024)) for image in images}


def drive(*steps: Block | Flushed, lying: bool = False) -> Drive:
    made = Drive({}, lying=lying)
    for step in steps:
        made.go(step)
    return made


def test_what_was_flushed_is_there_and_what_was_not_may_be() -> None:
    assert outcomes(drive(FIRST, Flushed(), SECOND), Kept.NONE) == {b"11\0"}
    assert outcomes(drive(FIRST, Flushed(), SECOND), Kept.SUBSET) == {b"11\0", b"122"}


def test_a_later_write_may_be_under_an_earlier_one() -> None:
    assert outcomes(drive(FIRST, SECOND), Kept.ALL) == {b"122"}
    assert outcomes(drive(FIRST, SECOND), Kept.SUBSET) == {b"\0\0\0", b"11\0", b"\x0022", b"122", b"112"}


def test_a_write_is_torn_between_sectors() -> None:
    assert outcomes(drive(FIRST), Kept.TORN) == {b"\0\0\0", b"1\0\0", b"\x001\0", b"11\0"}


def test_a_lying_drive_keeps_nothing_for_certain() -> None:
    assert outcomes(drive(FIRST, Flushed(), SECOND, Flushed(), lying=True), Kept.NONE) == {b"\0\0\0"}


def test_a_write_across_pages_lies_in_both(tmp_path: Path) -> None:
    image = drive(Block(4000, b"x" * 200), Flushed()).image(Kept.NONE, random.Random(0))
    assert sorted(image) == [0, 1] and image[0][4000:] == b"x" * 96 and image[1] == b"x" * 104 + bytes(3992)
    path = tmp_path / "drive"
    path.write_bytes(image[0] + image[1] + bytes(4096))
    with path.open("rb") as file:
        assert pages_of(file) == image


def test_a_machine_that_lacks_something_is_told_what_and_never_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ext4_mounts.os, "geteuid", lambda: 1000)
    assert "root" in ext4_mounts.missing()
    monkeypatch.undo()
    monkeypatch.setattr(ext4_mounts, "NODES", ("/dev/no-such-node",))
    if "/dev/" in ext4_mounts.missing():
        assert "/dev/no-such-node" in ext4_mounts.missing()
