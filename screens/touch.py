"""Which touches count. Pure: the time is given.

Old hands tremble and rest; a page may change under a finger. So one finger counts, it acts on release, and
some touches are void."""

from __future__ import annotations

from typing import Final

SAME_KEY_S: Final = 0.5  # EN 301 549 5.8: the same key again within this time is a tremble
# A digit may stand twice in a number (8800…), so a real second press must count: people repeat a key no faster
# than about 5 times a second; a bounce of the glass comes within 0.1 s.
SAME_DIGIT_S: Final = 0.15
NEW_PAGE_S: Final = (
    0.4  # accessibility facts 5.3: nobody has read a page sooner; the finger meant the old one
)
# A finger whose lifting was never reported (the glass was unplugged under it, kivy 6141) must not block the
# glass for ever; nobody holds a button for so long on purpose.
FORGOTTEN_S: Final = 10.0


class TouchGuard:
    def __init__(self) -> None:
        self._page_since = float("-inf")
        self._last: tuple[str, float] = ("", float("-inf"))
        self._began: float | None = None

    def page_changed(self, now: float) -> None:
        self._page_since = now

    def begins(self, now: float) -> bool:
        """A finger comes down. False while another one counts."""
        if self._began is not None and now - self._began < FORGOTTEN_S:
            return False
        self._began = now
        return True

    def allows(self, name: str, now: float) -> bool:
        """The finger is lifted over the button on which it came down. Begun on the page before, or too soon
        on this one, it is void; so is a finger that was down before the first page (kivy 3758)."""
        began, self._began = self._began, None
        if began is None or began < self._page_since + NEW_PAGE_S:
            return False
        last_name, last_time = self._last
        least = SAME_DIGIT_S if name.startswith("key:") else SAME_KEY_S
        if name == last_name and now - last_time < least:
            return False
        self._last = (name, now)
        return True


class Hold:
    """A finger that rests on one place for long, from down to up."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def begins(self, on_place: bool, now: float) -> None:
        self._since = now if on_place else None

    def ends(self, on_place: bool, now: float) -> bool:
        """Whether it was held long enough. Lifted elsewhere it was a stroke, not a hold."""
        since, self._since = self._since, None
        return on_place and since is not None and now - since >= self._seconds
