"""What is wrong, and where."""

from __future__ import annotations

from typing import NamedTuple

from screens.frame import Frame


class Fault(NamedTuple):
    """`rule`: name of the function that found it. `frame`: where, in pixels of the glass."""

    rule: str
    words: str
    frame: Frame
