"""Given a job under way, when paper, knife, cover, power or cable fail, then the printer does what real ones do:
the rest waits in its buffer, and what was thrown away is never confirmed."""

from __future__ import annotations

import os
import select

import pytest

from tests.hardware.printers.escpos_sim_bench import CUT, Bench, answer_to, gb, process_id, raster, until

JOB = b"".join(b"line %d\n" % n for n in range(1, 11)) + CUT + process_id(b"job1")
ENQ_RESUME, ENQ_CLEAR = b"\x10\x05\x01", b"\x10\x05\x02"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


@pytest.fixture
def bench(tmp_path):
    with Bench(tmp_path) as bench:
        yield bench


def lines(count: int, start: int = 1) -> list[str]:
    return [f"line {n}" for n in range(start, start + count)]


def nothing_else_came(bench: Bench) -> bool:
    """A status is answered behind whatever was sent before: so nothing else was."""
    return bench.status(1) & 0x93 == 0x12 and not select.select([bench.port], [], [], 0)[0]


def test_an_id_comes_back_only_when_all_before_it_is_on_paper(bench):
    bench.printer.do("offline")
    bench.send(b"paid 12.50\n" + process_id(b"0001"))
    assert bench.settled()["uncut_text"] == ""
    assert nothing_else_came(bench)
    bench.printer.do("offline", on=False)
    assert bench.read(7) == answer_to(b"0001")
    assert bench.printer.state()["uncut_text"] == "paid 12.50"


def test_an_id_behind_an_unfinished_line_waits_for_its_end(bench):
    bench.send(b"no line end" + process_id(b"0002"))
    bench.settled()
    assert nothing_else_came(bench)
    assert bench.ask(b"\n", 7) == answer_to(b"0002")
    bench.send(b"thrown away" + process_id(b"0003") + b"\x1b@" + process_id(b"0004"))
    assert bench.read(7) == answer_to(b"0004")


def test_an_id_takes_the_time_that_the_mechanism_takes(bench):
    bench.printer.do("speed", mm_s=2)
    bench.send(JOB)
    until(lambda: bench.printer.state()["uncut_text"])
    assert bench.printer.state()["piece_count"] == 0  # it can be seen at work
    assert nothing_else_came(bench)
    bench.printer.do("speed", mm_s=5000)
    assert bench.read(7) == answer_to(b"job1")


def test_when_paper_runs_out_the_rest_waits_and_comes_out_on_the_new_roll(bench):
    bench.printer.do("paper_out_after", lines=4)
    bench.send(JOB)
    state = bench.settled()
    assert state["paper"] == "out"
    assert state["uncut_text"].splitlines() == lines(4)
    assert bench.status(2) == 0x32
    bench.printer.do("load_paper")
    assert bench.read(7) == answer_to(b"job1")
    first, second = bench.printer.pieces
    assert (first["cut"], first["text"].splitlines()) == (False, lines(4))
    assert (second["cut"], second["text"].splitlines()) == (True, lines(6, start=5))


def test_a_host_that_cancels_gets_no_stale_paper_and_no_confirmation(bench):
    bench.printer.do("paper_out_after", lines=4)
    bench.send(JOB)
    bench.settled()
    bench.send(ENQ_CLEAR)
    until(lambda: bench.printer.state()["buffer_bytes"] == 0)
    bench.printer.do("load_paper")
    bench.send(b"new job\n" + CUT + process_id(b"job2"))
    assert bench.read(7) == answer_to(b"job2")
    assert [piece["text"] for piece in bench.printer.pieces] == ["\n".join(lines(4)), "new job"]


@pytest.mark.parametrize(("enquiry", "rest"), [(ENQ_RESUME, lines(6, start=5)), (ENQ_CLEAR, [])])
def test_some_printers_wait_after_loading_until_the_host_decides(bench, enquiry, rest):
    bench.printer.do("resumes_by_itself", on=False)
    bench.printer.do("paper_out_after", lines=4)
    bench.send(JOB)
    bench.settled()
    assert bench.printer.do("load_paper")["waiting"]
    assert bench.status(1) == 0x3A
    bench.send(enquiry + b"after\n")
    until(lambda: "after" in bench.settled()["uncut_text"])
    assert bench.printer.state()["uncut_text"].splitlines()[-1] == "after"
    assert [p["text"].splitlines() for p in bench.printer.pieces if p["cut"]] == ([rest] if rest else [])


