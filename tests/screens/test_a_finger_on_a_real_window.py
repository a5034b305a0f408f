"""The real process on a virtual display, touched with a real pointer: what does the core hear?"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import time
from pathlib import Path

import msgspec
import pytest
from display import FakeCore, picture, places, screens_process, tap, wait_until

from kiosk.contract import (
    AllRight,
    CallStaff,
    ChooseFee,
    Drawn,
    Hello,
    Language,
    PressKey,
    SetLanguage,
    SetTextSize,
    StillHere,
    TextSize,
    Touched,
)
from screens import samples

pytestmark = pytest.mark.slow
READING_S = 1.0  # longer than the dead time of a new page, as a person is


def read_the_page(core: FakeCore, number: int) -> None:

    assert core.hear(Drawn).view == number
    time.sleep(READING_S)


def nothing_heard(core: FakeCore) -> bool:
    try:
        return not isinstance(core.heard.get(timeout=2), Touched)
    except queue.Empty:
        return True


def test_one_touch_per_page_reaches_the_core(display: str, tmp_path: Path) -> None:
    core = FakeCore(tmp_path / "s")
    home = samples.view("home", number=7)
    account = samples.view("account_typed", number=8)
    check = samples.view("check", number=9)
    idle = samples.view("check", number=10, idle=samples.IDLE)
    on_home = places(display, tmp_path / "where", home)
    on_account = places(display, tmp_path / "where", account)
    on_check = places(display, tmp_path / "where", check)
    settings = places(display, tmp_path / "where", check, opened="settings")

    with screens_process(display, core.path, tmp_path / "kivy"):
        core.greet()
        core.show(home)
        read_the_page(core, 7)

        tap(display, on_home["fee:water"])
        assert core.hear(Touched) == Touched(7, ChooseFee("water"))
        tap(display, on_home["language"])
        assert core.hear(Touched) == Touched(7, SetLanguage(Language.EN))
        tap(display, on_home["call"])
        assert core.hear(Touched) == Touched(7, CallStaff())

        # The same digit twice is two digits; the same button twice at once is a tremble.
        core.show(account)
        read_the_page(core, 8)
        tap(display, on_account["key:8"], times=2, pause_ms=900)
        assert [core.hear(Touched).intent for _ in range(2)] == [PressKey("8"), PressKey("8")]

        core.show(check)
        read_the_page(core, 9)
        tap(display, on_check["main"], times=2, pause_ms=10)
        assert core.hear(Touched) == Touched(9, AllRight())
        assert nothing_heard(core)

        tap(display, on_check["settings"])
        read_settings = settings["text_size:xlarge"]

        time.sleep(READING_S)
        tap(display, read_settings)
        assert core.hear(Touched) == Touched(9, SetTextSize(TextSize.XLARGE))

        # While the kiosk asks whether somebody is there, a touch anywhere says yes.
        core.show(idle)
        read_the_page(core, 10)
        tap(display, (640, 300))
        assert core.hear(Touched) == Touched(10, StillHere())

        # Dark glass shows nothing to press: a touch anywhere wakes it, also where a button will be.
        core.show(msgspec.structs.replace(samples.view("home", number=11), asleep=True))
        read_the_page(core, 11)
        tap(display, on_home["fee:water"])
        assert core.hear(Touched) == Touched(11, StillHere())


def test_a_finger_that_meant_the_page_before_is_void(display: str, tmp_path: Path) -> None:
    core = FakeCore(tmp_path / "s")
    first, second = samples.view("home", number=1), samples.view("pay_by", number=2)
    target = places(display, tmp_path / "where", second)["tender:cash"]
    with screens_process(display, core.path, tmp_path / "kivy"):
        core.greet()
        core.show(first)
        read_the_page(core, 1)
        # given a finger that is down while the page changes, when it is lifted over a button of the new page

        env = {**os.environ, "DISPLAY": display}
        move = ["xdotool", "mousemove", str(target[0]), str(target[1])]
        subprocess.run([*move, "mousedown", "1"], env=env, check=True)
        core.show(second)
        read_the_page(core, 2)
        subprocess.run(["xdotool", "mouseup", "1"], env=env, check=True)
        # then the core hears nothing
        assert nothing_heard(core)


def test_the_core_dies_and_comes_back(display: str, tmp_path: Path) -> None:
    core = FakeCore(tmp_path / "s")
    view = samples.view("check", number=3)
    with screens_process(display, core.path, tmp_path / "kivy") as process:
        core.greet()
        core.show(view)
        read_the_page(core, 3)
        with_person = picture(display)
        assert len(with_person.getcolors(maxcolors=1 << 24) or []) > 20

        # When the core dies, the page with personal data goes and a calm one stands there.
        core.die()
        wait_until(lambda: picture(display).tobytes() != with_person.tobytes(), "the page to go")

        # When it is back, it is greeted again and its view stands on the glass as before.
        core = FakeCore(tmp_path / "s")
        core.greet()
        core.show(view)
        read_the_page(core, 3)
        wait_until(lambda: picture(display).tobytes() == with_person.tobytes(), "the page to come back")
        assert process.poll() is None
        core.die()


def test_a_core_that_speaks_another_version_is_not_believed(display: str, tmp_path: Path) -> None:
    core = FakeCore(tmp_path / "s")
    with screens_process(display, core.path, tmp_path / "kivy"):
        core.hear(Hello)
        core.say(msgspec.structs.replace(Hello("core", 1), speaks=99))
        core.die()
        core = FakeCore(tmp_path / "s")
        core.greet()  # it hung up and calls again
        core.die()


def test_systemd_hears_of_us_when_frames_are_on_the_glass(display: str, tmp_path: Path) -> None:
    core = FakeCore(tmp_path / "s")
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "n"))
    systemd.settimeout(60)
    with (
        systemd,
        screens_process(
            display, core.path, tmp_path / "kivy", NOTIFY_SOCKET=str(tmp_path / "n"), WATCHDOG_USEC="400000"
        ),
    ):
        heard = [systemd.recv(100).decode() for _ in range(4)]
    # Ready once, then alive again and again although the page stands still.
    assert heard[0] == "READY=1"
    assert set(heard[1:]) == {"WATCHDOG=1"}
