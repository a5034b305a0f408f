"""Practice and real money never meet: what is refused before anything starts.

Who a kiosk is decides: T0001 practises, K0001 does not, and neither can become the other. The server keeps the
same line on its side (`central.dock.enrolment.wrong_world`), the courier on the way (`kiosk.courier.loopback`)."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from kiosk.identity import IDENTITY_FILE, NotEnrolled, load_identity
from kiosk.parcels import is_training

REAL_DEVICES: Final = Path("/dev")
PSEUDO: Final = Path("/dev/pts")  # where the lines of simulated devices end


class Mixed(Exception):
    """Practice would have touched something real, or the other way round. Says what, and what to do."""


def check(kiosk: str, training: bool, lines: Path | None) -> None:
    """Before the core starts. `lines`: folder of the simulated devices' lines, None with real ones. Raises Mixed."""
    if is_training(kiosk) and not training:
        raise Mixed(f"{kiosk} is for practice and takes no real money: start it with `kiosk train`, or enrol this "
                    "kiosk at a real server with an empty state folder")  # fmt: skip
    if not training:
        return
    if not is_training(kiosk):
        raise Mixed(
            f"{kiosk} is a real kiosk: nobody practises with its journal; `kiosk train` has a folder of its own"
        )
    if lines is None:
        raise Mixed("practice knows simulated devices only: name the folder of their lines with --simulated")
    for line in (lines, *sorted(lines.iterdir() if lines.is_dir() else ())):
        if is_real_device(line):
            raise Mixed(
                f"{line} is a real device: practice runs on simulated ones only; unplug it or use another folder"
            )


def is_real_device(path: Path) -> bool:
    """A device file, or the folder of such, that is no end of a pseudo-terminal. Links are followed."""
    target = path.resolve()
    if target.is_dir():
        return target.is_relative_to(REAL_DEVICES) and not target.is_relative_to(REAL_DEVICES / "shm")
    try:
        mode = target.stat().st_mode
    except OSError:
        return False  # nothing hangs there
    device = stat.S_ISCHR(mode) or stat.S_ISBLK(mode)
    return device and not target.is_relative_to(PSEUDO)


def check_home(home: Path, state: Path, journal: str, books: Path, training_mark: Path) -> None:
    """Before `kiosk train` makes or opens anything below `home`. Raises Mixed where something real lies.

    `state`, `journal`: folder and name of the kiosk's journal. `books`: the server's database; `training_mark`: what
    the server puts beside it when it is for practice."""
    for folder in (home, state):
        for name in (IDENTITY_FILE, journal):
            if (folder / name).exists() and not _practises(folder):
                raise Mixed(
                    f"{folder / name} belongs to a kiosk that is not for practice: choose another folder (--home)"
                )
    if books.exists() and not training_mark.exists():
        raise Mixed(f"{books} holds books that are not of practice: choose another folder (--home)")


def _practises(folder: Path) -> bool:
    try:
        return is_training(load_identity(folder).kiosk)
    except NotEnrolled:
        return False
