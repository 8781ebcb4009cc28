"""One HTTP request of a connector: capped, its failures in the words of `protocol.FailureCode`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import orjson

from tongxi.connectors.protocol import FailureCode, ToolFailed
from tongxi.kit.egress import AddressRefused, AnswerTooLarge, AnswerUnsuitable, read_capped

MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    headers: httpx2.Headers
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises: `ToolFailed`."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise ToolFailed(FailureCode.BAD_ANSWER, "not JSON") from error


async def ask(
    client: httpx2.AsyncClient,
    method: str,
    url: str,
    *,
    params: Mapping[str, str | list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    json: Any = None,
    form: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Answered:
    """Send one request and read all of the answer. Raises: `ToolFailed`."""
    sent = {"Accept": "application/json", **(headers or {})}
    content: bytes | None = None
    if json is not None:
        content, sent["Content-Type"] = orjson.dumps(json), "application/json"
    try:
        request = client.build_request(
            method, url, params=params or None, headers=sent, content=content, data=dict(form) if form else None
        )
        response = await client.send(request, stream=True)
        try:
            return Answered(response.status_code, response.headers, await read_capped(response, max_bytes))
        finally:
            await response.aclose()
    except httpx2.TimeoutException as error:
        raise ToolFailed(FailureCode.TIMEOUT, type(error).__name__) from error
    except AddressRefused as error:
        raise ToolFailed(FailureCode.REFUSED, "address") from error
    except (AnswerTooLarge, AnswerUnsuitable) as error:
        raise ToolFailed(FailureCode.BAD_ANSWER, error.code) from error
    except (httpx2.LocalProtocolError, httpx2.InvalidURL, UnicodeError) as error:
        raise ToolFailed(FailureCode.BAD_ARGUMENTS, type(error).__name__) from error
    except httpx2.HTTPError as error:
        raise ToolFailed(FailureCode.UNAVAILABLE, type(error).__name__) from error


def check_status(status: int, own: Mapping[int, FailureCode] | None = None) -> None:
    """Raises: `ToolFailed` unless the status means success; `own` are the words of one system."""
    if own and status in own:
        raise ToolFailed(own[status], str(status))
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise ToolFailed(FailureCode.NOT_FOUND)
    if status in (400, 401, 402, 403, 405, 406, 409, 412, 415, 422):
        raise ToolFailed(FailureCode.REFUSED, str(status))
    raise ToolFailed(FailureCode.UNAVAILABLE if status >= 425 else FailureCode.BAD_ANSWER, str(status))
