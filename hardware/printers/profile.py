"""What one model of printer is, as its manual tells it: a table of `config/devices.toml`, and no code."""

from __future__ import annotations

import enum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

DOTS_PER_MM: Final = 8  # 203 dpi


class Coverage(enum.Enum):
    """What the printer's Chinese font holds."""

    RASTER = "raster"  # nothing that we rely on: every line and every code goes out as dots
    GB2312 = "gb2312"  # levels 1 and 2
    GBK = "gbk"
    GB18030_2 = "gb18030-2"  # the two-byte area
    GB18030_4 = "gb18030-4"  # also the ideographs of the four-byte area


class Proof(enum.Enum):
    """How the printer shows that all before is done."""

    PROCESS_ID = "process-id"  # GS ( H 48: the id comes back once all before it is on paper
    QUEUED_STATUS = "queued-status"  # GS r 1: answered, without an id, once all before it is processed
    BEST = "best"  # the first of the two that it answers at first contact


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    paper_mm: Literal[58, 80]
    dots: Annotated[int, Meta(ge=256, le=640, multiple_of=8)]  # that its head prints side by side
    cutter: bool
    coverage: Coverage
    speed_mm_s: Annotated[int, Meta(ge=20, le=500)]  # how fast it prints text; sets how long a job may take
    proof: Proof

    def __post_init__(self) -> None:
        if self.dots > self.paper_mm * DOTS_PER_MM:
            raise ValueError(
                f"`dots` = {self.dots} is wider than paper of {self.paper_mm} mm ({DOTS_PER_MM} dots a mm)"
            )

    @property
    def described(self) -> str:
        knife = "cutter" if self.cutter else "no cutter"
        return f"{self.paper_mm} mm, {self.dots} dots, {self.coverage.value}, {knife}"
