"""How long people over 65 need for what a visit asks of them, and how a visit adds up.

Marks: [L] from the literature, named so that it can be looked up; [F] from the fact sheet of this project or the data
of a device; [G] our guess, to be replaced when people were watched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# ---------------------------------------------------------------------------------------------------
# Deciding and pressing. Keystroke-level model: Card, Moran, Newell, Communications of the ACM 23 (1980), 396-410.

# [G] times the operators of the young. That older people need a set of their own, and that such a set predicts them at
# keystroke level, is [L]: Jastrzembski and Charness 2007, doi 10.1037/1076-898X.13.4.224.
OLDER: Final = 1.5
# [L] M, mental preparation, once for each thing to press.
DECIDE_S: Final = 1.35 * OLDER
# [L] P, pointing with a mouse. Older people point a third faster by touch (Findlater and others 2013, CHI): this is on
# the safe side, and holds the arm's way to the glass and back.
TOUCH_S: Final = 1.1 * OLDER
DIGIT_S: Final = 1.2  # [L] K of somebody who does not know the keyboard
GROUP_S: Final = 1.5  # [G] looking at the bill again, for each group of digits

# ---------------------------------------------------------------------------------------------------
# Reading, in hanzi (or Latin words, or steps of a number) a second

# [L] a Chinese sentence, the young and those over 60: Wang and others 2018, doi 10.1093/geronb/gbw036.
AGE: Final = 3158 / 5047
# [L] words of silent reading, Brysbaert 2019, doi 10.1016/j.jml.2019.104047; [G] 1.5 hanzi to a word. 3.7 a second,
# with going back in the line and being asked about it.
SENTENCE_PER_S: Final = 238 / 60 * 1.5 * AGE
# [L] a step of the eye over 60 is 1.7 hanzi and 284 ms (Wang and others 2018), [G] 30 ms on the way. 5.4 a second: a
# caption, a name, a figure is looked at once.
LABEL_PER_S: Final = 1.7 / (0.284 + 0.03)
DIGITS_A_STEP: Final = 3  # [G] digits of a number that the eye takes at once
SEARCHED: Final = 0.5  # of the tiles: one looks until the right one is found, after half of them on average
SLOW: Final = 238 / 175  # [L] the slow end of "most adults" in Brysbaert 2019; [G] for hands as well as eyes
QUICK: Final = 238 / 300  # [L] the quick end

# ---------------------------------------------------------------------------------------------------
# Listening, and the keypad
SPEAK_PER_S: Final = 154 / 60  # [F] hanzi of eSpeak NG at its default rate, §4.1
KEY_S: Final = 0.8  # [G] the next key of the pad, the finger lies on it
HEAR_ENOUGH: Final = 0.6  # [G] share of a button's name that one hears before going on to the next

# ---------------------------------------------------------------------------------------------------
# Hands
SCAN_S: Final = 6.0  # [G] find the bill's code, hold it before the window
NOTE_S: Final = 7.0  # [G] take out, flatten, insert; the acceptor needs two to three of them
PHONE_S: Final = (
    15.0  # [G] unlock, open the app, find the code. With the bank 18 s; paying by a code took 100 people
)
# of all ages 12 to 32 s (JCB 2019), by phone at a till 14 s in the mean of 10,000 payments (Bundesbank 2023) [L]
CARD_S: Final = (
    18.0  # [G] insert, six digits of a PIN, take out. With the bank 21 s; with a card put in at a till 25.7 s
)
# from the word of the amount to the receipt (Bundesbank 2023) [L], which are pages of their own here
TAKE_PAPER_S: Final = 3.0  # [G]

# ---------------------------------------------------------------------------------------------------
# The machine
LOOKUP_S: Final = 1.0  # [F] server in the same city
BANK_S: Final = 3.0  # [G]
# [F] the receipt of `bench.receipt`, 212 mm long, on the slower of the 80 mm printers that config/devices.toml knows
# (100 mm/s; the line takes 0.1 s of it), and [G] 1 s to cut. For each receipt.
PRINT_S: Final = 212 / 100 + 0.1 + 1.0

TARGETS: Final = {"standard": 72.0, "large": 107.0}  # issue 5 and fact sheet §5.4: bill scanned, no cash
MOST_S: Final = 120.0  # the two minutes: no kind of visit by glass is above it

STEP = re.compile(r"[一-鿿]|[A-Za-z]+|[0-9]+")
PUNCTUATION = re.compile(r"[，。？！：；]|[,.?!:;](?:\s|$)")


def words(text: str) -> int:
    """Steps of the eye and of a voice: hanzi, Latin words, digits in threes."""
    return sum(-(-len(word) // DIGITS_A_STEP) if word.isdigit() else 1 for word in STEP.findall(text))


def is_sentence(text: str) -> bool:
    """Read with care; what has no punctuation is a caption, a name or a figure."""
    return bool(PUNCTUATION.search(text))


@dataclass
class Sums:
    """Of one visit. `passing`: words on pages that pass by themselves, read during the wait or not at all."""

    touches: int = 0
    keys: int = 0
    labels: float = 0.0
    sentences: float = 0.0
    passing: float = 0.0
    speech_s: float = 0.0
    acts_s: float = 0.0
    hands_s: float = 0.0
    machine_s: float = 0.0

    @property
    def words(self) -> int:
        return round(self.labels + self.sentences)

    @property
    def reading_s(self) -> float:
        return self.labels / LABEL_PER_S + self.sentences / SENTENCE_PER_S

    def seconds(self, listens: bool, pace: float = 1.0) -> float:
        """`pace`: times what people need, of eyes and hands; voice and machine are as they are."""
        eyes_s = 0.0 if listens else self.reading_s
        return pace * (eyes_s + self.acts_s + self.hands_s) + self.machine_s + listens * self.speech_s
