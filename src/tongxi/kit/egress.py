"""The one way out to addresses that a person, a page or a document names.

Every connection is checked where it is made: the name is resolved, each address it has must be public, and the
connection goes to that very address. So neither a redirect nor a name that changes its mind leads inwards. Addresses
of one's own network are reached only when an administrator has listed the host. Source: docs/explanation/security.md.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpcore2
import httpx2
import structlog

from tongxi import __version__
from tongxi.kit.addresses import is_address, is_public, may_be_allowed
from tongxi.kit.errors import AppError

log = structlog.get_logger(__name__)

Resolve = Callable[[str, int], Awaitable[list[str]]]

USER_AGENT: Final = f"Tongxi/{__version__}"
MAX_REDIRECTS: Final = 5
MAX_URL: Final = 2048
_PORTS: Final = {"http": 80, "https": 443}
_ENCODINGS: Final = "gzip, deflate"
"""What is unpacked piece by piece, so that the cap is kept."""
_STEP_SECONDS: Final = 10.0
"""For connecting, and for each wait for more bytes."""


class AddressRefused(AppError):
    """This address may not be opened from here. Internal systems must be allowed first, by an administrator."""

    code = "address_refused"
    status = 422


class Unreachable(AppError):
    """Nothing answered at this address in time."""

    code = "address_unreachable"
    status = 422


class AnswerTooLarge(AppError):
    """What this address gives is larger than allowed."""

    code = "answer_too_large"
    status = 422


class AnswerUnsuitable(AppError):
    """This address does not give what was expected there."""

    code = "answer_unsuitable"
    status = 422


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave."""

    url: str
    """Where it was in the end, after redirects."""
    content_type: str
    """Without parameters, lower case; "" when not said."""
    charset: str | None
    body: bytes


