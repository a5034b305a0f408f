"""Enrolment: a one-time code from the office against this kiosk's public key. Run while the services stand still.

A kiosk with a journal comes back as who it was, with key and journal, to a server that lost its records. A new epoch
(`new_epoch`) has a new key and an empty journal; the old ones stay beside it until the server has everything
(`kiosk.courier.handover`)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from kiosk.courier.direct import Direct, NoAnswer
from kiosk.identity import (
    IDENTITY_FILE,
    KEY_FILE,
    Identity,
    NotEnrolled,
    Signer,
    load_identity,
    load_signer,
    save_identity,
)
from kiosk.journal.store import Journal
from kiosk.parcels import Enrol, Enrolled, is_training

NOBODY: Final = "-"  # kiosk id of a kiosk that has none yet
NEXT: Final = "next"  # folder of the key of an epoch that has not begun yet


class EnrolmentFailed(Exception):
    """Says why, and what to do."""


def enrol(
    state: Path,
    server: str,
    code: str,
    journal_name: str,
    ca_file: str = "",
    *,
    new_epoch: bool = False,
    training: bool = False,
) -> Identity:
    """Raises EnrolmentFailed; then nothing has changed, and the same code may be tried again. `training`: only a
    name of practice is taken; else only a real one."""
    direct, journal = Direct(server, ca_file), state / journal_name
    before = _before(state)
    if new_epoch:
        signer = load_signer(state / NEXT, create=True)
        identity = _checked(_asked(direct, code, signer), training)
        _put_aside(state, journal)
        os.replace(state / NEXT / KEY_FILE, state / KEY_FILE)
    elif before is not None and journal.exists():
        identity = _checked(_asked(direct, code, load_signer(state), before), training)
        save_identity(state, identity)
        return identity
    else:
        identity = _checked(_asked(direct, code, load_signer(state, create=True)), training)
    # In this order: a cut in between leaves an identity without a journal, which is refused, never an old
    # identity over an empty journal.
    save_identity(state, identity)
    Journal.create(journal, identity)
    return identity


def _checked(identity: Identity, training: bool) -> Identity:
    """A server for practice and a real kiosk never come together, nor the other way round."""
    if is_training(identity.kiosk) == training:
        return identity
    raise EnrolmentFailed(
        f"the server gave the name {identity.kiosk}, and this "
        + (
            "is a kiosk for practice: `kiosk train` brings a server of its own"
            if training
            else "is a real kiosk: that server is for practice only; check its address"
        )
        + "; nothing was changed"
    )


def _before(state: Path) -> Identity | None:
    try:
        return load_identity(state)
    except NotEnrolled:
        return None


def _asked(direct: Direct, code: str, signer: Signer, before: Identity | None = None) -> Identity:
    """`before`: this kiosk keeps its journal, so it takes no other name than that."""
    ask = Enrol(code=code, public_key=signer.public_key, machine=_machine())
    if before is not None:
        if before.public_key != signer.public_key:
            raise EnrolmentFailed(
                "the key in the state folder is not the one that signed its journal. Put it back, or begin a new "
                "epoch: kiosk enrol --new-epoch"
            )
        ask = Enrol(code, signer.public_key, _machine(), before.kiosk, before.epoch)
    try:
        enrolled: Enrolled = direct.call("enrol", ask, Enrolled, NOBODY, signer)
    except NoAnswer as error:
        raise EnrolmentFailed(str(error)) from error
    if enrolled.refused:
        raise EnrolmentFailed(f"the office refused: {enrolled.refused}. Ask for a fresh code and try again")
    if before is not None and (enrolled.kiosk, enrolled.epoch) != (before.kiosk, before.epoch):
        raise EnrolmentFailed(
            f"the server wants to call this kiosk {enrolled.kiosk}, epoch {enrolled.epoch}, but its journal is of "
            f"{before.kiosk}, epoch {before.epoch}; nothing was changed"
        )
    return Identity(enrolled.kiosk, enrolled.epoch, enrolled.site, signer.public_key, enrolled.server_key)


def _put_aside(state: Path, journal: Path) -> None:
    """`journal-epoch-1.db` with its log, key and identity, under a name that nothing has yet."""
    before = _before(state)
    epoch = before.epoch if before is not None else "unknown"
    kept = journal.with_name(f"{journal.stem}-epoch-{epoch}{journal.suffix}")
    number = 1
    while kept.exists():  # nothing that was kept is ever written over
        number += 1
        kept = journal.with_name(f"{journal.stem}-epoch-{epoch}-{number}{journal.suffix}")
    for name in (KEY_FILE, IDENTITY_FILE):
        if (state / name).exists():
            folder = kept.with_suffix("")
            folder.mkdir(exist_ok=True)
            shutil.copy2(state / name, folder / name)
    for suffix in ("-wal", ""):  # the log first: a file without its log would pass for a whole, older one
        old = journal.with_name(journal.name + suffix)
        if old.exists():
            old.rename(kept.with_name(kept.name + suffix))


def _machine() -> str:
    """The serial number of the board, for the list in the office."""
    path = Path("/proc/device-tree/serial-number")
    return path.read_text().strip("\0\n ") if path.exists() else ""
