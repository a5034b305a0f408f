"""What pages are drawn on: it holds what was put there, in that order, until it is cleared.

Things on it are no Kivy widgets: nothing is laid out, nothing is watched, a finger is asked for by its place. Making
a widget of each took most of the time between a touch and its page."""

from __future__ import annotations

from typing import Any

from kivy.uix.relativelayout import RelativeLayout

from screens.widgets.base import Spoken


class Surface(RelativeLayout):  # type: ignore[misc]
    """`things`: as they were drawn, the first one lowest."""

    def __init__(self, **where: Any) -> None:
        super().__init__(size_hint=(None, None), **where)
        self.things: list[Spoken] = []

    def put(self, thing: Spoken) -> None:
        thing.surface = self
        self.things.append(thing)
        self.canvas.add(thing.canvas)

    def take_away(self, thing: Spoken) -> None:
        """Raises ValueError when it does not lie here."""
        self.things.remove(thing)
        self.canvas.remove(thing.canvas)
        thing.gone()

    def clear(self) -> None:
        self.canvas.clear()
        for thing in self.things:
            thing.gone()
        self.things = []
