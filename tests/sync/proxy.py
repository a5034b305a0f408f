"""A bad line between courier and server: a TCP proxy that knows where a call begins and ends, and spoils it on purpose.

What happens to the n-th call of a kind is told beforehand (`Line.next`) or drawn from a seed (`Line.storm`): it depends
on seed, call and n alone, never on which of two calls came first."""

from __future__ import annotations

import contextlib
import enum
import random
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque

PATIENCE_S = 60.0
PIECE = 700  # bytes at a time on a slow line
TICK_S = 0.002
DELAY_S = 0.05


class Fault(enum.Enum):
    """What becomes of one call."""

    NONE = "passed on"
    LOSE_REQUEST = "the request never arrives"
    LOSE_ANSWER = "it arrives, the answer does not"
    DUPLICATE = "it arrives twice"
    LATE = "it arrives only after the next call of its kind was answered; the kiosk hears nothing"
    CUT_REQUEST = "the connection is reset within the request"
    CUT_ANSWER = "the connection is reset within the answer"
    GARBLE = "one byte of the answer is another"
    DELAY = "it takes a while"
    SLOW = "both ways byte by byte"
    ERROR_500 = "somebody on the way answers 500"
    ERROR_503 = "somebody on the way answers 503 after the server has stored it"


class Line:
    """Listens on `port`; `target`, the server, may change at any time. `pulled` is a cable that is out."""

    def __init__(self) -> None:
        self.target: tuple[str, int] | None = None
        self.most_bytes: int | None = None  # a longer request is torn: the line is too slow for it
        self.seen: Counter[tuple[str, Fault]] = Counter()
        self._next: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._counts: Counter[str] = Counter()
        self._late: defaultdict[str, list[bytes]] = defaultdict(list)
        self._seed: int | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._plugged = False
        with socket.create_server(("127.0.0.1", 0)) as any_port:
            self.port: int = any_port.getsockname()[1]
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))  # by its number: so it stays ours while nobody listens
        self.plug()

    def plug(self) -> None:
        if not self._plugged:
            self._plugged = True
            self._listener.listen(64)
            threading.Thread(target=self._accept, name="line", daemon=True).start()

    def pull(self) -> None:
        """Open connections are reset, and new ones refused."""
        if self._plugged:
            self._plugged = False
            self._listener.shutdown(socket.SHUT_RDWR)  # Linux: no longer listening, still bound
        with self._lock:
            for kiosk in self._open:
                _reset(kiosk)
                with contextlib.suppress(OSError):
                    kiosk.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.pull()
        self._listener.close()

    # ---- what is to go wrong

    def next(self, call: str, *faults: Fault) -> None:
        """What becomes of the next calls of this kind, one after the other; then all is well."""
        with self._lock:
            self._next[call].extend(faults)

    def storm(self, seed: int) -> None:
        """From now on three calls in four go wrong."""
        with self._lock:
            self._seed = seed
            self._counts.clear()

    def calm(self) -> None:
        """All is well again; what was late still comes."""
        with self._lock:
            self._seed = self.most_bytes = None
            self._next.clear()

    def lead_to(self, target: tuple[str, int]) -> None:
        """Another story: nothing of the one before is left."""
        self.calm()
        self.plug()
        with self._lock:
            self.target = target
            self._late.clear()
            self.seen.clear()

    def _fate(self, call: str) -> tuple[Fault, random.Random]:
        with self._lock:
            self._counts[call] += 1
            dice = random.Random(f"{self._seed}/{call}/{self._counts[call]}")
            if self._next[call]:
                fault = self._next[call].popleft()
            elif self._seed is not None and dice.random() < 0.75:
                fault = dice.choice(list(Fault))
            else:
                fault = Fault.NONE
            self.seen[call, fault] += 1
            return fault, dice

    # ---- the line

    def _accept(self) -> None:
        while self._plugged:
            try:
                kiosk, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(kiosk)
            threading.Thread(target=self._serve, args=(kiosk,), daemon=True).start()

    def _serve(self, kiosk: socket.socket) -> None:
        kiosk.settimeout(PATIENCE_S)
        try:
            while request := _message(kiosk):
                self._pass_on(kiosk, request)
        except (OSError, _Cut):
            _reset(kiosk)
        finally:
            with self._lock:
                self._open.discard(kiosk)
                kiosk.close()

    def _pass_on(self, kiosk: socket.socket, request: bytes) -> None:
        call = request.split(b" ", 2)[1].decode().rpartition("/")[2]
        fault, dice = self._fate(call)
        if fault is Fault.LATE:
            with self._lock:
                self._late[call].append(request)
            raise _Cut
        if fault is Fault.LOSE_REQUEST or len(request) > (self.most_bytes or len(request)):
            raise _Cut
        if fault is Fault.ERROR_500:
            kiosk.sendall(_error(500))
            return
        if fault is Fault.CUT_REQUEST:
            self._ask(request[: dice.randrange(1, len(request))], whole=False)
            raise _Cut
        if fault is Fault.DELAY:
            time.sleep(DELAY_S)
        answer = self._ask(request, slow=fault is Fault.SLOW)
        with self._lock:
            late, self._late[call] = self._late[call], []
        for one in late:  # overtaken by this one
            self._ask(one)
        if fault is Fault.DUPLICATE:
            answer = self._ask(request)
        if fault is Fault.LOSE_ANSWER:
            raise _Cut
        if fault is Fault.ERROR_503:
            answer = _error(503)
        if fault is Fault.GARBLE:
            place = dice.randrange(answer.index(b"\r\n\r\n") + 4, len(answer))
            answer = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
        if fault is Fault.CUT_ANSWER:
            kiosk.sendall(answer[: dice.randrange(1, len(answer))])
            raise _Cut
        _send(kiosk, answer, slow=fault is Fault.SLOW)

    def _ask(self, request: bytes, *, slow: bool = False, whole: bool = True) -> bytes:
        """A connection of its own for each: what is late or twice comes on another one. Raises OSError."""
        if self.target is None:
            raise _Cut
        with socket.create_connection(self.target, PATIENCE_S) as server:
            _send(server, request, slow=slow)
            if not whole:
                _reset(server)
                return b""
            answer = _message(server)
            if not answer:
                raise _Cut
            return answer


class _Cut(Exception):
    """This connection ends here."""


def _send(to: socket.socket, data: bytes, *, slow: bool) -> None:
    if not slow:
        to.sendall(data)
        return
    for start in range(0, len(data), PIECE):
        to.sendall(data[start : start + PIECE])
        time.sleep(TICK_S)


def _message(source: socket.socket) -> bytes:
    """One HTTP message with a Content-Length; empty at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = source.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    parts, missing = [data], length - len(body)
    while missing > 0:
        piece = source.recv(min(missing, 65536))
        if not piece:
            return b""
        parts.append(piece)
        missing -= len(piece)
    return b"".join(parts)


def _error(status: int) -> bytes:
    body = b"<html>not the server</html>"
    return b"HTTP/1.1 %d Trouble\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


def _reset(sock: socket.socket) -> None:
    """RST instead of FIN: nobody is told politely."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
