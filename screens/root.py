"""The glass: shows a view, watches the finger, hands intents on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from kivy.uix.relativelayout import RelativeLayout

from kiosk.contract import AnyIntent, Contrast, Home, Language, TextSize, Touched, View
from screens import chrome, typeset
from screens.frame import Frame
from screens.pages import PAGES, idle, offline, settings
from screens.sheet import Act, Foot, Sheet
from screens.theme import Panel, Theme
from screens.touch import TouchGuard
from screens.widgets.base import Box
from screens.widgets.press import Press
from screens.words import Words

NO_VIEW: Final = -1


class ScreenRoot(RelativeLayout):  # type: ignore[misc]
    """Exactly as large as the panel; stands alone or inside another window (moved and scaled by its parent).

    `send` gets every `Touched`. Until the first view, and after `lost()`, a page of its own asks to wait."""

    def __init__(
        self,
        panel: Panel,
        send: Callable[[Touched], None],
        clock: Callable[[], float] = time.monotonic,
        words: dict[Language, Words] | None = None,
    ) -> None:
        super().__init__(size_hint=(None, None), size=panel.pixels)
        self.panel = panel
        self.view: View | None = None
        self._send = send
        self._clock = clock
        self._words = words or {language: Words(language) for language in Language}
        self._themes: dict[tuple[TextSize, Contrast], Theme] = {}
        self._guard = TouchGuard()
        self._pressables: dict[str, Press] = {}
        self._finger: Any = None  # the one touch that counts
        self._under_finger = ""
        self._leaf = 0
        self._settings_open = False
        self._connected = False
        self._shown_page: tuple[Any, ...] = ()
        self._build()

    # ---- what is shown

    def show(self, view: View) -> None:
        """Draw this view now."""
        page = (type(view.page), view.idle is not None)
        if page != self._shown_page or not self._connected:
            self._shown_page = page
            self._leaf = 0
            self._settings_open = False
            self._guard.page_changed(self._clock())
        if isinstance(view.page, Home) and (self.view is None or not isinstance(self.view.page, Home)):
            typeset.forget()
        self.view = view
        self._connected = True
        self._build()

    def lost(self) -> None:
        """The core is away: a calm page, in the language and size of the last view, nothing personal."""
        self._connected = False
        self._shown_page = ()
        self._guard.page_changed(self._clock())
        self._build()

    def widgets_by_name(self) -> dict[str, Press]:
        """Everything that stands on the glass and can be pressed (or is switched off: `off`)."""
        return dict(self._pressables)

    def _theme(self, size: TextSize, contrast: Contrast) -> Theme:
        key = (size, contrast)
        if key not in self._themes:
            self._themes[key] = Theme(self.panel, size, contrast)
        return self._themes[key]

    def _build(self) -> None:
        self.clear_widgets()
        self._pressables = {}
        width, height = self.panel.pixels
        glass = Frame(0, 0, width, height)
        view = self.view if self._connected else None
        last = self.view
        theme = self._theme(
            last.text_size if last else TextSize.LARGE, last.contrast if last else Contrast.DAY
        )
        self._add(Box(glass, theme.colour("page")))
        if view is None:
            offline.build(theme, [self._words[language] for language in Language], glass, self._add)
            return

        head, rest = glass.from_top(theme.header)
        bar, content = rest.from_bottom(theme.bar)
        content = content.inset(theme.margin, 0)
        content = content.from_top(theme.pad * 0.5)[1]  # air below the header
        sheet = Sheet(theme, self._words[view.language], view, content, self._add, self._leaf, self._turn)
        sheet.area = chrome.banners(sheet, content)
        title, foot = self._content(sheet, view)
        self._leaf = sheet.leaf
        chrome.header(sheet, head, title, self._toggle_settings, self._settings_open)
        chrome.bottom(sheet, bar, *self._bar(sheet, view, foot))
        if self._under_finger in self._pressables:
            self._press_shown(True)

    def _content(self, sheet: Sheet, view: View) -> tuple[str, Foot]:
        if view.idle:
            return sheet.say("idle.title"), idle.build(sheet, view.idle)
        if self._settings_open:
            settings.build(sheet)
            done = Act(
                "settings:close", sheet.say("button.settings_done"), self._toggle_settings, icon="tick"
            )
            return sheet.say("settings.title"), Foot(main=done)
        title, build = PAGES[type(view.page)]
        return sheet.say(title), build(sheet, view.page)

    def _bar(self, sheet: Sheet, view: View, foot: Foot) -> tuple[Foot, Act | None]:
        """Leafing through a page takes the places of main action and back."""
        back = None if view.idle or self._settings_open else sheet.act("back", view.back)
        if sheet.leaf < sheet.leaves - 1:
            first = sheet.leaf == 0 and isinstance(view.page, Home)
            label = sheet.say("button.more" if first else "button.next_page")
            following = Act("next_page", label, lambda: self._turn(self._leaf + 1), icon="forward")
            # Closing the settings and 有错 must be possible from every leaf.
            foot = Foot(main=following, second=foot.main if self._settings_open else foot.second)
        if sheet.leaf > 0:
            back = Act("previous_page", sheet.say("button.previous_page"), lambda: self._turn(self._leaf - 1))
        return foot, back

    def _add(self, widget: Any) -> None:
        self.add_widget(widget)
        if isinstance(widget, Press):
            self._pressables[widget.name] = widget

    def _turn(self, leaf: int) -> None:
        self._leaf = leaf
        self._guard.page_changed(self._clock())
        self._build()

    def _toggle_settings(self) -> None:
        self._settings_open = not self._settings_open
        self._turn(0)

    # ---- the finger

    def _pressable_at(self, x: float, y: float) -> str:
        for name, widget in self._pressables.items():
            if widget.frame.holds(x, y) and not widget.off:
                return name
        # While we ask whether somebody is there, a touch anywhere is the answer.
        return "stay" if self.view and self.view.idle and self._connected else ""

    def on_touch_down(self, touch: Any) -> bool:
        x, y = self.to_local(*touch.pos)
        if not Frame(0, 0, *self.panel.pixels).holds(x, y):
            return False
        if getattr(touch, "button", "left") not in ("left", None) or not self._guard.begins(self._clock()):
            return False
        touch.grab(self)
        self._finger = touch.uid
        self._press_shown(False)
        self._under_finger = self._pressable_at(x, y)
        self._press_shown(True)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        return bool(touch.grab_current is self)

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if touch.uid != self._finger:
            return True
        self._finger = None
        name = self._under_finger
        self._press_shown(False)
        self._under_finger = ""
        over = self._pressable_at(*self.to_local(*touch.pos))
        if self._guard.allows(name, self._clock()) and name and over == name:
            self.press(name)
        return True

    def _press_shown(self, pressed: bool) -> None:
        widget = self._pressables.get(self._under_finger)
        if widget is not None:
            widget.show_pressed(pressed)

    def press(self, name: str) -> None:
        """What a finished touch on this widget does. Raises KeyError when it is not on the glass."""
        action = self._pressables[name].action
        if callable(action):
            action()
        elif action is not None:
            self.want(action)

    def want(self, intent: AnyIntent) -> None:
        """Tell the core, for the view that is on the glass."""
        if self.view is not None and self._connected:
            self._send(Touched(self.view.number, intent))
