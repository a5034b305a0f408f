"""Views of the staff area, for the gallery and the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk import contract as c
from kiosk.contract import Button, Language, Message, StaffLine


def _press(intent: c.AnyIntent, key: str, off: str | Message = "") -> Button:
    why = Message(off) if off and isinstance(off, str) else off or None
    return Button(intent, Message(f"desk.do_{key}"), why)


def _only(*roles: str) -> Message:
    return Message("desk.not_allowed", {"roles_keys": " ".join(f"desk.role_{role}" for role in roles)})


def _line(
    key: str, value: str = "", button: Button | None = None, look: bool = False, **values: str | int
) -> StaffLine:
    return StaffLine(Message(f"desk.{key}", values), value, button, look)


def _device(name: str, value: str, look: bool = False) -> StaffLine:
    button = Button(c.StaffGo("checkup", name), Message("doctor.do_test"))
    return StaffLine(Message(f"doctor.device_{name}"), value, button, look)


def _answer(answer: c.CheckAnswer, key: str) -> Button:
    return Button(c.AnswerCheck(answer), Message(f"doctor.do_{key}"))


NEXT: Final = _press(c.EnterTyped(), "next")
MENU: Final = c.StaffBoard(
    Message("desk.menu", {"name": "林晓梅"}),
    (
        _line("waits_check", "10:32", _press(c.AnswerCall(), "answer_call"), look=True),
        _line("day_open", button=_press(c.StaffGo("day"), "day"), day=12),
        _line("box_is_out", button=_press(c.StaffGo("collect"), "collect"), look=True, boxes=2),
        _line("bags", "1", _press(c.StaffGo("bags"), "bags"), look=True),
        _line("items", "3", _press(c.StaffGo("items"), "items"), look=True),
        _line("exceptions_late", "4", _press(c.StaffGo("exceptions"), "exceptions"), look=True, late=2),
        _line("unprinted", "0", _press(c.StaffGo("papers"), "papers")),
        _line("link_down", look=True),
        _line(
            "devices_lost",
            "",
            _press(c.StaffGo("devices"), "devices"),
            look=True,
            devices_keys="doctor.device_printer",
        ),
    ),
    main=_press(c.SignOut(), "sign_out"),
)
COLLECT: Final = c.StaffBoard(
    Message("desk.collect"),
    (
        _line("box_unattended", "", _press(c.CountBoxes((3,)), "count"), look=True, box=3),
        _line(
            "box",
            "1001",
            _press(c.CountBoxes((4,)), "count", _only("cashier", "attendant", "supervisor")),
            box=4,
        ),
    ),
    main=_press(c.CountBoxes((3, 4)), "count_all"),
    note=Message("desk.collect_how"),
)
RESULT: Final = c.StaffBoard(
    Message("desk.result"),
    (
        _line("slip_number", "K0001-B000012"),
        _line("pieces_of", "3 / 3", note_fen=1000),
        _line("pieces_of", "11 / 12", look=True, note_fen=10000),
        _line("unknown_notes", "1", look=True),
        _line("counted_sum", "¥1130.00"),
        _line("difference", "-¥100.00", look=True),
        _line("doubtful_slips", "K0001-C000007, K0001-C000008", look=True),
        _line("change_owed", "¥20.00"),
        _line("unprinted_papers", "K0001-00000031", look=True),
    ),
    main=_press(c.StaffGo("collect"), "done"),
    second=_press(c.PrintNumber("K0001-B000012"), "print", "desk.printer_not_ready"),
    note=Message("desk.result_differs"),
)


def _day(language: Language) -> c.StaffBoard:
    words = WORDS[language]
    return c.StaffBoard(
        Message("desk.day_closed"),
        (
            _line("slip_number", "K0001-D000012"),
            StaffLine(Message("tender.cash.name"), "141 · ¥12345.00"),
            StaffLine(Message("tender.code.name"), "97 · ¥8730.55"),
            _line("fee", "88 · ¥7500.25", name=words["public"]),
            _line("to_prepaid", "¥41.50"),
            _line("doubtful", "2 · ¥70.00", look=True),
            _line("boxes_to_count", "0"),
            _line("not_uploaded", "0"),
        ),
        main=_press(c.StaffGo("day"), "done"),
        note=Message("desk.day_was_late"),
    )


BAGS: Final = c.StaffBoard(
    Message("desk.hand_over"),
    (
        _line("bag", "¥1130.00", number="K0001-B000012", person="1001"),
        _line("bag", "¥20.00", look=True, number="K0001-B000013", person="1002"),
        _line("bag_not_counted_yet", "", _press(c.StaffGo("collect"), "collect"), look=True, box=7),
    ),
    main=_press(c.HandOver(("K0001-B000012",)), "hand_over"),
    note=Message("desk.hand_over_how"),
    problem=Message("desk.bag_not_counted"),
)
HANDED_OVER: Final = c.StaffBoard(
    Message("desk.handed_over"),
    (
        _line("slip_number", "K0001-H000004"),
        _line("result", "K0001-B000012"),
        _line("handed_over_sum", "¥1130.00"),
        _line("given_by", "1001"),
        _line("taken_by", "2001"),
    ),
    main=_press(c.StaffGo("bags"), "done"),
    second=_press(c.PrintNumber("K0001-H000004"), "print"),
)


WORDS: Final[dict[Language, dict[str, str]]] = {  # a site's own, as in config/office.toml
    Language.ZH: {
        "unattended": "无人登录时打开",
        "device": "设备故障",
        "supervisor": "班组长",
        "attendant": "引导员",
        "cleared": "已清理（卡纸、卡币、缺纸）",
        "repaired": "已修好",
        "public": "行政事业性收费",
        "mistaken": "缴错户号",
        "withdrawn": "缴费人要求撤销",
        "waiting": "顾客在等，随后处理",
        "reported": "已报修，部分功能先用",
        "outage": "网络或电力停用，已知会主管",
        "seen": "已核对缴费通知单",
    },
    Language.EN: {
        "unattended": "Opened with nobody signed in",
        "device": "Device",
        "supervisor": "supervisor",
        "attendant": "attendant",
        "cleared": "Cleared (jam, paper)",
        "repaired": "Repaired",
        "public": "Public fees",
        "mistaken": "Wrong account",
        "withdrawn": "The customer takes it back",
        "waiting": "Customers wait, it is put right later",
        "reported": "Reported, the rest can be used",
        "outage": "Network or power is down, the office knows",
        "seen": "The bill was seen and is right",
    },
}


def _exceptions(language: Language) -> c.StaffBoard:
    words = WORDS[language]
    return c.StaffBoard(
        Message("desk.exceptions"),
        (
            _line("exception_journal", look=True),
            _line(
                "exception_late",
                "11-22 08:02",
                _press(c.StaffGo("exception", "1"), "look"),
                look=True,
                name=words["unattended"],
                who=words["supervisor"],
            ),
            _line(
                "exception_line",
                "11-22 10:32",
                _press(c.StaffGo("exception", "2"), "look"),
                name=words["device"],
                who=words["attendant"],
            ),
        ),
    )


def _exception(language: Language) -> c.StaffBoard:
    words = WORDS[language]
    return c.StaffBoard(
        Message("desk.reason", {"name": words["device"]}),
        (
            _line("slip_number", "K0001-E000012"),
            _line(
                "device_fault",
                "/dev/kiosk/acceptor",
                look=True,
                device_keys="doctor.device_acceptor",
                trouble_keys="doctor.trouble_no_port",
            ),
            _line("severity_medium"),
            _line("exception_who", words["attendant"]),
            _line("exception_since", "2026-11-22 08:02"),
            _line("exception_until", "2026-11-22 10:02", look=True),
            _line("reason", button=_press(c.CloseException("1", "x"), "close"), name=words["cleared"]),
            _line(
                "reason",
                button=_press(c.CloseException("1", "y"), "close", _only("supervisor")),
                name=words["repaired"],
            ),
        ),
        note=Message("desk.exception_how"),
        problem=Message("desk.cause_needed"),
    )


FIGURES: Final = c.StaffBoard(
    Message("desk.counts"),
    (
        _line("deed_blocked", "- × 12"),
        _line("deed_override", "1001"),
        _line("deed_reprint", "-, 1001 × 2, 2001"),
        _line("deed_exception_closed", "2001 × 3"),
        _line("visits_measured", "131 / 143", look=True),
        _line("visits_mean", "1:32"),
        _line("visits_p90", "2:05"),
        _line("unpaid_measured", "18 / 19", look=True),
        _line("unpaid_mean", "0:41"),
        _line("calls_measured", "3 / 3"),
    ),
    main=_press(c.StaffGo("day"), "done"),
    note=Message("desk.counts_how"),
)


def _void(language: Language) -> c.StaffBoard:
    words = WORDS[language]
    return c.StaffBoard(
        Message("desk.void"),
        (
            _line("receipt_number", "A00000031"),
            _line("fee", "2026-10", name=words["public"]),
            _line("account", "100****001"),
            _line("customer", "张*国"),
            _line("issued", "2026-11-21 09:13"),
            _line("refund", "¥1130.00"),
            *(
                _line("reason", button=_press(c.VoidReceipt(name), "choose"), name=name)
                for name in (words["mistaken"], words["withdrawn"])
            ),
        ),
        note=Message("desk.void_how"),
    )


VOIDED: Final = c.StaffBoard(
    Message("desk.voided"),
    (
        _line("receipt_number", "A00000031"),
        _line("refund", "¥1130.00"),
        _line("slip_number", "K0001-C000012"),
    ),
    main=_press(c.Back(), "done"),
    second=_press(c.PrintNumber("K0001-C000012"), "print", "desk.printer_not_ready"),
    note=Message("desk.voided_how"),
)
OPENING: Final = c.StaffBoard(
    Message("desk.opening"),
    (
        _line(
            "point_devices_trouble", look=True, devices_keys="doctor.device_acceptor doctor.device_scanner"
        ),
        _line("point_paper_near_end", look=True),
        _line("point_box_to_count", look=True, boxes=2),
        _line("point_room_good"),
        _line("point_clock_none", look=True),
        _line("point_network_down", look=True),
        _line("point_printed_waiting", look=True, papers=3),
        _line("point_items_open", look=True, items=2),
    ),
    main=_press(c.OpenDay(), "open_day", "desk.opening_not_right"),
    second=_press(c.StaffGo("override"), "open_all_the_same"),
    note=Message("desk.day_left"),
)


def _override(language: Language) -> c.StaffBoard:
    words = WORDS[language]
    return c.StaffBoard(
        Message("desk.override"),
        tuple(
            _line("reason", button=_press(c.OpenDay(name), "choose"), name=name)
            for name in (words["waiting"], words["reported"], words["outage"])
        ),
        note=Message("desk.override_how"),
        problem=Message("desk.opening_not_right"),
    )


ITEM: Final = c.StaffBoard(
    Message("desk.item"),
    (
        _line("item_note", "¥50.00", number="K0001-C000007"),
        _line("why_counter_differs"),
        _line("note_where"),
    ),
    main=_press(c.SettleItem("n", c.How.PAID), "note_paid", _only("supervisor")),
    second=_press(c.SettleItem("n", c.How.NOT_OWED), "note_not_owed", _only("supervisor")),
    note=Message("desk.item_how_two"),
)
SKIP: Final = _answer(c.CheckAnswer.SKIP, "skip")
DEVICES: Final = c.StaffBoard(
    Message("doctor.title"),
    (
        _device("printer", "3 / 3 · 11-22 09:13"),
        _device("camera", "2 / 2 · 11-22 09:14"),
        _device("acceptor", "1 / 2 · 11-22 09:15", look=True),
        _device("terminal", "—", look=True),
        _device("panel", "11 / 11 · 11-22 09:17"),
    ),
    main=Button(c.StaffGo("checkup", "all"), Message("doctor.do_all")),
    note=Message("doctor.short_ready_without"),
)
TESTED: Final = c.StaffBoard(
    Message("doctor.device_acceptor"),
    (StaffLine(Message("doctor.step"), "2 / 2"),),
    second=SKIP,
    note=Message("doctor.note"),
)
TESTED_KEYS: Final = c.StaffBoard(
    Message("doctor.device_keypad"),
    (
        StaffLine(Message("doctor.step"), "23 / 26"),
        StaffLine(Message("doctor.left"), "9 Enter Backspace * + -"),
    ),
    second=SKIP,
    note=Message("doctor.keys"),
)
TESTED_LAMP: Final = c.StaffBoard(
    Message("doctor.device_panel"),
    (StaffLine(Message("doctor.step"), "13 / 26", SKIP),),
    main=_answer(c.CheckAnswer.YES, "yes"),
    second=_answer(c.CheckAnswer.NO, "no"),
    note=Message("doctor.lamp_scanner"),
)
TESTED_BAD: Final = c.StaffBoard(
    Message("doctor.device_printer"),
    (
        StaffLine(Message("doctor.step"), "2 / 3"),
        StaffLine(Message("doctor.it_says"), "not ready: paper is out", look=True),
    ),
    main=_answer(c.CheckAnswer.AGAIN, "again"),
    second=_answer(c.CheckAnswer.SKIP, "go_on"),
    note=Message("doctor.page"),
    problem=Message("doctor.failed"),
)


def _outcome(step: str, why: str) -> StaffLine:
    keys: dict[str, str | int] = {"step_keys": f"doctor.name_{step}", "why_keys": f"doctor.{why}"}
    return StaffLine(Message("doctor.outcome", keys), look=True)


EXAMINED: Final = c.StaffBoard(
    Message("doctor.result"),
    (
        StaffLine(Message("doctor.alarm"), "¥20.00", look=True),
        StaffLine(Message("doctor.device_acceptor"), "1 / 2 · 11-22 09:15", look=True),
        _outcome("note", "note_kept"),
        StaffLine(Message("doctor.device_panel"), "10 / 11 · 11-22 09:17", look=True),
        _outcome("presence", "skipped"),
        StaffLine(Message("doctor.recorded")),
    ),
    main=_press(c.StaffGo("devices"), "done"),
    problem=Message("doctor.alarm_note"),
)


def _approval(language: Language) -> c.StaffBoard:
    return c.StaffBoard(
        Message("approve.title"),
        (
            StaffLine(Message("check.name"), "张*三"),
            StaffLine(Message("check.amount"), "¥12500.00"),
            StaffLine(
                Message("desk.data", {"text": WORDS[language]["seen"]}),
                "",
                Button(c.Approve("bill_seen"), Message("approve.do")),
            ),
        ),
        second=Button(c.RefuseApproval(), Message("approve.refuse")),
        note=Message("approve.how"),
    )


COUNTED: Final = tuple(
    _line("pieces", str(n), note_fen=fen) for n, fen in ((4, 100), (0, 500), (12, 1000), (7, 2000))
)
PAGES: Final[dict[str, c.AnyPage | Callable[[Language], c.AnyPage]]] = {
    "staff_number": c.StaffEntry(Message("desk.sign_in"), Message("desk.badge_or_number"), "", NEXT),
    "staff_badge": c.StaffEntry(
        Message("desk.sign_in"), Message("desk.badge_only"), "", _press(c.EnterTyped(), "next", "desk.badge_needed"),
        (), Message("desk.badge_expired"),
    ),
    "staff_pin": c.StaffEntry(
        Message("desk.sign_in"),
        Message("desk.pin"),
        "●●●●●●",
        _press(c.EnterTyped(), "sign_in", "desk.wait_short"),
        (_line("number", "1001"),),
        Message("desk.wait", {"seconds": 300}),
    ),
    "staff_approval": _approval,
    "staff_menu": MENU,
    "staff_collect": COLLECT,
    "staff_count": c.StaffEntry(
        Message("desk.count", {"box": "3, 4"}), Message("desk.how_many", {"note_fen": 10000}), "1234", NEXT, COUNTED
    ),
    "staff_count_missing": c.StaffEntry(
        Message("desk.count", {"box": "3"}), Message("desk.how_many", {"note_fen": 5000}), "", NEXT, COUNTED,
        Message("desk.count_missing"),
    ),
    "staff_count_check": c.StaffBoard(
        Message("desk.count", {"box": "3"}),
        (*COUNTED, _line("counted_sum", "¥264.00")),
        main=_press(c.EnterTyped(), "count_right"),
        note=Message("desk.count_check"),
    ),
    "staff_result": RESULT,
    "staff_items_none": c.StaffBoard(Message("desk.items"), (), note=Message("desk.items_none")),
    "staff_item": ITEM,
    "staff_day": _day,
    "staff_figures": FIGURES,
    "staff_exceptions": _exceptions,
    "staff_exception": _exception,
    "staff_bags": BAGS,
    "staff_second": c.StaffEntry(
        Message("desk.hand_over"), Message("desk.second"), "2001", NEXT, (_line("slip_number", "K0001-B000012"),),
        Message("desk.same_person"),
    ),
    "staff_handed_over": HANDED_OVER,
    "staff_void": c.StaffEntry(
        Message("desk.void"), Message("desk.void_which"), "00000031", NEXT, (), Message("desk.void_elsewhere")
    ),
    "staff_void_why": _void,
    "staff_voided": VOIDED,
    "staff_opening": OPENING,
    "staff_override": _override,
    "staff_devices": DEVICES,
    "staff_tested_note": TESTED,
    "staff_tested_keys": TESTED_KEYS,
    "staff_tested_lamp": TESTED_LAMP,
    "staff_tested_bad": TESTED_BAD,
    "staff_examined": EXAMINED,
}  # fmt: skip
