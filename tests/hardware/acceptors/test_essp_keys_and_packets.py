"""eSSP against numbers and bytes that other implementations computed, and against the AES of OpenSSL if it is here."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.essp import MAX_DATA, BlockCipher, KeyExchange, Packets
from hardware.acceptors.ssp_frames import Decoder, Frame, encode

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ssp_frames.json").read_text())
ESSP = VECTORS["essp"]
KEY = bytes.fromhex(ESSP["aes_key"])


def data_of(wire: str) -> bytes:
    (frame,) = Decoder().feed(bytes.fromhex(wire))
    return frame.data


class KnownBlocks:
    """The two blocks whose cipher text is known from elsewhere; any other block is a KeyError."""

    pairs: ClassVar = {
        bytes.fromhex(ESSP[f"{name} plain"]): data_of(ESSP[f"{name} wire seq1"])[1:]
        for name in ("POLL count 0", "reply F0 EE 03 CC count 1")
    }

    def encrypt(self, blocks: bytes) -> bytes:
        return self.pairs[blocks]

    def decrypt(self, blocks: bytes) -> bytes:
        return {cipher: plain for plain, cipher in self.pairs.items()}[blocks]


class OpenSsl:
    def encrypt(self, blocks: bytes) -> bytes:
        return self._run("-e", blocks)

    def decrypt(self, blocks: bytes) -> bytes:
        return self._run("-d", blocks)

    def _run(self, way: str, blocks: bytes) -> bytes:
        command = ["openssl", "enc", way, "-aes-128-ecb", "-nopad", "-K", KEY.hex()]
        return subprocess.run(command, input=blocks, capture_output=True, check=True).stdout


class Clear:
    """No encryption at all, to look at counts and sizes quickly."""

    def encrypt(self, blocks: bytes) -> bytes:
        return blocks

    def decrypt(self, blocks: bytes) -> bytes:
        return blocks


CIPHERS = [
    KnownBlocks(),
    pytest.param(
        OpenSsl(), marks=pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl command here")
    ),
]


def exchange() -> KeyExchange:
    return KeyExchange(ESSP["generator"], ESSP["modulus"], ESSP["host_random"])


def test_the_three_commands_of_a_key_exchange() -> None:
    generator, modulus, request = exchange().commands
    assert generator == data_of(VECTORS["ssp"]["host"]["SET GENERATOR 982451653"])
    assert modulus == data_of(VECTORS["ssp"]["host"]["SET MODULUS 1287821"])
    assert request == data_of(ESSP["KEY EXCHANGE wire seq1"])


def test_the_session_key_from_the_answer() -> None:
    assert exchange().session_key(data_of(ESSP["KEY EXCHANGE reply wire seq1"])[1:]) == KEY


@pytest.mark.parametrize("slave_key", [b"", bytes(8), b"\x01" + bytes(7), b"\xff" * 8, b"\x05" + bytes(8)])
def test_a_slave_key_that_makes_no_secret_is_refused(slave_key: bytes) -> None:
    with pytest.raises(ValueError, match="no key"):
        exchange().session_key(slave_key)


@pytest.mark.parametrize("numbers", [(7, 11, 3), (11, 7, 0), (11, 7, 7), (1 << 64, 7, 3)])
def test_numbers_that_the_unit_would_refuse(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        KeyExchange(*numbers)


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_poll_and_a_credit_on_the_wire(cipher: BlockCipher) -> None:
    packets = Packets(cipher, padding=bytes)
    assert encode(Frame(True, packets.seal(b"\x07"))) == bytes.fromhex(ESSP["POLL count 0 wire seq1"])
    answer = data_of(ESSP["reply F0 EE 03 CC count 1 wire seq1"])
    assert packets.open(answer) == bytes.fromhex("F0 EE 03 CC")
    assert packets.open(answer) is None, "the same answer again is not the next one"


def unit_answers(field: bytes, data: bytes) -> bytes:
    """What a unit makes of it, under `Clear`: the count goes up by one."""
    unit = Packets(Clear())
    unit._count = int.from_bytes(field[2:6], "little") + 1
    return unit.seal(data)


@given(st.lists(st.binary(min_size=1, max_size=MAX_DATA), max_size=6))
def test_counts_go_on_from_packet_to_packet(answers: list[bytes]) -> None:
    packets = Packets(Clear())
    for number, answer in enumerate(answers):
        field = packets.seal(b"\x07")
        assert len(field) % 16 == 1
        assert int.from_bytes(field[2:6], "little") == number
        assert packets.open(unit_answers(field, answer)) == answer


def test_the_count_starts_anew_after_four_bytes() -> None:
    packets = Packets(Clear())
    packets._count = 0xFFFF_FFFF
    field = packets.seal(b"\x07")
    answer = Packets(Clear()).seal(b"\xf0")
    assert field[2:6] == b"\xff" * 4
    assert packets.open(answer) == b"\xf0"


@settings(deadline=None)
@given(st.binary(max_size=255))
def test_what_is_no_packet_is_no_answer(field: bytes) -> None:
    assert Packets(Clear()).open(field) is None


@given(st.integers(0, 16 * 8 - 1))
def test_one_flipped_bit_is_no_answer(bit: int) -> None:
    packets = Packets(Clear())
    field = bytearray(unit_answers(packets.seal(b"\x07"), b"\xf0\xee\x03"))
    field[1 + bit // 8] ^= 1 << bit % 8
    assert packets.open(bytes(field)) is None


@pytest.mark.parametrize("size", [0, MAX_DATA + 1])
def test_a_packet_that_can_not_be_is_not_made(size: int) -> None:
    with pytest.raises(ValueError, match="233"):
        Packets(Clear()).seal(bytes(size))