class Egress:
    """The way out of one process. `allowed`: `host` or `host:port`, lower case; without a port 80 and 443."""

    def __init__(
        self,
        allowed: Collection[str] = (),
        *,
        resolve: Resolve | None = None,
        network: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        """`resolve` gives the addresses of a name; `network` opens connections to addresses already checked."""
        self.allowed: frozenset[str] = frozenset(allowed)
        self._resolve = resolve or _system_resolve
        self._network = network or httpcore2.AnyIOBackend()
        self._shared: httpx2.AsyncBaseTransport | None = None
        self._tls: ssl.SSLContext | None = None

    def check(self, url: str) -> httpx2.URL:
        """A URL as it may be opened, before its name is resolved. Raises: `AddressRefused`."""
        try:
            parsed = httpx2.URL(url) if len(url) <= MAX_URL else None
        except (httpx2.InvalidURL, ValueError, TypeError):
            parsed = None
        if parsed is None or parsed.scheme not in _PORTS or not parsed.host or parsed.userinfo:
            raise AddressRefused
        port = parsed.port or _PORTS[parsed.scheme]
        if port != _PORTS[parsed.scheme] and not self._is_listed(parsed.host, port):
            raise AddressRefused
        if is_address(parsed.host) and not self._may_open(parsed.host, parsed.host, port):
            raise AddressRefused
        return parsed

    def transport(self) -> httpx2.AsyncBaseTransport:
        """Connections of one's own, each checked; for an `httpx2.AsyncClient`, also one made elsewhere."""
        return _Transport(self)

    def client(self, *, headers: Mapping[str, str] | None = None, timeout: timedelta) -> httpx2.AsyncClient:
        """A client for one configured system: no redirects followed, no proxy, nothing taken from the environment.

        Its calls raise `AddressRefused` beside the exceptions of httpx.
        """
        return httpx2.AsyncClient(
            transport=self.transport(),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": _ENCODINGS, **(headers or {})},
            timeout=timeout.total_seconds(),
            follow_redirects=False,
            trust_env=False,
        )

    async def fetch(
        self,
        url: str,
        *,
        max_bytes: int,
        timeout: timedelta,
        types: Collection[str] = (),
        accept: str = "*/*",
    ) -> Fetched:
        """Read a page or file, through at most five redirects, without cookies or credentials.

        `types`: content types taken; none means any. `max_bytes` counts what is left after decompression. `timeout`
        is for all of it.
        Raises: `AddressRefused`, `Unreachable`, `AnswerTooLarge`, `AnswerUnsuitable` (with `status` of the answer).
        """
        self._shared = self._shared or self.transport()
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                target = self.check(url)
                for _ in range(MAX_REDIRECTS + 1):
                    answer = await self._step(target, max_bytes, types, accept)
                    if isinstance(answer, Fetched):
                        return answer
                    target = answer
        except (TimeoutError, httpx2.TransportError) as error:
            log.info("egress.unreachable", error=type(error).__name__)
            raise Unreachable from error
        raise AnswerUnsuitable("This address redirects in circles.", status=302)

    async def close(self) -> None:
        """Let go of connections."""
        if self._shared is not None:
            await self._shared.aclose()
            self._shared = None

    def tls(self) -> ssl.SSLContext:
        """Made once: reading the certificates takes longer than a request."""
        self._tls = self._tls or httpx2.create_ssl_context(trust_env=False)
        return self._tls

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    async def _step(
        self, target: httpx2.URL, max_bytes: int, types: Collection[str], accept: str
    ) -> Fetched | httpx2.URL:
        """One request; gives what is there, or where it went."""
        assert self._shared is not None
        step = dict.fromkeys(("connect", "read", "write", "pool"), _STEP_SECONDS)
        headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": _ENCODINGS}
        request = httpx2.Request("GET", target, headers=headers, extensions={"timeout": step})
        response = await self._shared.handle_async_request(request)
        try:
            if response.status_code in (301, 302, 303, 307, 308):
                try:
                    return self.check(str(target.join(response.headers.get("location", ""))))
                except httpx2.InvalidURL:
                    raise AddressRefused from None
            if response.status_code != 200:
                raise AnswerUnsuitable(f"The address answers with status {response.status_code}.",
                                       answered=response.status_code)  # fmt: skip
            kind, _, parameters = response.headers.get("content-type", "").lower().partition(";")
            if types and kind.strip() not in types:
                raise AnswerUnsuitable("The address gives another kind of content.")
            return Fetched(str(target), kind.strip(), _charset(parameters), await read_capped(response, max_bytes))
        finally:
            await response.aclose()

    async def addresses(self, host: str, port: int) -> list[str]:
        """Checked addresses of a name. Raises: `AddressRefused`, `httpx2.ConnectError`."""
        found = await self._resolve(host, port)
        if port not in _PORTS.values() and not self._is_listed(host, port):
            raise AddressRefused
        if not found:
            raise httpx2.ConnectError("no address")
        for address in found:
            if not self._may_open(address, host, port):
                log.warning("egress.refused", host=host, port=port)
                raise AddressRefused
        return found

    def _may_open(self, address: str, host: str, port: int) -> bool:
        return is_public(address) or (self._is_listed(host, port) and may_be_allowed(address))

    def _is_listed(self, host: str, port: int) -> bool:
        name = host.lower().rstrip(".").strip("[]")
        names = (f"[{name}]", name) if ":" in name else (name,)
        return any(
            f"{one}:{port}" in self.allowed or (one in self.allowed and port in _PORTS.values()) for one in names
        )


async def read_capped(response: httpx2.Response, max_bytes: int) -> bytes:
    """The decompressed body. Raises: `AnswerTooLarge` as soon as it is longer than `max_bytes`, `AnswerUnsuitable`."""
    packed = {part.strip().lower() for part in response.headers.get("content-encoding", "").split(",")}
    if packed - {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise AnswerUnsuitable("The content is packed in a way that was not asked for.")
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise AnswerTooLarge(max_bytes=max_bytes)
    body = bytearray()
    try:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > max_bytes:
                raise AnswerTooLarge(max_bytes=max_bytes)
    except httpx2.DecodingError as error:
        raise AnswerUnsuitable("The content is broken.") from error
    return bytes(body)


def _charset(parameters: str) -> str | None:
    for part in parameters.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "charset" and value:
            return value.strip("\"' ")
    return None


async def _system_resolve(host: str, port: int) -> list[str]:
    with suppress(OSError, UnicodeError):
        return [socket.inet_ntoa(socket.inet_aton(host))]  # 127.1, 0x7f.1, 2130706433: addresses, not names
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise httpx2.ConnectError("name not found") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class _Network(httpcore2.AsyncNetworkBackend):
    """Opens connections to checked addresses only; TLS still sees the name."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                found = await self._egress.addresses(host.strip("[]"), port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("name resolution") from error
        problem: Exception = httpcore2.ConnectError("no address")
        for address in found[:3]:
            try:
                return await self._egress._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
        raise problem

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        raise httpcore2.ConnectError(f"no sockets by path: {path!r}, {timeout=}, {socket_options=}")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Transport(httpx2.AsyncBaseTransport):
    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=egress.tls(),
            max_connections=50,
            max_keepalive_connections=10,
            keepalive_expiry=15,
            network_backend=_Network(egress),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = self._egress.check(str(request.url))
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _translated():
            answer = await self._pool.handle_async_request(sent)
        assert isinstance(answer.stream, AsyncIterable)
        return httpx2.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async for piece in self._stream:
                yield piece

    async def aclose(self) -> None:
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()


_WORDS: Final[tuple[tuple[type[Exception], type[httpx2.TransportError]], ...]] = (
    (httpcore2.ConnectTimeout, httpx2.ConnectTimeout),
    (httpcore2.PoolTimeout, httpx2.PoolTimeout),
    (httpcore2.WriteTimeout, httpx2.WriteTimeout),
    (httpcore2.TimeoutException, httpx2.ReadTimeout),
    (httpcore2.ConnectError, httpx2.ConnectError),
    (httpcore2.RemoteProtocolError, httpx2.RemoteProtocolError),
    (httpcore2.LocalProtocolError, httpx2.LocalProtocolError),
    (httpcore2.UnsupportedProtocol, httpx2.UnsupportedProtocol),
    (httpcore2.NetworkError, httpx2.ReadError),
)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except Exception as error:
        for theirs, ours in _WORDS:
            if isinstance(error, theirs):
                raise ours(str(error)) from error
        raise
