"""Every delay of the flow: name, seconds, reason. None of them ends a payment while its outcome is open."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Seconds(NamedTuple):
    s: float
    why: str


class Delay(enum.Enum):
    LOOKUP = Seconds(6, "then the known arrears are shown instead; nobody waits longer for a list")
    CHARGE = Seconds(20, "then the charge is unknown and asked for, never repeated")
    CARD = Seconds(
        240, "then a payment by card is unknown: longer than the terminal lets anybody look for a card"
    )
    ASK_CHARGE = Seconds(3, "first question after an unknown charge; doubles up to ASK_CHARGE_MOST")
    CHARGE_LONG = Seconds(60, "then a slip, staff, and a way out while the bank is still asked")
    IDLE = Seconds(120, "no touch: ask whether to go on (VVSG 7.2-O: 2 to 5 minutes)")
    LOOK = Seconds(
        60, "size, contrast or language chosen at the first page, and nobody goes on: as for the next one"
    )
    APPROVAL = Seconds(600, "a supervisor has to come: only then it is asked whether anybody is there")
    IDLE_ANSWER = Seconds(30, "time to answer the question (VVSG 7.2-O: 20 to 45 s)")
    STUCK = Seconds(60, "no step forward on this page: help is offered, once on each page")
    HELP_IDLE = Seconds(60, "help that stands open at the first or the last page and nobody reads it")
    ABANDONED = Seconds(600, "notes inside and nobody there: close by the fee's rule, slip or receipt")
    NOTE_AWAY = Seconds(30, "the acceptor is gone with a note: slip for it, the kiosk is not held for ever")
    PRINT = Seconds(180, "a printer without a word: longer than any job at 9,600 baud takes")
    PAPER_TAKEN = Seconds(10, "the receipt is out: read the page, take the paper")
    STRANDED = Seconds(300, "nothing can be written: time to photograph the claim, then the page is cleared")
    STAFF_IDLE = Seconds(120, "staff who walked away are signed out")
    CHECKUP = Seconds(120, "a step of the device test; some have a time of their own")
    SIGN_IN = Seconds(5, "pause after the third wrong PIN; doubles up to SIGN_IN_MOST_S, never for good")
    SLEEP = Seconds(300, "nobody near and nothing touched at the first page: the glass goes dark")
    POWER_DIP = Seconds(20, "mains are back by then, or nobody is asked to begin: most outages last seconds")
    POWER_LIMIT = Seconds(90, "for what is open when the mains stay off; the battery must hold three minutes")
    DEVICE_LOST = Seconds(600, "a device away for so long is an exception; the site's [watch] says how long")
    DAY_TOO_LONG = Seconds(
        93_600, "a day open for so long was never closed; the site's [watch] says how long"
    )
    THANKS = Seconds(15, "finished page, then home")

    @property
    def seconds(self) -> float:
        return self.value.s


ASK_CHARGE_MOST_S = 60.0  # a provider that is down for an hour is not asked every three seconds


def ask_charge_s(asked: int) -> float:
    """Pause before the next question about an unknown charge that was already asked `asked` times."""
    return float(min(Delay.ASK_CHARGE.seconds * 2 ** min(asked, 10), ASK_CHARGE_MOST_S))


SIGN_IN_FREE = 2  # wrong PINs in a row without a pause: fingers slip
SIGN_IN_MOST_S = 300.0  # a night of guessing tries some hundred of a million PINs


def sign_in_pause_s(failures: int) -> float:
    """Pause after so many wrong PINs in a row."""
    if failures <= SIGN_IN_FREE:
        return 0.0
    return float(min(Delay.SIGN_IN.seconds * 2 ** min(failures - SIGN_IN_FREE - 1, 10), SIGN_IN_MOST_S))
