"""The glass: shows a view, watches the finger, hands intents on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from kiosk.contract import (
    AGAIN,
    AnyIntent,
    CashRunning,
    Contrast,
    EnterAccount,
    Home,
    Language,
    Message,
    OpenStaff,
    SayContact,
    ShowCode,
    StaffEntry,
    StillHere,
    TextSize,
    Touched,
    View,
)
from screens import chrome, focus, poster, titles, typeset
from screens.focus import KEYS, Key, Ring
from screens.frame import Frame
from screens.pages import PAGES, idle, keypad, offline, settings
from screens.sheet import Act, Foot, Sheet
from screens.theme import Panel, Theme
from screens.touch import Hold, TouchGuard
from screens.voice.guide import Listening, Voice
from screens.voice.reading import Glass, Item
from screens.widgets.base import Box, Outline
from screens.widgets.press import PLAIN, Press
from screens.widgets.surface import Surface
from screens.widgets.text import aloud
from screens.words import Words

STAFF_WAY_IN: Final = (Home, CashRunning, ShowCode)
DARK: Final = (0.0, 0.0, 0.0, 1.0)
STAFF_HOLD_S: Final = 3.0  # nobody rests a finger on a title for so long by chance; a lean is over sooner
VOICE_KEYS: Final = (
    Key.REPEAT,
    Key.LOUDER,
    Key.QUIETER,
    Key.FASTER,
    Key.SLOWER,
)  # as buttons in the settings


class ScreenRoot(Surface):
    """Exactly as large as the panel; stands alone or inside another window (moved and scaled by its parent).

    `send` gets every `Touched`. Until the first view, and after `lost()`, a page of its own asks to wait."""

    def __init__(
        self,
        panel: Panel,
        send: Callable[[Touched], None],
        clock: Callable[[], float] = time.monotonic,
        words: dict[Language, Words] | None = None,
        voice: Voice | None = None,
        preview: Path | None = None,
    ) -> None:
        super().__init__(size=panel.glass)
        self.panel = panel
        self.view: View | None = None
        self._send = send
        self._clock = clock
        self._words = words or {language: Words(language) for language in Language}
        for language in self._words.values():
            typeset.keep(language.standing())
        self._themes: dict[tuple[TextSize, Contrast], Theme] = {}
        self._guard = TouchGuard()
        self._pressables: dict[str, Press] = {}
        self._finger: Any = None  # the one touch that counts
        self._under_finger = ""
        self._title_held = Hold(STAFF_HOLD_S)
        self._leaf = 0
        self._problem: Message | None = None
        self._settings_open = False
        self._headset = False
        self._connected = False
        self._shown_page: tuple[Any, ...] = ()
        self._voice = voice
        self._preview = preview
        self._ring = Ring()
        self._ring_drawn: Outline | None = None
        self._keys_down: set[str] = set()
        self._new_page = self._unseen = True
        self._build()

    # ---- what is shown

    def show(self, view: View) -> None:
        """Draw this view now."""
        title = view.page.title if isinstance(view.page, titles.OWN) else None
        page = (type(view.page), view.idle is not None, title)
        if page != self._shown_page or not self._connected:
            self._shown_page = page
            self._leaf = 0
            self._settings_open = False
            self._page_turned()
        problem = getattr(view.page, "problem", None)
        if problem and problem != self._problem and self._leaf:  # it stands on the first leaf, if not on all
            self._leaf = 0
            self._page_turned()
        self._problem = problem
        if isinstance(view.page, Home) and (self.view is None or not isinstance(self.view.page, Home)):
            typeset.forget()
        if self.view is not None and self.view.asleep and not view.asleep:
            self._page_turned()  # the finger that woke it has not seen this page
        self.view = view
        self._connected = True
        self._build()
        if self._voice and view.headset is not self._headset:
            self._voice.headset(view.headset, view.language)
        self._headset = view.headset

    def lost(self) -> None:
        """The core is away: a calm page, in the language and size of the last view, nothing personal."""
        self.start_over()
        self._build()

    def start_over(self) -> None:
        """The next view is shown as the first one is: from its first leaf, with nothing opened over it."""
        self._connected = False
        self._shown_page = ()
        self._page_turned()

    def _page_turned(self) -> None:
        self._new_page = self._unseen = True
        self._guard.page_changed(self._clock())

    def drawn(self) -> None:
        """What was built is on the glass now: nobody can have read it sooner, however long the drawing took."""
        if self._unseen:
            self._unseen = False
            self._guard.page_changed(self._clock())

    def widgets_by_name(self) -> dict[str, Press]:
        """Everything that stands on the glass and can be pressed (or is switched off: `off`)."""
        return dict(self._pressables)

    def _theme(self, size: TextSize, contrast: Contrast) -> Theme:
        key = (size, contrast)
        if key not in self._themes:
            self._themes[key] = Theme(self.panel, size, contrast)
        return self._themes[key]

    def _build(self) -> None:
        self.clear()
        self._pressables = {}
        self._ring_drawn = None
        width, height = self.panel.glass
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
        if view.asleep:
            wake = self._words[view.language].text("button.wake")
            self._add(Press(glass, theme, "wake", wake, StillHere(), PLAIN))
            self._add(Box(glass, DARK))
            return

        above, page = poster.split(theme, glass)
        head, rest = page.from_top(theme.header)
        bar, content = rest.from_bottom(theme.bar)
        content = content.inset(theme.margin, 0)
        content = content.from_top(theme.pad * 0.5)[1]  # air below the header
        words = self._words[view.language]
        sheet = Sheet(theme, words, view, content, self._add, self._leaf, self._turn, self._preview)
        if above is not None:
            poster.draw(sheet, above, view.page)
        typing = isinstance(view.page, EnterAccount | StaffEntry | SayContact)
        if theme.low and typing and not self._covered(view):
            sheet.keys, content = keypad.stand(theme, self._words[view.language], content)
        sheet.area = chrome.banners(sheet, content)
        banners = self._items()
        title, foot = self._content(sheet, view)
        self._leaf = sheet.leaf
        items = self._items()[len(banners) :]
        in_page = list(self._pressables)
        chrome.bottom(sheet, bar, *self._bar(sheet, view, foot))
        in_bar = [name for name in reversed(self._pressables) if name not in in_page]
        chrome.header(sheet, head, title, self._toggle_settings, self._settings_open)
        if self._under_finger in self._pressables:
            self._press_shown(True)

        self._ring.page(list(dict.fromkeys([*in_page, *in_bar, *self._pressables])), new=self._new_page)
        self._show_ring()
        if self._voice:
            step = sheet.say("step.long", now=view.step[0], of=view.step[1]) if view.step else ""
            glass = Glass(title, step, tuple(items), tuple(banners), self._told_again(view))
            at_home = isinstance(view.page, Home) and not self._settings_open
            self._voice.shown(glass, view.language, new=self._new_page, home=at_home)
        self._new_page = False

    def _told_again(self, view: View) -> tuple[str, int]:
        """The problem on the page, as it is spoken, and how often it was told once more."""
        if self._problem is None:
            return "", 0
        words = self._words[view.language].message(self._problem)
        return aloud(words), int(self._problem.values.get(AGAIN, 0))

    def _items(self) -> list[Item]:
        """In the order in which they were drawn, which is the order in which they are read."""
        return [
            Item(w.a11y_name, w.a11y_role, w.a11y_value, w.a11y_personal) for w in self.things if w.a11y_name
        ]

    def _covered(self, view: View) -> bool:
        """Something else stands where the page would."""
        return view.idle is not None or self._settings_open

    def _content(self, sheet: Sheet, view: View) -> tuple[str, Foot]:
        if view.idle:
            return sheet.say("idle.title"), idle.build(sheet, view.idle)
        if self._settings_open:
            settings.build(sheet, self._voice_controls(view.language))
            done = Act(
                "settings:close", sheet.say("button.settings_done"), self._toggle_settings, icon="tick"
            )
            return sheet.say("settings.title"), Foot(main=done)
        own = view.page.title if isinstance(view.page, titles.OWN) else None
        title = sheet.message(own) if own else sheet.say(titles.key(view.page))
        return title, PAGES[type(view.page)](sheet, view.page)

    def _voice_controls(self, language: Language) -> settings.Voice:
        voice = self._voice
        if voice is None:
            return ()

        def switch() -> None:
            voice.toggle(language)
            self._build()

        keys = [(key.value, partial(voice.key, key, language)) for key in VOICE_KEYS]
        switched_on = voice.listening is not Listening.OFF
        return (settings.Control("on", switch, switched_on), *(settings.Control(*key) for key in keys))

    def _bar(self, sheet: Sheet, view: View, foot: Foot) -> tuple[Foot, Act | None]:
        """Leafing through a page takes the places of main action and back."""
        back = None if self._covered(view) else sheet.act("back", view.back)
        if sheet.leaf < sheet.leaves - 1:
            first = sheet.leaf == 0 and isinstance(view.page, Home)
            label = sheet.say("button.more" if first else "button.next_page")
            short = "" if first else sheet.say("button.next_page_short")
            if sheet.says_only:
                label, short = sheet.say("button.understood"), ""
            following = Act(
                "next_page", label, lambda: self._turn(self._leaf + 1), icon="forward", short=short
            )
            # Closing the settings and 有错 must be possible from every leaf.
            foot = Foot(main=following, second=foot.main if self._settings_open else foot.second)
        if sheet.leaf > 0:
            back = Act(
                "previous_page",
                sheet.say("button.previous_page"),
                lambda: self._turn(self._leaf - 1),
                short=sheet.say("button.previous_page_short"),
            )
        return foot, back

    def _add(self, widget: Any) -> None:
        self.put(widget)
        if isinstance(widget, Press):
            self._pressables[widget.name] = widget

    def _turn(self, leaf: int) -> None:
        self._leaf = leaf
        self._page_turned()
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
        if not Frame(0, 0, *self.panel.glass).holds(x, y):
            return False
        if getattr(touch, "button", "left") not in ("left", None) or not self._guard.begins(self._clock()):
            return False
        touch.grab(self)
        if self._voice:
            self._voice.touched()
        self._ring.leave()
        self._show_ring()
        self._finger = touch.uid
        self._press_shown(False)
        self._under_finger = self._pressable_at(x, y)
        self._press_shown(True)
        self._title_held.begins(self._on_title(x, y), self._clock())
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
        x, y = self.to_local(*touch.pos)
        over = self._pressable_at(x, y)
        if self._title_held.ends(self._on_title(x, y), self._clock()):
            self.want(OpenStaff())
        if self._guard.allows(name, self._clock()) and name and over == name:
            self.press(name)
        return True

    def _on_title(self, x: float, y: float) -> bool:
        """The staff's way in: the title of the first page or of a payment, which is no button and looks like none."""
        if self.view is None or not isinstance(self.view.page, STAFF_WAY_IN) or not self._connected:
            return False
        theme = self._theme(self.view.text_size, self.view.contrast)
        page = poster.split(theme, Frame(0, 0, *self.panel.glass))[1]
        head, _ = page.from_top(theme.header)
        return head.holds(x, y) and not self._pressable_at(x, y)

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

    # ---- the keys

    @property
    def order(self) -> tuple[str, ...]:
        """The buttons as the ring goes over them."""
        return self._ring.names

    @property
    def ring(self) -> str:
        """The button that the ring stands on; empty without a ring."""
        return self._ring.name

    def key_down(self, name: str) -> bool:
        """A key of a keypad, by the name that Kivy's window gives it. Holding it down repeats nothing."""
        if name in self._keys_down:
            return True
        self._keys_down.add(name)
        view = self.view
        if view is None or not self._connected:
            return False
        if view.idle or view.asleep:
            self.press("stay" if view.idle else "wake")
            return True
        digit = focus.digit(name, self._pressables)
        if digit:
            self._press_key(digit)
            return True
        key = KEYS.get(name)
        if key is None:
            return False
        if not (self._voice and self._voice.key(key, view.language)):
            self._key(key, view.language)
        return True

    def key_up(self, name: str) -> None:
        self._keys_down.discard(name)

    def _key(self, key: Key, language: Language) -> None:
        match key:
            case Key.NEXT | Key.BEFORE:
                wrapped = self._ring.step(1 if key is Key.NEXT else -1)
                self._show_ring()
                self.want(StillHere())  # whoever moves the ring is there
                chosen = self._pressables.get(self._ring.name)
                if chosen and self._voice:
                    item = Item(chosen.a11y_name, chosen.a11y_role, chosen.a11y_value, chosen.a11y_personal)
                    self._voice.focused(item, language, wrapped=wrapped)
            case Key.SELECT:
                self._press_key(self._ring.name or ("main" if "main" in self._pressables else "next_page"))
            case Key.BACK:
                self._press_key("back")
            case Key.HELP:
                self._press_key("call")

    def _press_key(self, name: str) -> None:
        """A key begins and ends at once; the same touches are void as those of a finger."""
        widget, now = self._pressables.get(name), self._clock()
        if (
            widget is not None
            and not widget.off
            and self._guard.begins(now)
            and self._guard.allows(name, now)
        ):
            self.press(name)

    def _show_ring(self) -> None:
        if self._ring_drawn is not None:
            self.take_away(self._ring_drawn)
            self._ring_drawn = None
        chosen = self._pressables.get(self._ring.name)
        if chosen is not None and self.view is not None:
            theme = self._theme(self.view.text_size, self.view.contrast)
            self._ring_drawn = Outline(
                chosen.frame.inset(-theme.border), theme.colour("focus"), 3 * theme.border, theme.radius
            )
            self.put(self._ring_drawn)

    def want(self, intent: AnyIntent) -> None:
        """Tell the core, for the view that is on the glass."""
        if self.view is not None and self._connected:
            self._send(Touched(self.view.number, intent))
