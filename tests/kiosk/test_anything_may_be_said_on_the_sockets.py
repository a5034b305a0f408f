"""Lines that are no JSON, too long or of another type get an answer and count for nothing; strangers get none."""

import asyncio
import json
import os

import pytest

from kiosk.contract import FromScreens, Hello, PressKey, Touched
from kiosk.links import BACKLOG_BYTES, Link

PATIENCE_S = 60


class Listening:
    """A link that remembers what came in."""

    def __init__(self, folder, users=None, line_bytes=4096):
        self.heard, self.open = [], 0
        users = frozenset({os.getuid()}) if users is None else users
        self.path = folder / "s.sock"
        self.link = Link(self.path, FromScreens, self._line, self._came, self._went, users, line_bytes)

    def _line(self, peer, message):
        self.heard.append(message)

    def _came(self, peer):
        self.open += 1
        self.peer = peer
        peer.send(Hello("core", 1))

    def _went(self, peer):
        self.open -= 1


async def said(listening, *lines):
    """Say these lines; gives every answer until the link is quiet."""
    reader, writer = await asyncio.open_unix_connection(str(listening.path), limit=1 << 20)
    answers = [json.loads(await reader.readline())]
    for line in lines:
        writer.write(line)
    await writer.drain()
    try:
        while True:
            line = await asyncio.wait_for(reader.readline(), 0.5)
            if not line:
                break
            answers.append(json.loads(line))
    except TimeoutError:
        pass
    writer.close()
    return answers


def run(story):
    asyncio.run(story)


NONSENSE = [
    b"hello\n",
    b"\n",
    b"\xff\xfe\x00\n",
    b"[]\n",
    b"null\n",
    b'{"type":"touched"}\n',
    b'{"type":"launch","view":1}\n',
    b'{"type":"touched","view":"1","intent":{"want":"back"}}\n',
    b'{"type":"touched","view":1,"intent":{"want":"open_cash_box"}}\n',
    b"[" * 2000 + b"\n",
    b'{"type":"touched","view":1e400,"intent":{"want":"back"}}\n',
]


@pytest.mark.parametrize("line", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_answered_and_the_next_line_still_counts(tmp_path, line):
    async def story():
        listening = Listening(tmp_path)
        await listening.link.open()
        good = b'{"type":"touched","view":7,"intent":{"want":"key","key":"3"}}\n'
        answers = await said(listening, line, good)
        assert [a["type"] for a in answers] == ["hello", "refused"] and answers[1]["why"]
        assert listening.heard == [Touched(7, PressKey("3"))]
        await listening.link.close()

    run(story())


def test_a_line_without_end_is_cut_off_and_only_that_connection_ends(tmp_path):
    async def story():
        listening = Listening(tmp_path)
        await listening.link.open()
        answers = await said(listening, b"x" * 10_000)
        assert answers[-1]["why"] == "a line may have 4096 bytes"
        assert await said(listening, b'{"type":"hello","who":"screens","speaks":1}\n')
        assert listening.heard == [Hello("screens", 1)]
        await listening.link.close()

    run(story())


def test_a_process_of_another_user_is_not_heard(tmp_path):
    async def story():
        listening = Listening(tmp_path, users=frozenset({os.getuid() + 1}))
        await listening.link.open()
        reader, writer = await asyncio.open_unix_connection(str(listening.path))
        answer = json.loads(await reader.readline())
        assert "may not use this socket" in answer["why"]
        assert await reader.read() == b"" and not listening.heard and listening.open == 0
        writer.close()
        await listening.link.close()

    run(story())


def test_the_socket_of_a_core_that_was_killed_is_replaced(tmp_path):
    async def story():
        for _ in range(2):
            listening = Listening(tmp_path)
            await listening.link.open()
            assert (await said(listening))[0]["type"] == "hello"

    run(story())


def test_a_process_that_does_not_read_is_let_go_and_fills_no_memory(tmp_path):
    async def story():
        listening = Listening(tmp_path)
        await listening.link.open()
        _, writer = await asyncio.open_unix_connection(str(listening.path), limit=1024)
        async with asyncio.timeout(PATIENCE_S):
            while not listening.open:
                await asyncio.sleep(0)
            long = Hello("x" * 10_000, 1)
            # The kernel and the reader hold back far less.
            for _ in range(4 * BACKLOG_BYTES // 10_000):
                listening.peer.send(long)
                await asyncio.sleep(0)
            while listening.open:
                await asyncio.sleep(0)
        writer.close()
        await listening.link.close()

    run(story())
