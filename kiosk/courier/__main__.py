"""Carry parcels: `python -m kiosk.courier [--run DIR] [--config DIR] [--server URL]`."""

from __future__ import annotations

import argparse
import logging
import queue
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Final

import urllib3

from kiosk import codec, site
from kiosk.contract import SPEAKS, Hello
from kiosk.courier.loopback import why_not
from kiosk.notify import notify, watchdog_s
from kiosk.parcels import MAX_PARCEL_BYTES, Brought, Outcome, Send

log = logging.getLogger(__name__)

RUN: Final = Path("/run/kiosk")
HANDS: Final = 4  # calls at once: a lookup does not wait behind an upload
RECONNECT_S: Final = 0.5  # how soon a core that restarted has its courier again
PIECE_BYTES: Final = 256 * 1024
CONNECT_S: Final = 3.0  # a server that does not take a connection in this time is not there


class Courier:
    def __init__(self, socket_path: Path, server: str, ca_file: str) -> None:
        self._path = socket_path
        self._server = server.rstrip("/")
        self._pool = urllib3.PoolManager(
            maxsize=HANDS,
            retries=False,
            ca_certs=ca_file or None,
            headers={"Content-Type": "application/json"},
        )
        self._parcels: queue.SimpleQueue[tuple[socket.socket, Send]] = queue.SimpleQueue()
        self._writing = threading.Lock()

    def run(self) -> None:
        for number in range(HANDS):
            threading.Thread(target=self._carry, name=f"hand {number}", daemon=True).start()
        while True:
            try:
                self._serve()
            except OSError as error:
                log.debug("core: %s", error)
            time.sleep(RECONNECT_S)
            notify("WATCHDOG=1")

    def _serve(self) -> None:
        with socket.socket(socket.AF_UNIX) as core:
            core.connect(str(self._path))
            core.settimeout(watchdog_s())
            self._tell(core, Hello("courier", SPEAKS))
            notify("READY=1")
            log.info("connected to the core")
            waiting = b""
            while True:
                try:
                    data = core.recv(65536)
                except TimeoutError:
                    notify("WATCHDOG=1")
                    continue
                if not data:
                    return
                notify("WATCHDOG=1")
                *lines, waiting = (waiting + data).split(b"\n")
                if len(waiting) > MAX_PARCEL_BYTES:
                    log.error("the core sent a line without an end; reconnecting")
                    return
                for line in lines:
                    self._take(core, line)

    def _take(self, core: socket.socket, line: bytes) -> None:
        try:
            message = codec.decode(line, Send | Hello)
        except codec.Malformed as error:
            log.warning("a line of the core was not understood: %s", error)
            return
        if isinstance(message, Send):
            self._parcels.put((core, message))

    def _tell(self, core: socket.socket, message: Brought | Hello) -> None:
        data = codec.encode(message) + b"\n"
        with self._writing:
            core.sendall(data)

    def _carry(self) -> None:
        while True:
            core, parcel = self._parcels.get()
            brought = self._delivered(parcel)
            try:
                self._tell(core, brought)
            except OSError:
                pass  # the core went away; it asks again by the same id when it is back

    def _delivered(self, parcel: Send) -> Brought:
        if why := why_not(parcel.kiosk, self._server):
            log.error("%s", why)
            return Brought(parcel.parcel, Outcome.NOT_SENT, detail=why)
        headers = {
            "Content-Type": "application/json",
            "Kiosk-Id": parcel.kiosk,
            "Kiosk-Signature": parcel.signature,
        }
        timeout = urllib3.Timeout(connect=min(CONNECT_S, parcel.timeout_s), read=parcel.timeout_s)
        url = f"{self._server}/v1/{parcel.call}"
        until = time.monotonic() + parcel.timeout_s
        try:
            with self._pool.request(
                "POST",
                url,
                body=parcel.body.encode(),
                headers=headers,
                timeout=timeout,
                preload_content=False,
                redirect=False,
            ) as answer:
                body = _whole(answer, until).decode("utf-8", "replace")
                signature = answer.headers.get("Server-Signature", "")
                return Brought(parcel.parcel, Outcome.ANSWERED, answer.status, body, signature)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            return Brought(parcel.parcel, Outcome.NOT_SENT, detail=_brief(error))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return Brought(parcel.parcel, Outcome.NO_ANSWER, detail=_brief(error))


def _whole(answer: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """urllib3's time-out begins anew with each piece: a server that drips would keep one of our hands for ever."""
    body = b""
    while piece := answer.read1(PIECE_BYTES):
        body += piece
        if time.monotonic() > until:
            raise TimeoutError(f"the answer did not end in time; {len(body)} bytes came")
        if len(body) > MAX_PARCEL_BYTES // 2:
            raise ValueError(f"an answer of more than {MAX_PARCEL_BYTES // 2} bytes")
    return body


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.courier", description="Carry parcels to the server."
    )
    parser.add_argument("--run", type=Path, default=RUN, help="folder of the core's sockets")
    parser.add_argument(
        "--config", type=Path, default=site.OVERRIDES, help="files that replace the packaged ones"
    )
    parser.add_argument("--server", help="address of the server instead of the configured one")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server = site.load(given.config).house.server
    except site.BadConfiguration as error:
        print(f"kiosk courier: {error}", file=sys.stderr)
        return 78  # EX_CONFIG
    Courier(given.run / "courier.sock", given.server or server.url, server.ca_file).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
