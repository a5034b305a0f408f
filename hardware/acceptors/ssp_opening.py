"""Which notes an SSP unit shall accept just now: SET INHIBITS, ENABLE and DISABLE, and what became of them."""

from __future__ import annotations

from typing import Final

from hardware.acceptors.ssp_codes import Command, inhibits_command

SWITCH_AGAIN_S: Final = 1.0  # a unit needs some polls to follow ENABLE or DISABLE


class Opening:
    """Channels are wanted; the unit has acknowledged some; `next` is the command that is still missing."""

    def __init__(self) -> None:
        self._mask: frozenset[int] | None = (
            None  # channels that the unit acknowledged to accept; None: unknown
        )
        self._mask_sent: frozenset[int] | None = None
        self._switch: Command | None = None  # ENABLE or DISABLE, as last sent
        self._switch_s = 0.0

    def next(self, now_s: float, wanted: frozenset[int], shows_disabled: bool | None) -> Command | None:
        """`shows_disabled`: what the last POLL said, None when there was none since the last switch."""
        if wanted and wanted != self._mask:
            return Command.SET_INHIBITS
        switch = Command.ENABLE if wanted else Command.DISABLE
        if shows_disabled is (switch is Command.DISABLE):
            return None
        again = switch is self._switch
        return None if again and now_s < self._switch_s + SWITCH_AGAIN_S else switch

    def inhibits(self, wanted: frozenset[int]) -> bytes:
        """The data of the SET INHIBITS that leaves now."""
        self._mask_sent = wanted
        return inhibits_command(wanted)

    def inhibits_acknowledged(self) -> None:
        self._mask = self._mask_sent

    def switched(self, now_s: float, command: Command) -> None:
        """ENABLE or DISABLE leaves now."""
        self._switch, self._switch_s = command, now_s
