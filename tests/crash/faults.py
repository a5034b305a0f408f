"""What goes wrong in the world that is cut: at any step, while the core stands still in a commit, and in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.money import Money
from kiosk.parcels import ChargeIs, ChargeState
from tests.crash.things import AcceptorDriver
from tests.crash.world import UNREADABLE, World, name_of
from tests.kiosk.card_world import ENDS as CARD_ENDS
from tests.kiosk.world import NO_PAPER, NOW_MS, READY

YEAR_MS: Final = 365 * 86_400_000
FAULT: Final = 0.12  # chance at each place where something may go wrong
TWO_AT_ONCE: Final = 0.3
OUTCOMES: Final = (ChargeIs.CONFIRMED, ChargeIs.CONFIRMED, ChargeIs.DECLINED, ChargeIs.UNKNOWN)
ENDINGS: Final = (
    "answered",
    "answered",
    "answered",
    "not_sent",
    "lost_request",
    "lost_answer",
    "late",
    "lied",
)
PAPER_ENDS: Final = ("printed", "printed", "printed", "not_sent", "perhaps_out", "perhaps_in")
ODD: Final = (
    hw.Printed(device="printer", job="of before"),
    hw.NotPrinted(device="printer", job="of before", unknown=True, state=READY),
    hw.Refused(device="acceptor", because=hw.RefusedBecause.UNMAPPED),
    hw.Cheated(device="acceptor"),
    hw.Cleared(device="acceptor"),
    hw.Jammed(device="acceptor", where=hw.JamIn.VALIDATOR),
    hw.BoxFull(device="acceptor"),
    hw.Lost(device="camera", trouble=hw.Trouble.NO_PORT, detail="model"),
    hw.Found(device="camera", identity="model"),
    st.ChargeCame(ChargeState("of another kiosk", ChargeIs.CONFIRMED, Money(100))),
    st.ChargeSilent("of another kiosk", True, "model"),
    st.LookupFailed("of before"),
    st.Uploaded(NOW_MS),
)
INTENTS: Final = (
    c.Back(), c.Done(), c.StopPaying(), c.StopForSure(), c.GoOnPaying(), c.PrintAgain(), c.PayAnother(), c.CallStaff(),
    c.SetLanguage(c.Language.EN), c.PressKey("7"), c.ChooseTender(c.Tender.CODE),
)  # fmt: skip


# ---- what goes wrong


def line(w: World) -> None:
    w.online = not w.online
    w.feed(st.LinkChanged(w.online))


def box(w: World) -> None:
    if w.unit.at == "idle" and w.life().connected:
        w.life().box_out()
        w.moves("attendant", "pulls the cash box")
        if w.unit.at == "box_out" and w.chance.random() < 0.8:
            w.events()
            w.life().box_in()
            w.moves("attendant", "puts the cash box in")
    elif w.unit.at == "box_out":
        w.life().box_in()


def plug(w: World) -> None:
    if w.unit.at != "box_out":
        unplugged = w.life().connected
        w.life().pulled_out() if unplugged else w.life().plugged_in()
        w.moves("somebody", "pulls the acceptor's plug" if unplugged else "plugs the acceptor in")


def away_for_long(w: World) -> None:
    """Longer than the kiosk waits for a note that went away with the acceptor."""
    if w.unit.at != "box_out" and w.life().connected:
        plug(w)
        w.events()
        for timer in [timer for timer in w.running() if timer.delay is Delay.NOTE_AWAY]:
            w.passes(timer)


def unit_power(w: World) -> None:
    if w.unit.at != "box_out" and w.life().connected:
        onward, forgets = w.chance.random() < 0.5, w.chance.random() < 0.5
        w.life().power_cut(onward, forgets)
        w.moves("acceptor", f"loses power ({onward=}, {forgets=})")


def swap(w: World) -> None:
    """Another unit in its place, while the core watches."""
    if w.unit.at == "box_out":
        return
    if w.life().connected:
        w.life().pulled_out()
    _another_unit(w)
    w.acceptor = AcceptorDriver(w.things.unit, w.mail)
    w.follow()
    w.moves("technician", "swaps the acceptor for another")


def _another_unit(w: World) -> None:
    things = w.things
    things.unit.alone(onward=True, forgets=True)
    things.swaps += 1
    things.unit = things.unit.another(f"unit-{things.swaps + 1}", w.chance.randrange(3))


def clock(w: World) -> None:
    to_ms = w.chance.choice((1_000, NOW_MS, NOW_MS + 3 * YEAR_MS, NOW_MS - YEAR_MS // 12))
    w.things.clock.jumps(to_ms)
    w.moves("clock", f"jumps to {to_ms} ms")


def disk(w: World) -> None:
    w.things.ledger.fault = w.chance.choice(("full", "once", "perhaps"))
    w.moves("disk", f"will fail: {w.things.ledger.fault}")


def slow_disk(w: World) -> None:
    """A card that cleans up inside: the next commits take as long as a note needs to go away."""
    w.slow = w.chance.randrange(1, 4)
    w.meanwhile = while_the_core_stands_still


def while_the_core_stands_still(w: World) -> None:
    """Devices, line and provider go on by themselves; what they say waits for the core."""
    for _ in range(w.chance.randrange(1, 4)):
        w.chance.choice(BY_THEMSELVES)(w)


def note_moves(w: World) -> None:
    if w.unit.at in ("escrow", "stacking", "stacked"):
        w.life().goes_on(well=w.chance.random() < 0.5)
        w.happens("acceptor", f"now has its note at {w.unit.at!r}")


def unit_restarts(w: World) -> None:
    if w.unit.at != "box_out" and w.life().connected:
        w.life().power_cut(onward=w.chance.random() < 0.5, forgets=w.chance.random() < 0.5)
        w.happens("acceptor", "loses power")


def call_ends(w: World) -> None:
    bank = w.things.bank
    if bank.calls:
        call, how, outcome = w.chance.choice(bank.calls), w.chance.choice(ENDINGS), w.chance.choice(OUTCOMES)
        bank.ends(call, how, outcome)
        w.happens("network", f"{how} {outcome.value}: {type(call).__name__} {call.charge}")


def job_ends(w: World) -> None:
    if w.things.jobs:
        how = w.chance.choice(PAPER_ENDS)
        w.printer.goes_on(how)
        w.happens("printer", how)


def clock_steps(w: World) -> None:
    w.things.clock.jumps(w.chance.choice((1_000, NOW_MS + 3 * YEAR_MS)))
    w.happens("clock", "jumps")


def card_moves(w: World) -> None:
    terminal = w.things.terminal
    if terminal.running:
        terminal.ends(w.chance.choice(CARD_ENDS))
        w.happens("terminal", f"stands at {terminal.trace}")


BY_THEMSELVES: Final = (card_moves, note_moves, note_moves, unit_restarts, call_ends, job_ends, clock_steps)


def reordered(w: World) -> None:
    """What waits for the core comes in another order: each device keeps its own, the network keeps none."""
    lanes: dict[str, list[st.Stimulus]] = {}
    for number, event in enumerate(w.mail):
        lanes.setdefault(getattr(event, "device", f"network {number}"), []).append(event)
    names = [name for name, lane in lanes.items() for _ in lane]
    w.chance.shuffle(names)
    w.mail[:] = [lanes[name].pop(0) for name in names]
    w.things.story.tell("line", f"brings in this order: {name_of(w.mail)}")


def paper(w: World) -> None:
    state = w.chance.choice((NO_PAPER, NO_PAPER, READY, None))
    w.printer.changes(state)
    w.moves("printer", f"is {state}")


def delay(w: World) -> None:
    if w.running():
        w.passes(w.chance.choice(w.running()))


def odd(w: World) -> None:
    w.feed(w.chance.choice(ODD))


def press(w: World) -> None:
    w.touch(w.chance.choice(INTENTS))


def answered_again(w: World) -> None:
    """Repeated, and out of order: any earlier answer that is not a lie by now."""
    if w.things.told:
        again = w.chance.choice(w.things.told)
        if again.charge.state in (ChargeIs.UNKNOWN, w.things.bank.orders[again.charge.charge].state):
            w.feed(again)


def late_request(w: World) -> None:
    if w.things.bank.late:
        call = w.things.bank.late.pop(w.chance.randrange(len(w.things.bank.late)))
        w.things.bank.arrives(call, w.chance.choice(OUTCOMES))
        w.moves("network", f"delivers late: {call}")


def provider_decides(w: World) -> None:
    for charge in w.things.bank.undecided[:1]:
        w.things.bank.orders[charge].state = w.chance.choice((ChargeIs.CONFIRMED, ChargeIs.DECLINED))
        w.moves("provider", f"decides about {charge}")


def death(w: World) -> None:
    w.dies_somehow("power")


FAULTS: Final[tuple[Callable[[World], None], ...]] = (
    line, box, plug, away_for_long, unit_power, swap, clock, disk, slow_disk, slow_disk, reordered, paper, delay, odd,
    press, answered_again, late_request, provider_decides, death,
)  # fmt: skip


# ---- what goes wrong while the core is dead


def swapped_in_the_dark(w: World) -> None:
    if w.unit.at != "box_out":
        _another_unit(w)
        w.things.story.tell("technician", "swaps the acceptor while the kiosk is off")


def box_in_the_dark(w: World) -> None:
    if w.unit.at == "idle":
        w.unit.taken_out()
        w.things.story.tell("attendant", "pulls the cash box while the kiosk is off")


def clock_in_the_dark(w: World) -> None:
    w.things.clock.jumps(1_000)
    w.things.story.tell("clock", "starts again in 1970")


def disk_in_the_dark(w: World) -> None:
    w.things.ledger.fault = w.chance.choice(("full", "once", "perhaps", UNREADABLE))
    w.things.story.tell("disk", f"will fail when the kiosk is back: {w.things.ledger.fault}")


IN_THE_DARK: Final = (swapped_in_the_dark, box_in_the_dark, clock_in_the_dark, disk_in_the_dark)


def perhaps(w: World) -> None:
    """Something may go wrong here; sometimes two things at once."""
    if w.chance.random() < FAULT:
        w.chance.choice(FAULTS)(w)
        if w.chance.random() < TWO_AT_ONCE:
            w.chance.choice(FAULTS)(w)
