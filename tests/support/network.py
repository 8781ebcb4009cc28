"""Tests do not reach beyond this machine: a model call, a webhook, a look-up of a real name fails the test."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest
import uvloop

_LOCAL_NAMES = {"localhost", "", None, b"", b"localhost"}


def refuse(host: object) -> None:
    """Fail the test unless `host` is this machine. Not an `OSError`: the product would take that for a bad line."""
    if host in _LOCAL_NAMES:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        if ipaddress.ip_address(name.partition("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    pytest.fail(f"a test tried to reach {name!r}; use a local server", pytrace=True)


class LocalLoop(uvloop.Loop):
    """uvloop, which connects past Python's sockets, with the same rule."""

    async def create_connection(self, protocol_factory: Any, host: Any = None, *args: Any, **options: Any) -> Any:
        refuse(host)
        return await super().create_connection(protocol_factory, host, *args, **options)

    async def getaddrinfo(self, host: Any, *args: Any, **options: Any) -> Any:
        refuse(host)
        return await super().getaddrinfo(host, *args, **options)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        _refuse_address(sock, address)
        await super().sock_connect(sock, address)


def new_loop() -> asyncio.AbstractEventLoop:
    """Make the event loop of the tests."""
    return LocalLoop()


def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the rule on Python's own sockets."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_address(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_address(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        refuse(host)
        return getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _refuse_address(sock: socket.socket, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        refuse(address[0])
