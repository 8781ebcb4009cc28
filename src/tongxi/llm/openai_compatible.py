"""Chat completions and embeddings at any OpenAI-compatible address: OpenAI, DeepSeek, DashScope, Qianfan, Ollama, vLLM.

Sends nothing that some of them refuse (no temperature; a token limit only when asked for); reads the first choice.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongxi.llm import failures
from tongxi.llm.configuration import Quirks
from tongxi.llm.http import MAX_VECTOR_BYTES, Http
from tongxi.llm.protocol import Embedded, FailureCode, Message, ModelFailed, Reply, Request, ToolCall, Usage
from tongxi.llm.text import Thoughts, spoken

IN_WORDS = "Reply with one JSON object and nothing else. It has to fit this JSON Schema:\n"


class OpenAICompatible:
    """One provider. `url`: what stands before `/chat/completions`; `key`: None for servers that need none."""

    def __init__(self, url: str, key: str | None, quirks: Quirks | None = None, *, is_inside: bool = False) -> None:
        self._quirks = quirks or Quirks()
        self._http = Http(url, _auth(key, self._quirks), self._quirks.query, is_inside=is_inside)

    async def complete(self, request: Request) -> Reply:
        """The first choice, when the model says that it is finished. Raises: `ModelFailed`."""
        if self._quirks.stream_only:
            async with aclosing(self.stream(request)) as items:
                async for item in items:
                    if isinstance(item, Reply):
                        return item
            raise AssertionError("a stream ends with its reply or a failure")
        document = await self._http.post("/chat/completions", self._body(request, stream=False))
        if isinstance(document, dict) and document.get("error"):
            raise failures.in_stream(document["error"])
        try:
            answer = _Completion.model_validate(document)
        except ValidationError as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        if not answer.choices:
            raise ModelFailed(FailureCode.BAD_ANSWER, "no choices")
        message, finish = answer.choices[0].message, answer.choices[0].finish_reason
        calls = tuple(_call(place, one) for place, one in enumerate(message.tool_calls or ()))
        return _finished(finish, spoken(message.content or ""), calls, answer.usage, message.thoughts)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """Pieces of text without thoughts, then the whole. Raises: `ModelFailed`, also after pieces."""
        joined = _Joined()
        is_done = False
        async with aclosing(self._http.events("/chat/completions", self._body(request, stream=True))) as events:
            async for event in events:
                if event.data.strip() == "[DONE]":
                    is_done = True
                    break
                if piece := joined.take(event.data):
                    yield piece
        if not is_done:
            raise ModelFailed(FailureCode.CUT, "no end mark")
        if joined.usage is None and self._quirks.usage_ends_stream and self._quirks.stream_usage:
            raise ModelFailed(FailureCode.CUT, "no usage at the end")
        if rest := joined.thoughts.end():
            joined.text.append(rest)
            yield rest
        yield _finished(joined.finish, "".join(joined.text).strip(), joined.calls(), joined.usage, joined.hidden)

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:
        """Vectors, asked for in batches. Raises: `ModelFailed`."""
        vectors: list[tuple[float, ...]] = []
        tokens = 0
        for start in range(0, len(texts), self._quirks.embed_batch):
            batch = list(texts[start : start + self._quirks.embed_batch])
            document = await self._http.post(
                "/embeddings", {"model": model, "input": batch, "encoding_format": "float"}, max_bytes=MAX_VECTOR_BYTES
            )
            try:
                answer = _Vectors.model_validate(document)
            except ValidationError as error:
                raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
            rows = sorted(answer.data, key=lambda row: row.index)
            if [row.index for row in rows] != list(range(len(batch))) or len({len(row.embedding) for row in rows}) > 1:
                raise ModelFailed(FailureCode.BAD_ANSWER, "not one vector a text")
            vectors += [row.embedding for row in rows]
            tokens += (answer.usage.prompt_tokens or 0) if answer.usage else 0
        return Embedded(tuple(vectors), Usage(input=tokens))

    async def models(self) -> list[str]:
        """Names from `/models`. Raises: `ModelFailed`."""
        return await self._http.names("/models")

    async def close(self) -> None:
        await self._http.close()

    def _body(self, request: Request, *, stream: bool) -> dict[str, Any]:
        quirks = self._quirks
        messages = [_message(one, quirks) for one in request.messages]
        body: dict[str, Any] = {**quirks.body, "model": request.model, "messages": messages, "stream": stream}
        if stream and quirks.stream_usage:
            body["stream_options"] = {"include_usage": True}
        if request.max_tokens is not None:
            body[quirks.token_limit] = request.max_tokens
        if request.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {"name": t.name, "description": t.about, "parameters": dict(t.arguments)},
                }
                for t in request.tools
            ]
        if request.schema is not None:
            if quirks.json_mode == "schema":
                schema = {"name": "output", "schema": dict(request.schema)}
                body["response_format"] = {"type": "json_schema", "json_schema": schema}
            else:
                messages.append({"role": "system", "content": IN_WORDS + orjson.dumps(request.schema).decode()})
            if quirks.json_mode == "object":
                body["response_format"] = {"type": "json_object"}
        return body


class _Joined:
    """A stream put together: text, thoughts and tool calls from their pieces."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.hidden = ""
        self.thoughts = Thoughts()
        self.finish: str | None = None
        self.usage: _Usage | None = None
        self._calls: dict[int, _Call] = {}

    def take(self, data: str) -> str:
        """One event; gives the text to pass on. Raises: `ModelFailed`."""
        try:
            document = orjson.loads(data)
            if isinstance(document, dict) and document.get("error"):
                raise failures.in_stream(document["error"])
            chunk = _Chunk.model_validate(document)
        except (orjson.JSONDecodeError, ValidationError) as error:
            raise ModelFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        self.usage = chunk.usage or self.usage
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.finish = choice.finish_reason or self.finish
        self.hidden += choice.delta.thoughts
        for place, fragment in enumerate(choice.delta.tool_calls or ()):
            self._join(fragment, place)
        piece = self.thoughts.take(choice.delta.content or "")
        if piece:
            self.text.append(piece)
        return piece

    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in the order they began."""
        return tuple(_call(place, one) for place, one in enumerate(self._calls.values()))

    def _join(self, fragment: _Call, place: int) -> None:
        """Fragments belong together by `index`; without one, by id, else to the call that is being written."""
        index = fragment.index
        if index is None:
            known = next((i for i, one in self._calls.items() if fragment.id and one.id == fragment.id), None)
            begins = bool(fragment.id or fragment.function.name) and known is None
            newest = max(self._calls, default=-1)
            index = newest + 1 if begins or newest < 0 else known if known is not None else max(newest, place)
        known_call = self._calls.get(index)
        if known_call is None:
            self._calls[index] = fragment
            return
        function = known_call.function
        self._calls[index] = known_call.model_copy(
            update={
                "id": known_call.id or fragment.id,
                "function": _Function(
                    name=function.name or fragment.function.name,  # some servers repeat it in every fragment
                    arguments=(function.arguments or "") + (fragment.function.arguments or ""),
                ),
            }
        )


def _finished(finish: str | None, text: str, calls: tuple[ToolCall, ...], usage: _Usage | None, thoughts: str) -> Reply:
    """Raises: `ModelFailed` unless the model said that it is finished, and has something to say."""
    match finish:
        case "stop" | "tool_calls" | "function_call" | "eos":
            pass
        case "content_filter":
            raise ModelFailed(FailureCode.REFUSED, "content_filter", is_ill=False)
        case "length":
            raise ModelFailed(FailureCode.CUT, "length", is_ill=False)
        case _:
            raise ModelFailed(FailureCode.CUT, "not finished")
    if any(not call.name for call in calls):
        raise ModelFailed(FailureCode.BAD_ANSWER, "a tool call without a name")
    if not text and not calls:
        raise ModelFailed(FailureCode.BAD_ANSWER, "empty")
    counted = Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else Usage()
    return Reply(text, calls, counted, thoughts)


def _call(place: int, call: _Call) -> ToolCall:
    return ToolCall(call.id or f"call_{place}", call.function.name or "", call.function.arguments or "{}")


def _auth(key: str | None, quirks: Quirks) -> dict[str, str]:
    if not key:
        return {}
    return {quirks.key_header: f"Bearer {key}" if quirks.key_header == "authorization" else key}


def _message(message: Message, quirks: Quirks) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    shown: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.calls:
        shown["content"] = message.text or None
        shown["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.calls
        ]
        if quirks.returns_thoughts and message.thoughts:
            shown["reasoning_content"] = message.thoughts
    return shown


# ── the dialect ─────────────────────────────────────────────────────────────────────────────────────
class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Usage(_Wire):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Function(_Wire):
    name: str | None = None
    arguments: str | None = None


class _Call(_Wire):
    index: int | None = Field(None, ge=0, le=127)
    id: str | None = None
    function: _Function = _Function()


class _Message(_Wire):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: tuple[_Call, ...] | None = None

    @property
    def thoughts(self) -> str:
        return self.reasoning_content or self.reasoning or ""


class _Choice(_Wire):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Wire):
    choices: tuple[_Choice, ...]
    usage: _Usage | None = None


class _StreamChoice(_Wire):
    delta: _Message = _Message()
    finish_reason: str | None = None


class _Chunk(_Wire):
    choices: tuple[_StreamChoice, ...] = ()
    usage: _Usage | None = None


class _Vector(_Wire):
    index: int
    embedding: tuple[float, ...]


class _Vectors(_Wire):
    data: tuple[_Vector, ...]
    usage: _Usage | None = None
