"""Anthropic's Messages API. It has no embeddings.

Sends no sampling parameters: newer models refuse them. Source: docs.anthropic.com, "Messages", "Streaming".
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from itertools import groupby
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from tongxi.llm import failures
from tongxi.llm.configuration import Quirks
from tongxi.llm.http import Http
from tongxi.llm.openai_compatible import IN_WORDS
from tongxi.llm.protocol import Embedded, FailureCode, Message, ModelFailed, Reply, Request, ToolCall, Usage
from tongxi.llm.text import Thoughts, spoken

VERSION = "2023-06-01"
DEFAULT_TOKENS = 2_048
"""The API wants a limit; an answer to a customer has a few hundred."""


class Anthropic:
    """One provider. `url`: what stands before `/v1/messages`."""

    def __init__(self, url: str, key: str | None, quirks: Quirks | None = None, *, is_inside: bool = False) -> None:
        self._quirks = quirks or Quirks()
        auth = {"x-api-key": key} if key else {}
        self._http = Http(url, {"anthropic-version": VERSION, **auth}, self._quirks.query, is_inside=is_inside)

    async def complete(self, request: Request) -> Reply:
        """The whole answer, when the model says that it is finished. Raises: `ModelFailed`."""
        document = await self._http.post("/v1/messages", self._body(request, stream=False))
        if isinstance(document, dict) and document.get("type") == "error":
            raise failures.in_stream(document.get("error"))
        try:
            answer = _Answer.model_validate(document)
        except ValidationError as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        text = "".join(block.text for block in answer.content if block.type == "text")
        calls = tuple(
            ToolCall(block.id, block.name, orjson.dumps(block.input or {}).decode())
            for block in answer.content
            if block.type == "tool_use"
        )
        return _finished(answer.stop_reason, spoken(text), calls, answer.usage)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """Pieces of text without thoughts, then the whole. Raises: `ModelFailed`, also after pieces."""
        joined = _Joined()
        async with aclosing(self._http.events("/v1/messages", self._body(request, stream=True))) as events:
            async for event in events:
                if piece := joined.take(event.data):
                    yield piece
                if joined.is_done:
                    break
        if not joined.is_done:
            raise ModelFailed(FailureCode.CUT, "no end mark")
        if rest := joined.thoughts.end():
            joined.text.append(rest)
            yield rest
        yield _finished(joined.stop, "".join(joined.text).strip(), joined.calls(), joined.usage)

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:  # noqa: ARG002
        """Raises: `ModelFailed`, always."""
        raise ModelFailed(FailureCode.NOT_FOUND, "no embeddings")

    async def models(self) -> list[str]:
        """Names from `/v1/models`. Raises: `ModelFailed`."""
        return await self._http.names("/v1/models")

    async def close(self) -> None:
        await self._http.close()

    def _body(self, request: Request, *, stream: bool) -> dict[str, Any]:
        system = [one.text for one in request.messages if one.role == "system"]
        if request.schema is not None:
            system.append(IN_WORDS + orjson.dumps(request.schema).decode())
        body: dict[str, Any] = {
            **self._quirks.body,
            "model": request.model,
            "max_tokens": request.max_tokens or DEFAULT_TOKENS,
            "messages": _merged([one for one in request.messages if one.role != "system"]),
            "stream": stream,
        }
        if system:
            body["system"] = "\n\n".join(system)
        if request.tools:
            body["tools"] = [
                {"name": t.name, "description": t.about, "input_schema": dict(t.arguments)} for t in request.tools
            ]
        return body


class _Joined:
    """A stream put together from its blocks."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.thoughts = Thoughts()
        self.stop: str | None = None
        self.is_done = False
        self._usage = _Usage()
        self._blocks: dict[int, _Block] = {}
        self._json: dict[int, str] = {}

    @property
    def usage(self) -> _Usage:
        return self._usage

    def take(self, data: str) -> str:
        """One event; gives the text to pass on. Raises: `ModelFailed`."""
        try:
            event = _StreamEvent.model_validate(orjson.loads(data))
        except (orjson.JSONDecodeError, ValidationError) as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        match event.type:
            case "error":
                raise failures.in_stream(event.error)
            case "message_start" if event.message is not None:
                self._count(event.message.usage)
            case "content_block_start" if event.content_block is not None:
                self._blocks[event.index] = event.content_block
                return self._say(event.content_block.text)
            case "content_block_delta" if event.delta is not None:
                self._json[event.index] = self._json.get(event.index, "") + event.delta.partial_json
                return self._say(event.delta.text)
            case "message_delta":
                self.stop = (event.delta.stop_reason if event.delta else None) or self.stop
                self._count(event.usage)
            case "message_stop":
                self.is_done = True
        return ""

    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in the order they began."""
        return tuple(
            ToolCall(block.id, block.name, self._json.get(index) or orjson.dumps(block.input or {}).decode())
            for index, block in self._blocks.items()
            if block.type == "tool_use"
        )

    def _say(self, text: str) -> str:
        piece = self.thoughts.take(text) if text else ""
        if piece:
            self.text.append(piece)
        return piece

    def _count(self, usage: _Usage | None) -> None:
        if usage is not None:
            self._usage = _Usage(
                input_tokens=usage.input_tokens or self._usage.input_tokens,
                output_tokens=usage.output_tokens or self._usage.output_tokens,
            )


def _finished(stop: str | None, text: str, calls: tuple[ToolCall, ...], usage: _Usage) -> Reply:
    match stop:
        case "end_turn" | "stop_sequence" | "tool_use":
            pass
        case "refusal":
            raise ModelFailed(FailureCode.REFUSED, "refusal", is_ill=False)
        case "max_tokens":
            raise ModelFailed(FailureCode.CUT, "length", is_ill=False)
        case _:
            raise ModelFailed(FailureCode.CUT, "not finished")
    if any(not call.name for call in calls):
        raise ModelFailed(FailureCode.BAD_ANSWER, "a tool call without a name")
    if not text and not calls:
        raise ModelFailed(FailureCode.BAD_ANSWER, "empty")
    return Reply(text, calls, Usage(usage.input_tokens, usage.output_tokens))


def _merged(messages: list[Message]) -> list[dict[str, Any]]:
    """Neighbours of one side become one message: results of tools belong to the user's side."""
    sides: list[dict[str, Any]] = []
    for side, group in groupby(messages, key=lambda one: "assistant" if one.role == "assistant" else "user"):
        blocks = [block for message in group for block in _blocks(message)]
        is_plain = len(blocks) == 1 and blocks[0]["type"] == "text"
        sides.append({"role": side, "content": blocks[0]["text"] if is_plain else blocks})
    return sides


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        result = {"type": "tool_result", "tool_use_id": message.call_id, "content": message.text}
        return [result | ({"is_error": True} if message.is_error else {})]
    blocks: list[dict[str, Any]] = [{"type": "text", "text": message.text}] if message.text else []
    return blocks + [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": _object(call.arguments)}
        for call in message.calls
    ]


def _object(arguments: str) -> dict[str, Any]:
    """Arguments a model wrote wrongly go back as an empty object: the result beside it says what was wrong."""
    try:
        value = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


# ── the dialect ─────────────────────────────────────────────────────────────────────────────────────
class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Usage(_Wire):
    input_tokens: int = 0
    output_tokens: int = 0


class _Block(_Wire):
    type: str
    text: str = ""
    id: str = ""
    name: str = ""
    input: Any = None


class _Answer(_Wire):
    type: Literal["message"] = "message"
    content: tuple[_Block, ...]
    stop_reason: str | None = None
    usage: _Usage = _Usage()


class _Delta(_Wire):
    text: str = ""
    partial_json: str = ""
    stop_reason: str | None = None


class _Begun(_Wire):
    usage: _Usage | None = None


class _StreamEvent(_Wire):
    type: str
    index: int = 0
    message: _Begun | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: Any = None
