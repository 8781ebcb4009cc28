"""The guard that keeps tests on this machine."""

import asyncio
import socket

import pytest

OUTSIDE = "192.0.2.1"  # kept for documentation (RFC 5737): nobody answers there


def test_a_blocking_socket_stays_on_this_machine() -> None:
    with pytest.raises(pytest.fail.Exception), socket.socket() as sock:
        sock.connect((OUTSIDE, 80))
    with pytest.raises(pytest.fail.Exception):
        socket.getaddrinfo("example.com", 80)


async def test_the_event_loop_stays_on_this_machine() -> None:
    with pytest.raises(pytest.fail.Exception):
        await asyncio.open_connection(OUTSIDE, 80)
    with pytest.raises(pytest.fail.Exception):
        await asyncio.get_running_loop().getaddrinfo("example.com", 80)


async def test_this_machine_can_be_reached() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()
        await writer.wait_closed()
