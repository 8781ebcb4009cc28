"""Chat completions at any OpenAI-compatible address: OpenAI, DeepSeek, DashScope, Qianfan, Ollama, vLLM and others.

Sends nothing that some of them refuse (no temperature, no token limit); reads nothing but the first choice's text.
"""

from __future__ import annotations

import httpx2
import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from tongxi.llm.protocol import FailureCode, ModelFailed

MAX_BYTES = 256_000
"""Of a response; an answer to a customer has a few hundred."""
CONNECT_SECONDS = 3.0


class OpenAICompatible:
    """One model. `url`: base address such as `https://api.deepseek.com/v1`; `key`: bearer token, or None."""

    def __init__(self, url: str, key: str | None, model: str) -> None:
        self.name = model
        self._client = httpx2.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Accept": "application/json", "Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {key}"} if key else {}),
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),  # the caller's deadline covers the rest
            follow_redirects=False,
            trust_env=False,
            limits=httpx2.Limits(max_connections=50, max_keepalive_connections=10),
        )

    async def complete(self, system: str, user: str) -> str:
        """The first choice's text, when the model says that it is finished. Raises: `ModelFailed`."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        body = await self._post(orjson.dumps({"model": self.name, "messages": messages, "stream": False}))
        try:
            choices = _Completion.model_validate(orjson.loads(body)).choices
        except (orjson.JSONDecodeError, ValidationError) as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        if not choices:
            raise ModelFailed(FailureCode.BAD_ANSWER, "no choices")
        match choices[0].finish_reason:
            case "stop":
                return choices[0].message.content or ""
            case "content_filter":
                raise ModelFailed(FailureCode.REFUSED, "content_filter", is_ill=False)
            case "length":
                raise ModelFailed(FailureCode.CUT, "length", is_ill=False)
            case _:
                raise ModelFailed(FailureCode.CUT, "not finished")

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, body: bytes) -> bytes:
        try:
            async with self._client.stream("POST", "/chat/completions", content=body) as response:
                _check(response)
                received = bytearray()
                async for piece in response.aiter_bytes():
                    received += piece
                    if len(received) > MAX_BYTES:
                        raise ModelFailed(FailureCode.BAD_ANSWER, "too large")
                return bytes(received)
        except httpx2.TimeoutException as error:
            raise ModelFailed(FailureCode.TIMEOUT, type(error).__name__) from error
        except httpx2.RemoteProtocolError as error:
            raise ModelFailed(FailureCode.CUT, type(error).__name__) from error
        except httpx2.DecodingError as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        except httpx2.HTTPError as error:
            raise ModelFailed(FailureCode.UNAVAILABLE, type(error).__name__) from error


def _check(response: httpx2.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (400, 413, 422):  # this question: content inspection, too long
        raise ModelFailed(FailureCode.REFUSED, str(status), is_ill=False)
    if status in (401, 402, 403, 404):  # every question: key, credit, name of the model
        raise ModelFailed(FailureCode.REFUSED, str(status))
    raise ModelFailed(FailureCode.UNAVAILABLE, str(status), retry_after=_retry_after(response))


def _retry_after(response: httpx2.Response) -> float:
    """Seconds; 0 when it is not said, or said as a date."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


# ── the dialect ─────────────────────────────────────────────────────────────────────────────────────
class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Message(_Wire):
    content: str | None = None


class _Choice(_Wire):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Wire):
    choices: tuple[_Choice, ...]
