"""The generator's own WebSocket and its figures."""

import asyncio

import pytest
from benchmarks.figures import Figure, Report, number
from benchmarks.load import Latencies
from benchmarks.wire import CLOSE, PING, Socket, frame, unmask


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 200_000])
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
async def test_frames_of_every_size_arrive_however_they_are_cut(size: int, step: int) -> None:
    if size > 70_000 and step == 1:
        step = 1000
    got: list[bytes] = []
    socket = Socket(lambda _, data: got.append(data))
    wire = Wire()
    socket.connection_made(wire)  # type: ignore[arg-type]
    request = b"GET /ws HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    data = request + frame(b"x" * size, masked=True) + frame(b"end", masked=True)
    for at in range(0, len(data), step):
        socket.data_received(data[at : at + step])
    assert [len(one) for one in got] == [size, 3]
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in wire.written  # RFC 6455, section 1.3


async def test_a_ping_is_answered_and_a_close_closes() -> None:
    socket = Socket(lambda *_: None, handshake=b"GET")
    wire = Wire()
    socket.connection_made(wire)  # type: ignore[arg-type]
    socket.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + frame(b"hi", PING))
    assert wire.written.endswith(b"\x8a\x82\0\0\0\0hi")
    socket.data_received(frame(b"", CLOSE))
    assert wire.is_closed


async def test_a_refused_handshake_is_an_error() -> None:
    socket = Socket(lambda *_: None, handshake=b"GET")
    socket.connection_made(Wire())  # type: ignore[arg-type]
    socket.data_received(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    with pytest.raises(ConnectionError, match="403"):
        await asyncio.wait_for(socket.opened, 1)


def test_unmask_undoes_any_key() -> None:
    key, text = b"\x01\x02\x03\x04", "退款多久到账".encode()
    masked = bytes(byte ^ key[at % 4] for at, byte in enumerate(text))
    assert unmask(masked, key) == text
    assert unmask(text, bytes(4)) == text


def test_what_never_came_is_the_slowest_of_all() -> None:
    latencies = Latencies()
    for ms in range(1, 100):
        latencies.add(ms / 1000)
    assert latencies.ms(0.5) == pytest.approx(50)
    latencies.missing = 1
    assert latencies.ms(0.99) == float("inf")
    assert number(latencies.ms(0.99)) == "never"


def test_a_figure_is_met_or_not_in_its_own_direction() -> None:
    assert Figure("rate", 600, "/s", 500, True).is_met
    assert not Figure("wait", 600, "ms", 500).is_met
    assert not Figure("wait", float("nan"), "ms", 500).is_met
    assert Figure("told", 1, "").is_met is None


def test_a_report_with_a_broken_promise_does_not_say_that_all_is_well() -> None:
    report = Report("bench", figures=[Figure("rate", 600, "/s", 500, True, 10, "note")])
    assert "in every part" in report.table()
    report.violations.append("flat: lost in c")
    assert "in every part" not in report.table() + report.markdown()
    assert "lost in c" in report.markdown()
