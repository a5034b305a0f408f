"""The network cable between courier and server: a TCP forwarder on this machine that can be pulled out.

Bytes are passed on unread, so TLS goes through unharmed. It runs an event loop in a thread of its own.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import partial
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from hardware.actions import perform
from hardware.simulated import Json, NotPossible

HOST: Final = "127.0.0.1"
MOST_CONNECTIONS: Final = 64  # a kiosk needs a handful
CHUNK: Final = 65536
ACTION_LIMIT_S: Final = 30.0  # nothing here takes long; only a stuck machine comes near it

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
ByteCount = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Way = Literal["up", "down"]  # up: from the kiosk to the server
T = TypeVar("T")


class _Cut(Exception):
    """The connection ends here."""


class NetworkPlug:
    """`NetworkPlug("network", 18443, 8443)`: connect to 18443, arrive at 8443; 0 listens on any free port.

    Unplugged or without power, open connections die and new ones are refused."""

    def __init__(self, name: str, listen_port: int, target_port: int) -> None:
        self.name = name
        self.listen_port = listen_port
        self.target_port = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._listening: asyncio.Task[None] | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._passed_on: dict[Way, int] = {"up": 0, "down": 0}
        self._plugged = self._powered = True
        self._behave()
        self._actions: dict[str, Callable[..., None]] = {
            "plug": self._plug,
            "unplug": self._unplug,
            "power_cut": self._lose_power,
            "power_on": self._get_power,
            "delay": self._set_delay,
            "swallow_answers": self._set_swallow,
            "cut_after": self._set_cut,
            "behave": self._behave,
        }

    # --- Simulator

    def start(self) -> None:
        """Raises OSError when the port is taken."""
        self._thread.start()
        self._in_loop(self._follow_plug())

    def stop(self) -> None:
        self._plugged = False
        self._in_loop(self._follow_plug())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ACTION_LIMIT_S)
        self._loop.close()

    def power_cut(self) -> None:
        self.do("power_cut")

    def power_on(self) -> None:
        self.do("power_on")

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        plug, unplug · power_cut, power_on · delay(ms): each piece, each way · swallow_answers(times): the
        request arrives, the answer is dropped and the connection dies · cut_after(bytes, way: up or down): so
        many bytes more arrive that way, then their connection dies · behave: ends delay, swallowing and cut."""
        return self._in_loop(self._act(action, given))

    def state(self) -> Json:
        """`connections` are open now; `bytes_up` and `bytes_down` were passed on since the start."""
        return self._in_loop(self._look())

    def _in_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(ACTION_LIMIT_S)

    async def _act(self, action: str, given: Json) -> Json:
        perform(self._actions, action, given)
        try:
            await self._follow_plug()
        except OSError as error:
            self._plugged = False
            raise NotPossible(f"port {self.listen_port} can not be listened on: {error}") from error
        return await self._look()

    async def _look(self) -> Json:
        faults: Json = {f"cut_after_{way}": left for way, left in self._cut_after.items()}
        if self._delay_ms:
            faults["delay_ms"] = self._delay_ms
        if self._swallow:
            faults["swallow_answers"] = self._swallow
        return {
            "plugged": self._plugged,
            "powered": self._powered,
            "listen_port": self.listen_port,
            "target_port": self.target_port,
            "connections": len(self._connections),
            "bytes_up": self._passed_on["up"],
            "bytes_down": self._passed_on["down"],
            "faults": faults,
        }

    # --- actions; all run in the loop

    def _plug(self) -> None:
        if self._plugged:
            raise NotPossible("the network cable is in already")
        self._plugged = True

    def _unplug(self) -> None:
        if not self._plugged:
            raise NotPossible("the network cable is out already")
        self._plugged = False

    def _lose_power(self) -> None:
        if not self._powered:
            raise NotPossible("it has no power as it is")
        self._powered = False

    def _get_power(self) -> None:
        if self._powered:
            raise NotPossible("it has power already")
        self._powered = True

    def _set_delay(self, ms: Milliseconds) -> None:
        self._delay_ms = ms

    def _set_swallow(self, times: Times = 1) -> None:
        self._swallow = times

    def _set_cut(self, bytes: ByteCount, way: Way = "up") -> None:
        self._cut_after[way] = bytes

    def _behave(self) -> None:
        self._delay_ms = 0
        self._swallow = 0
        self._cut_after: dict[Way, int] = {}

    # --- the cable

    async def _follow_plug(self) -> None:
        """Listen or do not, as cable and power say."""
        if self._plugged and self._powered:
            if self._listening is None:
                listener = socket.create_server((HOST, self.listen_port), backlog=MOST_CONNECTIONS)
                listener.setblocking(False)
                self.listen_port = listener.getsockname()[1]
                self._listening = asyncio.create_task(self._accept(listener))
            return
        dying = list(self._connections)
        if self._listening is not None:
            dying.append(self._listening)
            self._listening = None
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)

    async def _accept(self, listener: socket.socket) -> None:
        with listener:
            while True:
                kiosk, _ = await asyncio.get_running_loop().sock_accept(listener)
                if len(self._connections) >= MOST_CONNECTIONS:
                    kiosk.close()
                    continue
                connection = asyncio.create_task(self._forward(kiosk))
                self._connections.add(connection)
                connection.add_done_callback(self._connections.discard)
                # A task that is cancelled before its first step never gets to close anything itself.
                connection.add_done_callback(partial(_close, kiosk))

    async def _forward(self, kiosk_end: socket.socket) -> None:
        with ExitStack() as ends:
            kiosk, to_kiosk = await asyncio.open_connection(sock=kiosk_end)
            ends.callback(to_kiosk.transport.abort)
            try:
                server, to_server = await asyncio.open_connection(HOST, self.target_port)
            except OSError:
                return  # no server there: for the kiosk the connection just ends
            ends.callback(to_server.transport.abort)
            try:
                async with asyncio.TaskGroup() as both_ways:
                    both_ways.create_task(self._pass_on("up", kiosk, to_server))
                    both_ways.create_task(self._pass_on("down", server, to_kiosk))
            except* (_Cut, OSError):
                pass

    async def _pass_on(self, way: Way, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        sink.transport.set_write_buffer_limits(0)  # so that drain means: it has left
        while piece := await source.read(CHUNK):
            if self._delay_ms:
                await asyncio.sleep(self._delay_ms / 1000)
            if way == "down" and self._swallow:
                self._swallow -= 1
                raise _Cut
            left = self._cut_after.get(way)
            piece = piece[:left]
            if left is not None:
                self._cut_after[way] = left - len(piece)
            sink.write(piece)
            await sink.drain()
            self._passed_on[way] += len(piece)
            if self._cut_after.get(way) == 0:
                del self._cut_after[way]
                raise _Cut
        if sink.can_write_eof():
            sink.write_eof()


def _close(end: socket.socket, _: asyncio.Task[None]) -> None:
    end.close()
