"""A journal that can not be opened: nothing is written and nothing goes up, but the server hears of it."""

import asyncio

from kiosk import codec
from kiosk.clock import SystemClock
from kiosk.distress import Distress
from kiosk.parcels import DeviceHealth, Heartbeat, HeartbeatSeen
from kiosk.post import Pace, Post
from tests.kiosk.test_a_courier_that_lies import IDENTITY, KIOSK, Courier, brought

WHY = "journal.db: record 7 was changed"


def test_it_tells_the_server_at_each_heartbeat_until_it_is_stopped():
    async def run():
        courier, post = Courier(), Post(IDENTITY, KIOSK, lambda online: None)
        pace = Pace(heartbeat=0.01, offline_heartbeat=0.01)
        health = ((DeviceHealth("printer", "ok"),), True)
        distress = Distress(post, SystemClock(), lambda: health, "1.0", WHY, pace)
        distress.beat()  # nobody carries it yet
        await asyncio.sleep(0)
        post.connected(courier)
        for _ in range(3):
            courier.parcels.clear()
            while not courier.parcels:
                await asyncio.sleep(0.005)
            said = codec.decode(courier.of("heartbeat").body, Heartbeat)
            assert (said.broken, said.head_seq, said.devices, said.staff_called) == (WHY, 0, *health)
            post.brought(brought(courier.of("heartbeat"), HeartbeatSeen(1, 0, 0, "0" * 64, "")))
        distress.stop()
        courier.parcels.clear()
        await asyncio.sleep(0.05)
        assert not courier.parcels

    asyncio.run(run())
