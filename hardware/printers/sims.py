"""The simulated printer that answers to a profile of `hardware.shelf`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hardware.printers.escpos_sim import EscposSim
from hardware.printers.profile import Coverage, Profile, Proof

_FONT: Final = {  # of a printer that is taken for all raster, nothing is known: the least
    Coverage.RASTER: "gb2312",
    Coverage.GB2312: "gb2312",
    Coverage.GBK: "gbk",
    Coverage.GB18030_2: "gb18030-2",
    Coverage.GB18030_4: "gb18030",
}


def printer_sim(profile: Profile | None, link: Path, paper: Path) -> EscposSim:
    """`profile` None: 80 mm with everything."""
    if profile is None:
        return EscposSim("printer", link, paper)
    return EscposSim(
        "printer",
        link,
        paper,
        profile.dots,
        font_coverage=_FONT[profile.coverage],
        process_id=profile.proof is not Proof.QUEUED_STATUS,
    )
