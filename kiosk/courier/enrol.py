"""Enrolment: a one-time code from the office against this kiosk's public key. Run once, before the services."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import urllib3

from kiosk import codec
from kiosk.identity import (
    Identity,
    NotEnrolled,
    load_identity,
    load_signer,
    save_identity,
    signed_by,
)
from kiosk.journal.store import Journal
from kiosk.parcels import Enrol, Enrolled, answer_bytes, request_bytes

CALL: Final = "enrol"
NOBODY: Final = "-"  # kiosk id of a kiosk that has none yet
ANSWER_S: Final = 20.0


class EnrolmentFailed(Exception):
    """Says why, and what to do."""


def enrol(state: Path, server: str, code: str, journal_name: str, ca_file: str = "") -> Identity:
    """Makes the key if there is none, registers it, and begins an empty journal for the new epoch.

    A journal of an earlier epoch is kept beside the new one. Raises EnrolmentFailed."""
    signer = load_signer(state, create=True)
    body = codec.encode(Enrol(code=code, public_key=signer.public_key, machine=_machine()))
    signature = signer.sign(request_bytes(CALL, body))
    enrolled = _asked(server, body, signature, ca_file)
    if enrolled.refused:
        raise EnrolmentFailed(f"the office refused: {enrolled.refused}. Ask for a fresh code and try again")
    identity = Identity(enrolled.kiosk, enrolled.epoch, enrolled.site, signer.public_key, enrolled.server_key)
    journal = state / journal_name
    if journal.exists():
        _keep_old(state, journal)
    # In this order: a cut in between leaves an identity without a journal, which is refused, never an old
    # identity over an empty journal.
    save_identity(state, identity)
    Journal.create(journal, identity)
    return identity


def _asked(server: str, body: bytes, signature: str, ca_file: str) -> Enrolled:
    headers = {"Kiosk-Id": NOBODY, "Kiosk-Signature": signature, "Content-Type": "application/json"}
    url = f"{server.rstrip('/')}/v1/{CALL}"
    try:
        with urllib3.PoolManager(ca_certs=ca_file or None) as pool:
            answer = pool.request("POST", url, body=body, headers=headers, timeout=ANSWER_S, retries=False)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise EnrolmentFailed(
            f"{url} can not be reached ({error}). Check the network and the address"
        ) from error
    if answer.status != 200:
        raise EnrolmentFailed(
            f"{url} answered {answer.status}: {answer.data[:200].decode('utf-8', 'replace')}"
        )
    try:
        enrolled: Enrolled = codec.decode(answer.data, Enrolled)
    except codec.Malformed as error:
        raise EnrolmentFailed(f"{url} does not speak this protocol: {error}") from error
    signed = answer_bytes(signature, answer.data)
    if not enrolled.refused and not signed_by(
        enrolled.server_key, signed, answer.headers.get("Server-Signature", "")
    ):
        raise EnrolmentFailed(
            f"{url}: the answer is not signed by the key that it names; nothing was enrolled"
        )
    return enrolled


def _keep_old(state: Path, journal: Path) -> None:
    try:
        epoch = str(load_identity(state).epoch)
    except NotEnrolled:
        epoch = "unknown"
    kept = journal.with_name(f"{journal.stem}-epoch-{epoch}{journal.suffix}")
    number = 1
    while kept.exists():  # nothing that was kept is ever written over
        number += 1
        kept = journal.with_name(f"{journal.stem}-epoch-{epoch}-{number}{journal.suffix}")
    for suffix in ("-wal", ""):  # the log first: a file without its log would pass for a whole, older one
        old = journal.with_name(journal.name + suffix)
        if old.exists():
            old.rename(kept.with_name(kept.name + suffix))


def _machine() -> str:
    """The serial number of the board, for the list in the office."""
    path = Path("/proc/device-tree/serial-number")
    return path.read_text().strip("\0\n ") if path.exists() else ""
