"""A world in which time passes only while everybody waits: whole drivers and whole simulators, with all their threads.

One thread runs at a time and hands on where it would wait, so the same story goes the same way each time and an hour
takes a moment. Lines are socket pairs, opened by the names of the devices' files; all code above the operating
system is the project's own. Bill acceptors need no threads for this: `acceptors/no_time.py`."""

from __future__ import annotations

import errno
import os
import queue
import select
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import serial

from hardware import input_events, line  # noqa: F401 - what is imported here is on the stage
from hardware.panel import evdev_driver  # noqa: F401
from hardware.printers import escpos_driver, file_wire, serial_wire  # noqa: F401
from hardware.scanners import camera_driver, serial_driver, wedge_driver  # noqa: F401
from hardware.terminals import zvt_driver  # noqa: F401

STEPS_MOST = 2_000_000  # hand-overs of one story; more is a thread that waits for nothing
STUCK_S = 120.0  # of real time, for one turn; more is a thread that waits in real time
PLACES = tuple(
    f"hardware.{place}" for place in ("line", "input_events", "panel", "printers", "scanners", "terminals")
)


class Over:
    """A module of which some names are ours."""

    def __init__(self, module: Any, **ours: Any) -> None:
        self._module = module
        self.__dict__.update(ours)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


class Ended(BaseException):
    """The story is over for this thread."""


class Actor:
    def __init__(self, name: str) -> None:
        self.name = name
        self.go = threading.Semaphore(0)
        self.ready: Callable[[], bool] = lambda: True
        self.due_s: float | None = None
        self.done = False


