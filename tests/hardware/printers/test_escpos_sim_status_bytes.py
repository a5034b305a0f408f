"""Given a printer in some condition, when the host asks, then every bit is where the manual has it."""

from __future__ import annotations

import select

import pytest

from tests.hardware.printers.escpos_sim_bench import Bench, answer_to, process_id


@pytest.fixture
def bench(tmp_path):
    with Bench(tmp_path) as bench:
        yield bench


#   what happened           n=1   n=2   n=3   n=4   ASB
CONDITIONS = {
    "nothing": ([], (0x12, 0x12, 0x12, 0x12), "10 00 00 00"),
    "near end": ([("paper_near_end", {})], (0x12, 0x12, 0x12, 0x1E), "10 00 03 00"),
    "paper out": ([("paper_out", {})], (0x1A, 0x32, 0x12, 0x7E), "18 00 0f 00"),
    "cover open": ([("open_cover", {})], (0x1A, 0x16, 0x12, 0x12), "38 00 00 00"),
    "offline": ([("offline", {"on": True})], (0x1A, 0x12, 0x12, 0x12), "18 00 00 00"),
    "broken": ([("break_down", {})], (0x1A, 0x52, 0x32, 0x12), "18 20 00 00"),
    "too hot": ([("overheat", {})], (0x1A, 0x52, 0x52, 0x12), "18 40 00 00"),
    "waits for the host": (
        [("resumes_by_itself", {"on": False}), ("open_cover", {}), ("close_cover", {})],
        (0x3A, 0x12, 0x12, 0x12),
        "18 01 00 00",
    ),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_real_time_status_and_asb_tell_the_condition(bench, condition):
    actions, answers, asb = CONDITIONS[condition]
    frame = bench.ask(b"\x1da\xff", 4)
    assert frame.hex(" ") == "10 00 00 00"
    for action, given in actions:
        bench.printer.do(action, **given)
    while frame.hex(" ") != asb:
        frame = bench.read(4)
    assert tuple(bench.status(n) for n in (1, 2, 3, 4)) == answers
    assert all(answer & 0x93 == 0x12 for answer in answers)


def test_a_stopped_knife_is_a_recoverable_error_with_the_cutter_bit(bench):
    bench.printer.do("jam_cutter")
    assert bench.status(3) == 0x12  # it is noticed when it cuts
    bench.send(b"receipt\n\x1dVB\x00")
    assert bench.settled()["cutter_error"]
    assert (bench.status(1), bench.status(2), bench.status(3)) == (0x1A, 0x52, 0x1A)


def test_asb_tells_only_what_was_asked_for(bench):
    assert bench.ask(b"\x1da\x08", 4).hex(" ") == "10 00 00 00"  # paper only
    bench.printer.do("open_cover")
    bench.printer.do("paper_near_end")
    assert bench.read(4).hex(" ") == "38 00 03 00"  # one frame, and it shows the cover as well
    bench.printer.do("close_cover")
    bench.send(b"\x1b@")  # and this ends it
    bench.settled()
    bench.printer.do("load_paper")
    assert bench.status(4) == 0x12  # nothing came in between


def test_queued_questions_are_answered_in_their_turn(bench):
    assert bench.ask(b"\x1dr\x01") == b"\x00"
    bench.printer.do("paper_near_end")
    assert bench.ask(b"\x1dr1\x1bv\x1dr\x02", 3) == b"\x03\x03\x00"
    bench.printer.do("offline")
    bench.send(b"\x1dr\x01")
    assert bench.status(1) == 0x1A  # overtakes the question that lies in the buffer
    bench.printer.do("offline", on=False)
    assert bench.read(1) == b"\x03"


def test_it_says_who_it_is_and_another_one_says_otherwise(bench):
    assert bench.ask(b"\x1dIB\x1dIC", 19) == b"_SIMULATED\x00_SIM-80\x00"
    first = bench.ask(b"\x1dID", 11)
    bench.printer.do("swap", model="SIM-58")
    assert bench.ask(b"\x1dIC", 8) == b"_SIM-58\x00"
    assert bench.ask(b"\x1dID", 11) != first


def test_a_silent_printer_still_prints(bench):
    bench.printer.do("silent")
    bench.send(b"\x10\x04\x01hello\n" + process_id(b"0001"))
    assert bench.settled()["uncut_text"] == "hello"
    bench.printer.do("silent", on=False)
    assert bench.status(4) == 0x12
    assert not select.select([bench.port], [], [], 0)[0]


def test_garbage_never_has_the_fixed_bits_of_a_status(bench):
    bench.printer.do("status_garbage", n=5)
    assert all(bench.status(n) & 0x93 != 0x12 for n in (1, 2, 3, 4, 1))
    assert bench.status(1) == 0x12


def test_replies_may_come_late_and_in_pieces(bench):
    bench.printer.do("split_replies")
    bench.printer.do("delay_status", ms=50)
    bench.send(process_id(b"wxyz") + b"\x1da\x08")
    assert bench.read(1) == b"\x37"
    assert bench.read(6) == answer_to(b"wxyz")[1:]
    assert bench.read(4).hex(" ") == "10 00 00 00"


def test_a_host_that_never_listens_does_not_stop_the_printer(bench):
    for _ in range(60):
        bench.send(b"\x10\x04\x01" * 300)
    bench.send(b"still here\n")
    assert bench.settled()["uncut_text"] == "still here"
