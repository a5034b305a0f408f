"""What must hold on every page, each rule a function: glass → faults. Numbers from the accessibility facts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from kiosk.contract import Language
from screens import poster
from screens.frame import Frame
from screens.theme import Theme
from screens.widgets.base import Picture, Spoken
from screens.widgets.press import Press
from screens.widgets.text import Text
from screens.words import BREAK
from tests.screens.audit.fault import Fault

LEAST_TOUCH_MM: Final = 12.7  # VVSG 7.2-I
LEAST_GAP_MM: Final = 2.54
MOST_CHOICES: Final = 6  # accessibility facts 5.1
MOST_CHOICES_LOW: Final = 4  # the same on 7 inch
CHOICES: Final = re.compile(r"(fee|bill|tender|fault|face|help|choice):.*")
PICTURED: Final = re.compile(r"(fee|tender|face):.*")  # whoever reads little finds them by their picture
CORNER_MM: Final = 20.0  # accessibility facts 5.1: of a tall glass, where people lean
LEAST_EDGE_MM: Final = 0.5  # what a case may cover of a rim
ROUNDING_PX: Final = 1.5
AMOUNT: Final = re.compile(r"¥[\d.]*\d")
LONE: Final = re.compile(r"[一-鿿][，。！？；：、”]*")
PLACEHOLDER: Final = re.compile(r"\[[a-z_]+\.|\{")


class Glass:
    """A page as it stands: widgets, theme, and what a millimetre is."""

    def __init__(self, root: Any) -> None:
        view = root.view
        self.root = root
        self.panel = root.panel
        self.frame = Frame(0, 0, *self.panel.glass)
        self.widgets: list[Spoken] = list(root.things)  # in the order in which they were drawn
        self.texts = [w for w in self.widgets if isinstance(w, Text)]
        self.buttons = [w for w in self.widgets if isinstance(w, Press)]
        self.theme = Theme(self.panel, view.text_size, view.contrast)
        self.language: Language = view.language

    def mm(self, px: float) -> float:
        return px * self.panel.pitch_mm


def overlap(a: Frame, b: Frame) -> tuple[float, float]:
    return min(a.right, b.right) - max(a.x, b.x), min(a.top, b.top) - max(a.y, b.y)


def on_glass(glass: Glass) -> Iterator[Fault]:
    whole = glass.frame
    for widget in glass.widgets:
        frame, name = widget.frame, f"{type(widget).__name__} {widget.a11y_name!r}"
        if frame.w < 0 or frame.h < 0:
            yield Fault("on_glass", f"{name} has a negative size", frame)
        elif frame.x < -1 or frame.y < -1 or frame.right > whole.w + 1 or frame.top > whole.h + 1:
            yield Fault("on_glass", f"{name} leaves the glass", frame)


def not_clipped(glass: Glass) -> Iterator[Fault]:
    for text in glass.texts:
        if max(text.overflow) > ROUNDING_PX:
            words = f"text {text.text!r} ({text.px} px) overflows by {text.overflow}"
            yield Fault("not_clipped", words, text.frame)


def unbroken(glass: Glass) -> Iterator[Fault]:
    """No Latin word goes on in the next line, and no amount; a code or number may."""
    for text in glass.texts:
        whole = _whole(glass, text)
        for amount in AMOUNT.findall(whole):
            if not any(amount in line for line in text.lines):
                yield Fault("unbroken", f"{amount!r} of {text.text!r} is broken", text.frame)
        shown = {part for line in text.lines for part in line.split()}
        for word in whole.split():
            if (
                word.isascii()
                and any(map(str.isalpha, word))
                and not any(map(str.isdigit, word))
                and word not in shown
            ):
                yield Fault("unbroken", f"{word!r} of {text.text!r} is broken", text.frame)


def _whole(glass: Glass, text: Text) -> str:
    """The words before they were put into lines: those of a button have its name."""
    words = text.text.replace(BREAK, "")
    names = (button.a11y_name for button in glass.buttons if button.frame.holds(text.ink.x, text.ink.y))
    return next(
        (name for name in names if name.split() and "".join(name.split()) == "".join(words.split())), words
    )


def in_company(glass: Glass) -> Iterator[Fault]:
    """No line of Chinese words has a single character of its own."""
    for text in glass.texts:
        if len(text.lines) > 1 and (lone := [line for line in text.lines if LONE.fullmatch(line.strip())]):
            yield Fault("in_company", f"{lone[0]!r} of {text.text!r} stands alone on its line", text.frame)


def a_phrase(glass: Glass) -> Iterator[Fault]:
    for text in glass.texts:
        if PLACEHOLDER.search(text.text):
            yield Fault("a_phrase", f"text {text.text!r} is not a phrase", text.frame)


def apart(glass: Glass) -> Iterator[Fault]:
    """No text on another, none across the edge of a button."""
    for a, b in itertools.combinations(glass.texts, 2):
        across, high = overlap(a.ink, b.ink)
        if across > ROUNDING_PX and high > ROUNDING_PX:
            yield Fault(
                "apart", f"texts {a.text!r} and {b.text!r} overlap by {across:.0f} × {high:.0f}", a.frame
            )
    for text, button in itertools.product(glass.texts, glass.buttons):
        across, high = overlap(text.ink, button.frame)
        inside = across >= text.ink.w - ROUNDING_PX and high >= text.ink.h - ROUNDING_PX
        if across > ROUNDING_PX and high > ROUNDING_PX and not inside:
            yield Fault("apart", f"text {text.text!r} crosses the edge of {button.name}", text.frame)


def large_enough(glass: Glass) -> Iterator[Fault]:
    for button in glass.buttons:
        if glass.mm(min(button.frame.w, button.frame.h)) < LEAST_TOUCH_MM - 0.1:
            yield Fault(
                "large_enough", f"button {button.name} is smaller than {LEAST_TOUCH_MM} mm", button.frame
            )


def far_enough(glass: Glass) -> Iterator[Fault]:
    least = LEAST_GAP_MM / glass.panel.pitch_mm - ROUNDING_PX
    for a, b in itertools.combinations(glass.buttons, 2):
        across, high = overlap(a.frame, b.frame)
        if max(across, high) + ROUNDING_PX > 0 and min(across, high) > -least:
            words = f"buttons {a.name} and {b.name} stand closer than {LEAST_GAP_MM} mm"
            yield Fault("far_enough", words, a.frame)


def few_choices(glass: Glass) -> Iterator[Fault]:
    choices = [button for button in glass.buttons if CHOICES.fullmatch(button.name)]
    most = MOST_CHOICES_LOW if glass.theme.low else MOST_CHOICES
    if len(choices) > most:
        yield Fault(
            "few_choices", f"{len(choices)} choices, at most {most} may stand here", choices[-1].frame
        )


def reachable(glass: Glass) -> Iterator[Fault]:
    """On a tall glass everything that is pressed stands in the lower part."""
    if not glass.theme.portrait:
        return
    highest = glass.frame.h * poster.PAGE_SHARE
    for button in glass.buttons:
        if button.frame.top > highest + ROUNDING_PX:
            yield Fault("reachable", f"button {button.name} stands above the lower 60 %", button.frame)


def corners(glass: Glass) -> Iterator[Fault]:
    """People lean on the bottom corners of a tall glass; and nothing touches the rim of any."""
    whole = glass.frame
    side, rim = CORNER_MM / glass.panel.pitch_mm, LEAST_EDGE_MM / glass.panel.pitch_mm
    for button in glass.buttons:
        frame = button.frame
        beside = frame.x < side or frame.right > whole.w - side
        if glass.theme.portrait and frame.y < side - ROUNDING_PX and beside:
            yield Fault("corners", f"button {button.name} stands where people lean", frame)
        if min(frame.x, frame.y, whole.w - frame.right, whole.h - frame.top) < rim:
            yield Fault("corners", f"button {button.name} stands on the rim", frame)


def pictured(glass: Glass) -> Iterator[Fault]:
    pictures = [widget.frame for widget in glass.widgets if isinstance(widget, Picture)]
    for button in glass.buttons:
        inside = any(button.frame.holds(p.x + p.w / 2, p.y + p.h / 2) for p in pictures)
        if glass.theme.low and button.name.startswith("tender:"):
            continue  # what a way takes, or why it is paused, is worth more than its picture
        if PICTURED.fullmatch(button.name) and not inside:
            yield Fault("pictured", f"{button.name} has no picture", button.frame)


def always_there(glass: Glass) -> Iterator[Fault]:
    names = {button.name for button in glass.buttons}
    for name in ("call", "language", "settings"):
        if name not in names:
            yield Fault("always_there", f"there is no button {name}", glass.frame)


def named(glass: Glass) -> Iterator[Fault]:
    """Each button has something to say, and no two of a page say the same."""
    said: dict[str, Press] = {}
    for button in glass.buttons:
        spoken = f"{button.a11y_name} {button.a11y_value}".strip()
        if not button.a11y_name.strip():
            yield Fault("named", f"button {button.name} has no spoken name", button.frame)
        elif spoken in said and button.name.partition(":")[0] not in ("line", "bill"):
            words = f"buttons {button.name} and {said[spoken].name} are both called {spoken!r}"
            yield Fault("named", words, button.frame)
        said.setdefault(spoken, button)
        if button.a11y_role != "button":
            yield Fault("named", f"button {button.name} says it is a {button.a11y_role!r}", button.frame)


def in_order(glass: Glass) -> Iterator[Fault]:
    """Keys reach each button once; down the page, and in a line from left to right."""
    order, there = list(glass.root.order), {button.name: button for button in glass.buttons}
    if sorted(order) != sorted(there):
        lost = sorted(set(there) ^ set(order)) or order
        yield Fault("in_order", f"keys do not reach every button once: {', '.join(lost)}", glass.frame)
        return
    content = [there[name] for name in order if name not in CHROME]
    for a, b in itertools.pairwise(content):
        if b.frame.y >= a.frame.top - ROUNDING_PX:
            yield Fault("in_order", f"{b.name} stands above {a.name}, but is reached after it", b.frame)
        elif overlap(a.frame, b.frame)[1] > a.frame.h / 2 and b.frame.x < a.frame.x:
            yield Fault("in_order", f"{b.name} stands left of {a.name}, but is reached after it", b.frame)


CHROME: Final = ("call", "back", "previous_page", "second", "wrong", "again", "another", "leave", "stop_for_sure",
                 "help:how", "privacy", "without", "say", "approver",
                 "main", "next_page", "go_on", "stay", "settings:close", "help", "settings", "language")  # fmt: skip


class FixedPlaces:
    """Across the pages of a panel: what is always there is always at the same place."""

    def __init__(self) -> None:
        self._first: dict[tuple[Any, ...], Frame] = {}

    def __call__(self, glass: Glass) -> Iterator[Fault]:
        look = (glass.panel.title, glass.theme.size, glass.language)
        for button in glass.buttons:
            frame = button.frame
            if button.name in ("call", "language", "settings", "help"):
                place: tuple[float, ...] = frame
            elif button.name in ("back", "previous_page"):  # words differ, so only where it begins
                place = (frame.x, frame.y, frame.h)
            elif button.name == "main":
                place = (frame.right, frame.y, frame.h)
            else:
                continue
            kind = "back" if button.name == "previous_page" else button.name
            first = self._first.setdefault((*look, kind), place)  # type: ignore[arg-type]
            if any(abs(a - b) > ROUNDING_PX for a, b in zip(first, place, strict=True)):
                yield Fault("fixed_places", f"{button.name} stands elsewhere than on other pages", frame)


GEOMETRY: Final[tuple[Callable[[Glass], Iterator[Fault]], ...]] = (
    on_glass, not_clipped, unbroken, in_company, a_phrase, apart, large_enough, far_enough, few_choices, reachable,
    corners, pictured, always_there, named, in_order,
)  # fmt: skip
