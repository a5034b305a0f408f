"""A kiosk whose journal can not be opened writes nothing and uploads nothing; it still says so to the server, at each
heartbeat, so that the office has it on its list and nobody waits for a kiosk that is merely silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from kiosk.clock import Clock
from kiosk.parcels import DeviceHealth, Heartbeat, HeartbeatSeen
from kiosk.post import SPARE_S, Pace, Post, Silence


class Distress:
    def __init__(
        self,
        post: Post,
        clock: Clock,
        health: Callable[[], tuple[tuple[DeviceHealth, ...], bool]],
        software: str,
        why: str,
        pace: Pace = Pace(),  # noqa: B008 -- frozen
    ) -> None:
        self._post = post
        self._clock = clock
        self._health = health
        self._software = software
        self._why = why
        self._pace = pace
        self._beat: asyncio.TimerHandle | None = None

    def beat(self) -> None:
        self._beat_in(self._pace.answer + SPARE_S + self._pace.heartbeat)
        devices, called = self._health()
        body = Heartbeat(self._clock.now().wall_ms, self._software, 0, 0, devices, called, broken=self._why)
        self._post.call("heartbeat", body, HeartbeatSeen, self._seen, self._pace.answer)

    def stop(self) -> None:
        if self._beat is not None:
            self._beat.cancel()

    def _seen(self, seen: Any) -> None:
        silent = isinstance(seen, Silence)
        self._beat_in(self._pace.offline_heartbeat if silent else self._pace.heartbeat)

    def _beat_in(self, seconds: float) -> None:
        self.stop()
        self._beat = asyncio.get_running_loop().call_later(seconds, self.beat)