def test_an_enquiry_to_a_printer_that_is_not_stopped_does_nothing(bench):
    bench.printer.do("speed", mm_s=20)
    bench.send(JOB + ENQ_CLEAR)
    bench.printer.do("speed", mm_s=5000)
    assert bench.read(7) == answer_to(b"job1")


def test_clearing_the_buffers_works_at_any_time_and_says_so(bench):
    bench.printer.do("offline")
    bench.send(JOB)
    bench.settled()
    assert bench.ask(CLEAR_BUFFERS, 3) == b"\x37\x25\x00"
    bench.printer.do("offline", on=False)
    bench.send(process_id(b"next"))
    assert bench.read(7) == answer_to(b"next")
    assert bench.printer.state()["uncut_text"] == ""


def test_a_stuck_knife_keeps_the_job_uncut_until_it_is_freed(bench):
    bench.printer.do("jam_cutter")
    bench.send(JOB)
    state = bench.settled()
    assert state["cutter_error"] and state["piece_count"] == 0
    assert state["uncut_text"].splitlines() == lines(10)
    bench.send(ENQ_RESUME)  # tries again, and still can not
    until(lambda: bench.status(3) == 0x1A)
    assert bench.printer.state()["piece_count"] == 0
    bench.printer.do("clear")
    assert bench.read(7) == answer_to(b"job1")
    assert bench.printer.pieces[-1]["text"].splitlines() == lines(10)


def test_after_a_stuck_knife_and_a_cancel_the_next_job_hangs_on_the_same_paper(bench):
    bench.printer.do("jam_cutter")
    bench.send(JOB)
    bench.settled()
    bench.printer.do("clear")
    bench.read(7)
    bench.printer.do("jam_cutter")
    bench.send(b"second\n" + CUT)
    until(lambda: bench.settled()["cutter_error"])
    bench.printer.do("resumes_by_itself", on=False)
    bench.printer.do("clear")
    bench.send(ENQ_CLEAR)
    until(lambda: not bench.printer.state()["stopped"])
    assert bench.print(b"third\n")["text"] == "second\nthird"


def test_an_open_cover_stops_and_a_closed_one_goes_on(bench):
    bench.printer.do("open_cover")
    bench.send(JOB)
    assert bench.settled()["stopped"]
    bench.printer.do("close_cover")
    assert bench.read(7) == answer_to(b"job1")


def test_a_power_cut_forgets_the_buffer_but_not_the_paper(bench):
    bench.printer.do("paper_out_after", lines=4)
    bench.send(b"\x1bE\x01\x1da\xff" + JOB)
    bench.settled()
    bench.read(8)
    bench.printer.power_cut()
    assert bench.printer.state()["buffer_bytes"] == 0
    bench.send(b"lost\n\x10\x04\x01")  # the line takes it, nobody is there
    bench.printer.do("load_paper")
    until(lambda: bench.printer.state()["bytes_lost"] == 8)
    bench.printer.power_on()
    assert bench.status(4) == 0x12
    assert [piece["text"].splitlines() for piece in bench.printer.pieces] == [lines(4)]
    bench.sent = bench.printer.state()["bytes_received"]
    assert bench.print(b"fresh\n")["text"] == "fresh"


def test_text_without_a_line_end_is_lost_in_a_power_cut_and_printed_lines_are_not(bench):
    bench.send(b"on paper\nin the buffer")
    bench.settled()
    bench.printer.power_cut()
    bench.printer.power_on()
    assert bench.print(b"\n")["text"] == "on paper"


def test_a_picture_that_was_cut_off_swallows_what_follows_until_nuls_end_it(bench):
    half = raster(72, 400)[: 8 + 72 * 100]
    bench.send(half + b"receipt\n" + CUT)
    assert bench.settled()["piece_count"] == 0
    bench.send(b"\x00" * (72 * 400) + b"\x1b@")
    assert bench.print(b"readable again\n")["text"] == "readable again"


