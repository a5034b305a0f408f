"""Lost, repeated, late, torn: afterwards the server has every record, once in effect."""

from __future__ import annotations

import pytest

from kiosk import upload
from tests.sync.proxy import Fault, Line
from tests.sync.terminal import Terminal

STORIES = {
    "the request is lost": (Fault.LOSE_REQUEST,),
    "the acknowledgement is lost": (Fault.LOSE_ANSWER,),
    "the acknowledgement is lost, again and again": (Fault.LOSE_ANSWER,) * 4,
    "it arrives twice": (Fault.DUPLICATE,) * 3,
    "it arrives only after the one that repeats it": (Fault.LATE, Fault.NONE),
    "the one before comes after the next": (Fault.LOSE_ANSWER, Fault.LATE, Fault.NONE),
    "it is torn on its way": (Fault.CUT_REQUEST,) * 3,
    "the answer is torn": (Fault.CUT_ANSWER,) * 3,
    "the answer is another by one bit": (Fault.GARBLE,),
    "it takes a while": (Fault.DELAY, Fault.SLOW),
    "a proxy on the way answers 500": (Fault.ERROR_500,) * 3,
    "the server stored it, and 503 arrives": (Fault.ERROR_503,) * 3,
}


@pytest.mark.slow
@pytest.mark.parametrize("faults", STORIES.values(), ids=STORIES.keys())
def test_every_record_arrives_and_counts_once(
    terminal: Terminal, line: Line, faults: tuple[Fault, ...]
) -> None:
    # given two visits that nobody has yet, and a line that spoils the first uploads
    terminal.pay(2)
    line.next("journal", *faults)
    # when the network is there, and while it goes on a customer pays
    terminal.start()
    terminal.until(lambda: any(call == "journal" for call, _ in line.seen), "the first upload")
    terminal.pay()
    terminal.upload()
    terminal.settle()
    # then
    assert all(line.seen["journal", fault] for fault in faults), "the story was not told"
    terminal.agree()
    assert not terminal.parted


@pytest.mark.slow
def test_the_server_is_down_for_hours_and_customers_go_on_paying(terminal: Terminal, line: Line) -> None:
    # given a cable that was pulled in the middle of an upload
    line.next("journal", *(Fault.CUT_REQUEST,) * 1000)
    terminal.start()
    terminal.until(lambda: line.seen["journal", Fault.CUT_REQUEST], "the first upload")
    line.pull()
    # when customers go on paying, and the core is started again in between
    for _ in range(3):
        terminal.pay()
        terminal.upload()
    terminal.restart()
    terminal.pay()
    assert terminal.journal.uploaded.seq == 0
    # then everything goes up once the cable is in
    line.calm()
    line.plug()
    terminal.settle()
    terminal.agree()


@pytest.mark.slow
def test_a_line_that_is_too_slow_for_a_whole_batch_gets_smaller_ones(terminal: Terminal, line: Line) -> None:
    # given a line on which no request of more than some ten records arrives in time
    terminal.pay(6)
    line.most_bytes = 12_000
    # when
    terminal.start()
    terminal.settle()
    # then
    terminal.agree()
    assert line.seen["journal", Fault.NONE] > 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_storm(terminal: Terminal, line: Line, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three calls in four go wrong, also heartbeats, and the core dies in the middle."""
    # given small batches, so that there are many
    monkeypatch.setattr(upload, "BATCH", 10)
    terminal.start()
    line.storm(seed)
    # when customers pay while it storms, and the core dies in the middle
    for visit in range(5):
        terminal.pay()
        terminal.upload()
        if visit == 2:
            terminal.until(lambda: terminal.journal.uploaded.seq, "something gets through")
            terminal.restart()
    terminal.until(lambda: sum(line.seen.values()) > 30, "thirty calls in the storm")
    line.calm()
    terminal.settle()
    # then
    assert sum(n for (_, fault), n in line.seen.items() if fault is not Fault.NONE) > 10
    terminal.agree()
    assert not terminal.parted