class Stage:
    """Whose turn it is, and what time. The thread that makes it is the story's own."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.ports: dict[str, Cable] = {}
        self.refuses: dict[str, int] = {}  # name of a file → what the kernel says to whoever opens it
        self._on = Actor("story")
        self._actors = deque([self._on])
        self._steps = 0
        self._ended = False
        self._fault: BaseException | None = None
        self.modules = {
            "time": Over(time, monotonic=lambda: self.now_s, sleep=lambda s: self.wait(lambda: False, s)),
            "select": Over(select, select=self._select),
            "queue": Over(queue, SimpleQueue=partial(Queue, self), Queue=partial(Queue, self)),
            "threading": Over(
                threading,
                Thread=partial(Thread, self),
                Condition=partial(Condition, self),
                Event=partial(Bell, self),
                Lock=partial(Lock, self),
                RLock=partial(Lock, self),
            ),
            "os": Over(os, open=self._open, stat=self._stat),
            "serial": Over(serial, Serial=partial(Tty, self)),
            "fcntl": Over(line_less_fcntl()),
        }

    def set_up(self, patch: pytest.MonkeyPatch) -> None:
        import escpos.printer.serial as of_escpos

        ours = [module for name, module in sys.modules.items() if name.startswith(PLACES)]
        for place in (*ours, of_escpos):
            for name, module in self.modules.items():
                if hasattr(place, name):
                    patch.setattr(place, name, module)
            if hasattr(place, "Pty"):
                patch.setattr(place, "Pty", partial(Cable, self))

    # ---- turns

    def wait(self, ready: Callable[[], bool], limit_s: float | None = None) -> bool:
        """Until it is so, or the time is up; meanwhile others have their turn."""
        if self._ended:
            raise Ended
        me = self._on
        me.ready, me.due_s = ready, None if limit_s is None else self.now_s + max(0.0, limit_s)
        self._hand_on()
        if self._on is not me:
            raise AssertionError("two threads at a time")
        if self._fault is not None and me.name == "story":
            raise AssertionError("a thread of a device died") from self._fault
        return ready()

    def begin(self, actor: Actor) -> None:
        self._actors.append(actor)

    def end_of(self, actor: Actor, fault: BaseException | None) -> None:
        self._fault = self._fault or fault
        self._actors.remove(actor)
        if not self._ended:
            self._next().go.release()

    def end(self) -> None:
        """Whatever still runs is stopped where it waits."""
        self._ended = True
        for actor in list(self._actors):  # each leaves as it ends
            actor.go.release()

    def _hand_on(self) -> None:
        me, other = self._on, self._next()
        if other is not me:
            other.go.release()
            assert me.go.acquire(timeout=STUCK_S), f"{self._on.name} does not hand on"
            if self._ended:
                raise Ended

    def _next(self) -> Actor:
        self._steps += 1
        while True:
            self._actors.rotate(-1)
            found = next((a for a in self._actors if a.ready()), None) or self._whose_time_is_up()
            if self._fault is not None or self._steps > STEPS_MOST:
                found = next(a for a in self._actors if a.name == "story")
                self._fault = self._fault or AssertionError("nobody lets time pass")
            if found is not None:
                self._on = found
                return found
            due = [actor.due_s for actor in self._actors if actor.due_s is not None]
            assert due, f"everybody waits for ever: {[actor.name for actor in self._actors]}"
            self.now_s = max(self.now_s, min(due))

    def _whose_time_is_up(self) -> Actor | None:
        return next((a for a in self._actors if a.due_s is not None and a.due_s <= self.now_s), None)

    # ---- the operating system

    def _select(self, r: Any, w: Any, x: Any, limit_s: float | None = None) -> Any:
        self.wait(lambda: any(select.select(r, w, x, 0)), limit_s)
        return select.select(r, w, x, 0)

    def _open(self, path: Any, flags: int, *more: Any) -> int:
        if code := self.refuses.get(str(path)):
            raise OSError(code, os.strerror(code), str(path))
        if str(path) in self.ports:
            return self.ports[str(path)].host_end()
        return os.open(path, flags, *more)

    def _stat(self, path: Any) -> os.stat_result:
        cable = self.ports.get(str(path))
        if cable is None or not cable.plugged or str(path) in self.refuses:
            return os.stat(path)
        return os.fstat(cable.host.fileno())


def line_less_fcntl() -> Any:
    """A socket pair knows no lock of a file; that is tried with real files elsewhere."""
    import fcntl

    return Over(fcntl, flock=lambda *_: None)


class Thread:
    def __init__(
        self, stage: Stage, target: Callable[..., None], name: str = "", daemon: bool = True, args: Any = ()
    ) -> None:
        self._stage, self._run, self._actor = stage, partial(target, *args), Actor(name or repr(target))
        self._started = False
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)

    def _live(self) -> None:
        self._actor.go.acquire()
        fault: BaseException | None = None
        try:
            if not self._stage._ended:
                self._run()
        except Ended:
            pass
        except BaseException as error:
            fault = error
        self._actor.done = True
        self._stage.end_of(self._actor, fault)

    def start(self) -> None:
        self._started = True
        self._stage.begin(self._actor)
        self._thread.start()

    def join(self, limit_s: float | None = None) -> None:
        self._stage.wait(lambda: self._actor.done, limit_s)

    def is_alive(self) -> bool:
        return self._started and not self._actor.done


class Lock:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._owner: Actor | None = None
        self._times = 0

    def __enter__(self) -> None:
        me = self._stage._on
        if self._owner not in (None, me):
            self._stage.wait(lambda: self._owner is None)
        self._owner, self._times = me, self._times + 1

    def __exit__(self, *_: object) -> None:
        self._times -= 1
        if not self._times:
            self._owner = None

    def let_go(self) -> int:
        times, self._times, self._owner = self._times, 0, None
        return times

    def take_again(self, times: int) -> None:
        self.__enter__()
        self._times = times


class Condition:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._lock, self._rung = stage, Lock(stage), 0

    def __enter__(self) -> None:
        self._lock.__enter__()

    def __exit__(self, *_: object) -> None:
        self._lock.__exit__()

    def wait(self, timeout: float | None = None) -> bool:
        before, times = self._rung, self._lock.let_go()
        came = self._stage.wait(lambda: self._rung != before, timeout)
        self._lock.take_again(times)
        return came

    def wait_for(self, happened: Callable[[], Any], timeout: float | None = None) -> Any:
        end_s = None if timeout is None else self._stage.now_s + timeout
        while not (result := happened()):
            left_s = None if end_s is None else end_s - self._stage.now_s
            if left_s is not None and left_s <= 0:
                break
            self.wait(left_s)
        return result

    def notify_all(self) -> None:
        self._rung += 1

    notify = notify_all


class Bell:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._set = stage, False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        return self._stage.wait(self.is_set, timeout)


class Queue:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._items: deque[Any] = deque()

    def put(self, item: Any) -> None:
        self._items.append(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not self._stage.wait(lambda: bool(self._items), timeout):
            raise queue.Empty
        return self._items.popleft()

    def empty(self) -> bool:
        return not self._items

    def qsize(self) -> int:
        return len(self._items)


class Cable:
    """In place of `hardware.simulated.Pty`. Pulled out, a USB plug hangs up; of a plug behind an adapter's other end
    only the name goes (`hangs_up` False)."""

    hangs_up = True

    def __init__(
        self, stage: Stage, link: Path, hear: Callable[[bytes], None], baud: int | None = None
    ) -> None:
        self._stage, self._link, self.hear = stage, link, hear
        self.plugged = self._closed = False
        self.host, self._device = socket.socketpair()
        stage.ports[str(link)] = self
        link.parent.mkdir(parents=True, exist_ok=True)
        self.plug()
        self._thread = Thread(stage, self._read, f"cable {link.name}")
        self._thread.start()

    def plug(self) -> None:
        if not self.plugged:
            self._hang_up()
            self.host, self._device = socket.socketpair()
            self.host.setblocking(False)
            self._device.setblocking(False)
            self._link.touch()
            self.plugged = True

    def unplug(self) -> None:
        if self.plugged:
            self.plugged = False
            self._link.unlink()
            if self.hangs_up:
                self._hang_up()

    def _hang_up(self) -> None:
        for end in (self.host, self._device):
            end.close()

    def host_end(self) -> int:
        if not self.plugged:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._link))
        try:
            self.host.recv(1 << 20)  # what lay there when it was opened
        except BlockingIOError:
            pass
        return os.dup(self.host.fileno())

    def send(self, data: bytes) -> None:
        try:
            if self.plugged:
                self._device.send(data)
        except BlockingIOError:
            pass  # nobody reads: the kernel's buffer is full, and the rest is lost

    def pause(self, seconds: float) -> None:
        self._stage.wait(lambda: False, seconds)

    def close(self) -> None:
        self._closed = True
        self.unplug()
        self._hang_up()
        self._thread.join()

    def _readable(self) -> bool:
        return self._closed or (self.plugged and bool(select.select([self._device], [], [], 0)[0]))

    def _read(self) -> None:
        while not self._closed:
            self._stage.wait(self._readable)
            if not self._closed and self.plugged:
                self.hear(self._device.recv(4096))


class Tty:
    """In place of `serial.Serial`, on the cable's end."""

    def __init__(self, stage: Stage, port: str, **settings: Any) -> None:
        try:
            self.fd = stage._open(port, os.O_RDWR)
            if port not in stage.ports:
                raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        except OSError as error:
            raise serial.SerialException(error.errno, f"could not open port {port}: {error}") from error
        self.settings = settings
        self.is_open, self.out_waiting = True, 0

    def fileno(self) -> int:
        return self.fd

    def read(self, most: int) -> bytes:
        try:
            data = os.read(self.fd, most)
        except BlockingIOError:
            return b""
        if not data:
            raise serial.SerialException("device reports readiness to read but returned no data")
        return data

    def write(self, data: bytes) -> int:
        try:
            return os.write(self.fd, data)
        except OSError as error:
            raise serial.SerialException(f"write failed: {error}") from error

    def flush(self) -> None: ...

    def reset_output_buffer(self) -> None: ...

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            os.close(self.fd)