def test_the_rest_of_a_picture_whose_start_was_cleared_prints_as_rubbish(bench):
    bench.printer.do("paper_out_after", lines=2)
    bench.send(raster(72, 400, 0x41)[: 8 + 72 * 200])
    bench.settled()
    bench.send(ENQ_CLEAR)
    until(lambda: bench.printer.state()["buffer_bytes"] == 0)
    bench.printer.do("load_paper")
    assert set(bench.print(b"\x41" * 96 + b"\n")["text"]) == {"A", "\n"}


def test_a_full_buffer_blocks_the_port_and_nothing_is_lost(bench):
    bench.printer.do("paper_out")
    text = b"".join(b"row %05d\n" % n + raster(72, 40) for n in range(48))  # pictures fill it soonest
    assert len(text) > 2 * 64 * 1024
    while bench.try_to_send(text[bench.sent :]):
        pass
    taken = bench.sent
    assert 64 * 1024 <= taken < len(text)
    assert bench.printer.state()["buffer_bytes"] == 64 * 1024
    bench.printer.do("speed", mm_s=1_000_000)
    bench.printer.do("load_paper")
    bench.send(text[taken:] + CUT)
    bench.settled()
    rows = [row for piece in bench.printer.pieces for row in piece["text"].split()]
    assert rows == [word for n in range(48) for word in ("row", f"{n:05d}")]


def test_a_printer_that_stops_reading_answers_nothing_until_it_reads_on(bench):
    bench.printer.do("stop_reading")
    bench.send(b"\x10\x04\x01" + b"text\n")
    assert bench.printer.state()["bytes_received"] == 0
    bench.printer.do("stop_reading", on=False)
    assert bench.read(1) == b"\x12"
    assert bench.settled()["uncut_text"] == "text"


def test_without_its_cable_the_printer_hears_and_says_nothing(bench):
    bench.send(b"before\n")
    bench.settled()
    bench.printer.do("unplug")
    assert not os.path.lexists(bench.link)
    os.write(bench.port, b"into the air\n\x10\x04\x01")
    until(lambda: bench.printer.state()["bytes_lost"] == 16)
    bench.printer.do("plug")
    assert os.path.lexists(bench.link)
    assert bench.ask(b"after\n" + process_id(b"done"), 7) == answer_to(b"done")
    assert bench.printer.state()["uncut_text"] == "before\nafter"


def test_dropped_ids_are_never_answered_and_later_ones_are(bench):
    bench.printer.do("drop_process_id", n=2)
    bench.send(process_id(b"aaaa") + b"x\n" + process_id(b"bbbb") + process_id(b"cccc"))
    assert bench.read(7) == answer_to(b"cccc")


def test_real_time_questions_are_answered_even_inside_a_picture(bench):
    bench.printer.do("offline")
    picture = bytearray(raster(72, 24, 0))
    picture[100:103] = b"\x10\x04\x04"
    bench.send(bytes(picture))
    assert bench.read(1) == b"\x12"


def test_drawer_kicks_that_came_with_text_or_a_picture_are_on_record(bench):
    picture = bytearray(raster(72, 24, 0))
    picture[100:105] = b"\x10\x14\x01\x00\x02"
    bench.send(gb("户名：张") + b"\x1bp\x00\x32\x32" + gb("三") + b"\n" + bytes(picture))
    state = bench.settled()
    assert state["drawer_kicks"] == [{"pin": 0, "on_ms": 200}, {"pin": 0, "on_ms": 100}]
    assert state["commands"]["ESC p"] == 1
    bench.send(b"\x1d(D\x03\x00\x14\x01\x00")  # real-time kicks off
    bench.settled()
    bench.send(bytes(picture))
    assert len(bench.settled()["drawer_kicks"]) == 2


def test_a_slow_line_delivers_all_the_same(tmp_path):
    with Bench(tmp_path, baud=9600) as bench:
        assert bench.print(gb("波特率") + b" 9600\n")["text"] == "波特率 9600"
        assert bench.status(1) == 0x12
