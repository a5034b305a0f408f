"""How bytes reach a printer: a small seam, so that another way is another class and no more."""

from __future__ import annotations

from typing import Final, Protocol

WRITE_LIMIT_S: Final = 10.0  # a kernel buffer of 4 KiB needs 4.3 s at 9600; longer means stopped


class Wire(Protocol):
    """Belongs to one thread. `open`, `write`, `read` and `drop_output` raise LineTrouble."""

    port: str
    kind: str  # for an operator: "115200 baud"
    byte_s: float  # how long one byte takes

    @property
    def is_open(self) -> bool: ...

    def open(self) -> None: ...

    def write(self, data: bytes) -> None:
        """Hand over all of `data`; after LineTrouble nobody knows how much of it went."""

    def read(self, limit_s: float) -> bytes:
        """What has arrived, waiting up to `limit_s` for a first byte; b"" at the deadline."""

    def backlog_s(self) -> float:
        """How long what was handed over still needs to leave: a question waits behind it. 0.0 where nothing waits."""

    def drop_output(self) -> None:
        """Forget what was handed over and has not left yet."""

    def close(self) -> None:
        """Never raises, never waits for a printer."""
