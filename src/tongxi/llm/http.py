"""What both dialects share: one HTTP connection pool, sizes, and the failures below the dialect."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
from pydantic import BaseModel, ValidationError

from tongxi.kit.egress import AddressRefused, Egress
from tongxi.llm import failures
from tongxi.llm.protocol import FailureCode, ModelFailed
from tongxi.llm.sse import Event, Events

MAX_BYTES = 1_000_000
"""Of a response; an answer to a customer has a few hundred, its stream a hundred times that."""
MAX_VECTOR_BYTES = 40_000_000
MAX_ERROR_BYTES = 20_000
CONNECT_SECONDS = 5.0


class _Named(BaseModel):
    id: str


class _Listed(BaseModel):
    data: tuple[_Named, ...]


class Http:
    """Requests to one base address with fixed headers. Redirects are not followed, the environment is not read."""

    def __init__(self, url: str, headers: Mapping[str, str], query: Mapping[str, str], *, is_inside: bool) -> None:
        """`is_inside`: the address may be a private one; any other leads out of the network or nowhere."""
        self._client = httpx2.AsyncClient(
            transport=Egress({_place(url)} if is_inside else ()).transport(),
            base_url=url,
            headers={"Accept": "application/json", "Content-Type": "application/json", **headers},
            params=dict(query),
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),  # the caller's deadline covers the rest
            follow_redirects=False,
            trust_env=False,
        )

    async def post(self, path: str, body: Mapping[str, Any], *, max_bytes: int = MAX_BYTES) -> Any:
        """The JSON of an answer. Raises: `ModelFailed`."""
        async with self._sent("POST", path, body) as response:
            return _json(await _read(response, max_bytes))

    async def get(self, path: str) -> Any:
        """The JSON of an answer. Raises: `ModelFailed`."""
        async with self._sent("GET", path, None) as response:
            return _json(await _read(response, MAX_BYTES))

    async def names(self, path: str) -> list[str]:
        """Ids of a list as both dialects give it: `{"data": [{"id": …}, …]}`. Raises: `ModelFailed`."""
        try:
            listed = _Listed.model_validate(await self.get(path))
        except ValidationError as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        return sorted(one.id for one in listed.data)

    async def events(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        """The events of a stream. Raises: `ModelFailed`; also for an answer that is no stream."""
        async with self._sent("POST", path, body, accept="text/event-stream") as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise ModelFailed(FailureCode.BAD_ANSWER, "not a stream")
            events, size = Events(), 0
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > MAX_BYTES:
                    raise ModelFailed(FailureCode.BAD_ANSWER, "too large")
                try:
                    for event in events.take(piece):
                        yield event
                except UnicodeDecodeError as error:
                    raise ModelFailed(FailureCode.BAD_ANSWER, "not UTF-8") from error

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def _sent(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, accept: str = "application/json"
    ) -> AsyncIterator[httpx2.Response]:
        """A response of status 200. Raises: `ModelFailed`."""
        content = None if body is None else orjson.dumps(body)
        try:
            async with self._client.stream(method, path, content=content, headers={"Accept": accept}) as response:
                if response.status_code != 200:
                    told = await _read(response, MAX_ERROR_BYTES, is_cut=True)
                    raise failures.of_status(response.status_code, response.headers, told)
                yield response
        except AddressRefused as error:
            raise ModelFailed(FailureCode.ADDRESS, error.code) from error
        except httpx2.TimeoutException as error:
            raise ModelFailed(FailureCode.TIMEOUT, type(error).__name__) from error
        except httpx2.RemoteProtocolError as error:
            raise ModelFailed(FailureCode.CUT, type(error).__name__) from error
        except httpx2.DecodingError as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        except httpx2.ConnectError as error:
            words = str(error)[:300]
            if _is_tls(error):
                raise ModelFailed(FailureCode.TLS, type(error).__name__, message=words) from error
            raise ModelFailed(
                FailureCode.UNAVAILABLE, type(error).__name__, is_worth_retrying=True, message=words
            ) from error
        except httpx2.HTTPError as error:
            raise ModelFailed(FailureCode.UNAVAILABLE, type(error).__name__, is_worth_retrying=True) from error


async def _read(response: httpx2.Response, limit: int, *, is_cut: bool = False) -> bytes:
    """The body; one that is larger is cut, or refused. Raises: `ModelFailed`."""
    received = bytearray()
    async for piece in response.aiter_bytes():
        received += piece
        if len(received) > limit:
            if is_cut:
                break
            raise ModelFailed(FailureCode.BAD_ANSWER, "too large")
    return bytes(received)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error


def _is_tls(error: BaseException | None) -> bool:
    """Whether a connection failed at its encryption: a certificate nobody trusts, or no TLS at the other end."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _place(url: str) -> str:
    """`host:port` as `Egress` lists it."""
    parsed = httpx2.URL(url)
    return f"{parsed.host.lower().rstrip('.')}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"
