"""Language, text size and contrast: chosen on any page, and as for the next one when nobody goes on."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.contract import SetContrast, SetLanguage, SetTextSize
from kiosk.facts import Fact
from kiosk.facts.passing import ContrastSet, LanguageSet, TextSizeSet
from kiosk.flow.delays import Delay
from kiosk.flow.state import Stage, State, default_settings
from kiosk.flow.stimuli import Given, TimeIsUp
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages


def _set_language(state: State, want: SetLanguage, given: Given) -> Facts:
    yield LanguageSet(want.language)


def _set_text_size(state: State, want: SetTextSize, given: Given) -> Facts:
    yield TextSizeSet(want.size)


def _set_contrast(state: State, want: SetContrast, given: Given) -> Facts:
    yield ContrastSet(want.contrast)


def _usual(state: State, up: TimeIsUp, given: Given) -> Facts:
    usual = default_settings(state.site)
    yield LanguageSet(usual.language)
    yield TextSizeSet(usual.text_size)
    yield ContrastSet(usual.contrast)


ROWS = (
    Row(SetLanguage, _set_language),
    Row(SetTextSize, _set_text_size),
    Row(SetContrast, _set_contrast),
    Row(TimeIsUp, _usual, stages(Stage.HOME), lambda state, up: up.delay is Delay.LOOK),
)
EVOLVE: dict[type[Fact], Evolver] = {
    LanguageSet: lambda s, f: replace(s, settings=replace(s.settings, language=f.language)),
    TextSizeSet: lambda s, f: replace(s, settings=replace(s.settings, text_size=f.size)),
    ContrastSet: lambda s, f: replace(s, settings=replace(s.settings, contrast=f.contrast)),
}
MACHINE = Machine(ROWS, EVOLVE)
