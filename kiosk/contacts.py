"""Telephone numbers that customers left, sealed for the server, on their way there.

The record of an opinion holds nothing of the number but the digest of its sealed text. The text itself lies beside
the journal until the server has it, and there until its time is over: then it is thrown away, the chain of
records stays whole, and nobody can say any more who it was."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.identity import sealed_digest, write_durably
from kiosk.parcels import ContactTaken, LeaveContact
from kiosk.post import Post, Silence
from kiosk.rules.retention import DAY_MS

log = logging.getLogger(__name__)

FOLDER: Final = "contacts"
_NAME: Final = re.compile(r"[0-9a-f]{64}")


class Contacts:
    """One file each, named by its digest, in the state folder of the core."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    def put(self, sealed: str) -> str:
        """On disk before the record that names it. Gives the digest; raises OSError."""
        digest = sealed_digest(sealed)
        write_durably(self._folder / digest, sealed.encode())
        return digest

    def waiting(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name))

    def sealed(self, digest: str) -> str:
        return (self._folder / digest).read_text()

    def drop(self, digest: str) -> None:
        try:
            (self._folder / digest).unlink(missing_ok=True)
        except OSError as error:
            log.error("a telephone number that the server has could not be removed: %s", error)

    def expire(self, now_ms: int, days: int) -> None:
        """Those that nobody took in so many days, and what a power cut left of one that was being written."""
        for path in list(self._folder.iterdir()) if self._folder.is_dir() else []:
            if now_ms - path.stat().st_mtime_ns // 1_000_000 > days * DAY_MS:
                log.warning("a telephone number that the server did not take in %d days is thrown away", days)
                path.unlink(missing_ok=True)


class ContactPost:
    """Hands them to the server, one at a time, as soon as it has the record that names them."""

    def __init__(self, post: Post, contacts: Contacts, head: Callable[[], int]) -> None:
        self._post = post
        self._contacts = contacts
        self._head = head  # sequence of the last record
        self._refused: dict[str, int] = {}  # digest → where the journal ended then: no record names it yet
        self._under_way = False

    def go_on(self) -> None:
        """The server holds all records."""
        head = self._head()
        try:
            waiting = [digest for digest in self._contacts.waiting() if self._refused.get(digest) != head]
            if self._under_way or not waiting:
                return
            digest = waiting[0]
            body = LeaveContact(digest, self._contacts.sealed(digest))
        except OSError as error:  # a failing card; records go up all the same
            log.error("a telephone number can not be read: %s", error)
            return
        self._under_way = True

        def came(answer: ContactTaken | Silence) -> None:
            self._under_way = False
            if isinstance(answer, Silence):
                return  # the next heartbeat tries again
            self._refused[digest] = head  # also where it is taken: not again if it can not be removed
            if answer.taken:
                self._contacts.drop(digest)
            self.go_on()

        self._post.call("contact", body, ContactTaken, came)
