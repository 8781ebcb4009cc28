"""A local HTTP server that speaks chat completions and Anthropic's messages, and misbehaves on order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

_STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal", "tool_calls": "tool_use"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How to treat the next request."""

    text: str = ""
    """What the model writes, when nothing else is said."""
    calls: tuple[tuple[str, str], ...] = ()
    """Tools it asks for: name and arguments, as text."""
    finish: str | None = "stop"
    """In OpenAI's words; Anthropic's are derived."""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    """The response's body as it is, instead of a completion."""
    code: str = ""
    """Code of the error when `status` is not 200."""
    usage: tuple[int, int] | None = (100, 20)
    cut: int | None = None
    """Close the connection after so many bytes of the body."""
    hang: bool = False
    """Take the request and say nothing."""
    first: float = 0
    """Seconds before the first byte of the body."""
    drip: float = 0
    """Seconds between two bytes of the body, or two pieces of a stream."""
    # ── streams ──
    piece: int = 4
    """Characters of each piece."""
    is_done: bool = True
    """With the end mark."""
    error_after: int | None = None
    """An error object after so many pieces."""
    stall_after: int | None = None
    """Silence after so many pieces."""
    comments: bool = False
    """Keep-alive comments in between."""
    thoughts: str = ""
    """Sent as `reasoning_content` before the text."""
    has_index: bool = True
    """Fragments of tool calls carry their index."""
    is_whole: bool = False
    """Tool calls come in one fragment."""

    def bytes(self, dialect: str) -> bytes:
        """The body of an answer that is no stream."""
        if self.body is not None:
            return self.body
        if self.status != 200:
            error = {
                "message": "no, key sk-secret-of-somebody",
                "type": self.code or "error",
                "code": self.code or None,
            }
            return orjson.dumps({"type": "error", "error": error})
        return orjson.dumps(self._messages() if dialect == "anthropic" else self._completion())

    def frames(self, dialect: str) -> list[str]:
        """The pieces of a stream, each a whole event."""
        return list(self._anthropic_frames() if dialect == "anthropic" else self._openai_frames())

    def _completion(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.text}
        if self.thoughts:
            message["reasoning_content"] = self.thoughts
        if self.calls:
            message["tool_calls"] = [
                {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
                for n, (name, arguments) in enumerate(self.calls)
            ]
        choice = {"index": 0, "message": message, "finish_reason": self._finish()}
        document = {"id": "c1", "object": "chat.completion", "model": "test-model", "choices": [choice]}
        return document | ({"usage": self._openai_usage()} if self.usage else {})

    def _messages(self) -> dict[str, Any]:
        content: list[dict[str, Any]] = [{"type": "text", "text": self.text}] if self.text else []
        if self.thoughts:
            content.insert(0, {"type": "thinking", "thinking": self.thoughts, "signature": "s"})
        for n, (name, arguments) in enumerate(self.calls):
            content.append({"type": "tool_use", "id": f"toolu_{n}", "name": name, "input": _object(arguments)})
        usage = {"input_tokens": self.usage[0], "output_tokens": self.usage[1]} if self.usage else {}
        return {"type": "message", "role": "assistant", "content": content, "stop_reason": self._stop(), "usage": usage}

    def _pieces(self, text: str) -> list[str]:
        return [text[at : at + self.piece] for at in range(0, len(text), self.piece)]

    def _finish(self) -> str | None:
        return "tool_calls" if self.calls and self.finish == "stop" else self.finish

    def _stop(self) -> str | None:
        finish = self._finish()
        return None if finish is None else _STOPS[finish]

    def _openai_usage(self) -> dict[str, int]:
        assert self.usage is not None
        return {"prompt_tokens": self.usage[0], "completion_tokens": self.usage[1]}

    def _openai_frames(self) -> list[str]:
        def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
            return _data({"id": "c1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        frames = [chunk({"role": "assistant"})]
        frames += [chunk({"reasoning_content": piece}) for piece in self._pieces(self.thoughts)]
        frames += [chunk({"content": piece}) for piece in self._pieces(self.text)]
        for n, (name, arguments) in enumerate(self.calls):
            place = {"index": n} if self.has_index else {}
            whole = {"name": name, "arguments": arguments if self.is_whole else ""}
            frames.append(chunk({"tool_calls": [{**place, "id": f"call_{n}", "type": "function", "function": whole}]}))
            if not self.is_whole:
                frames += [
                    chunk({"tool_calls": [{**place, "function": {"arguments": piece}}]})
                    for piece in self._pieces(arguments)
                ]
        if self.error_after is not None:
            return [
                *frames[: self.error_after],
                _data({"error": {"message": "busy", "code": self.code or "server_error"}}),
            ]
        if self.finish is not None:
            frames.append(chunk({}, self._finish()))
        if self.usage:
            frames.append(_data({"id": "c1", "choices": [], "usage": self._openai_usage()}))
        if self.is_done:
            frames.append("data: [DONE]\n\n")
        return self._with_comments(frames)

    def _anthropic_frames(self) -> list[str]:
        usage = {"input_tokens": self.usage[0], "output_tokens": 1} if self.usage else {}
        frames = [
            _event("message_start", message={"type": "message", "role": "assistant", "content": [], "usage": usage})
        ]
        place = 0
        if self.thoughts:
            frames += self._block(
                place, {"type": "thinking", "thinking": ""}, "thinking_delta", "thinking", self.thoughts
            )
            place += 1
        if self.text:
            frames += self._block(place, {"type": "text", "text": ""}, "text_delta", "text", self.text)
            place += 1
        for n, (name, arguments) in enumerate(self.calls):
            begun = {"type": "tool_use", "id": f"toolu_{n}", "name": name, "input": {}}
            frames += self._block(place + n, begun, "input_json_delta", "partial_json", arguments)
        if self.error_after is not None:
            error = {"type": self.code or "overloaded_error", "message": "busy"}
            return [*frames[: self.error_after], _event("error", error=error)]
        if self.finish is not None:
            counted = {"output_tokens": self.usage[1]} if self.usage else {}
            frames.append(_event("message_delta", delta={"stop_reason": self._stop()}, usage=counted))
        if self.is_done:
            frames.append(_event("message_stop"))
        return self._with_comments(frames)

    def _block(self, index: int, begun: dict[str, Any], kind: str, key: str, text: str) -> list[str]:
        frames = [_event("content_block_start", index=index, content_block=begun)]
        frames += [
            _event("content_block_delta", index=index, delta={"type": kind, key: piece}) for piece in self._pieces(text)
        ]
        return [*frames, _event("content_block_stop", index=index)]

    def _with_comments(self, frames: list[str]) -> list[str]:
        return [f": keep-alive\n\n{frame}" for frame in frames] if self.comments else frames


@dataclass(slots=True)
class ModelServer:
    """Set `plan`, then ask; `asked` holds what came in."""

    plan: Plan = field(default_factory=Plan)
    script: list[Plan] = field(default_factory=list)
    """Used up first, one a request."""
    respond: Callable[[dict[str, Any]], Plan] | None = None
    """Chooses the plan by the request, when set."""
    vector: Callable[[str], list[float]] = lambda text: digest_vector(text)
    """The embedding of a text."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    given_up: int = 0
    """Requests whose client went away before it had its answer."""
    on_asked: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """Base address, as in `TONGXI_MODEL_URL`."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def root(self) -> str:
        """Base address for Anthropic's dialect."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> dict[str, Any]:
        """The JSON document of the newest question."""
        return data_of(self.asked[-1])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; one request on it."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            request, *lines = head.strip().split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
            body = orjson.loads(await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}")
            path = request.split(" ")[1].partition("?")[0]
            self.headers.append(headers | {":request": request})
            self.asked.append(body)
            plan = self.script.pop(0) if self.script else self.respond(body) if self.respond else self.plan
            self.on_asked()
            await self._answer(plan, path, body, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, plan: Plan, path: str, body: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if plan.hang:
            await self._until_gone(reader)
            return
        dialect = "anthropic" if path.endswith("/messages") else "openai"
        if path.endswith("/models"):
            plan = Plan(body=orjson.dumps({"data": [{"id": "model-b"}, {"id": "model-a"}]}), status=plan.status)
        elif path.endswith("/embeddings") and plan.status == 200 and plan.body is None:
            plan = replace(plan, body=_embeddings(body["input"], self.vector))
        if body.get("stream") and plan.status == 200 and plan.body is None:
            await self._stream(plan, dialect, reader, writer)
            return
        content = plan.bytes(dialect)
        lines = [f"HTTP/1.1 {plan.status} X", f"Content-Length: {len(content)}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in plan.headers]
        await asyncio.sleep(plan.first)
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        if plan.drip:
            for byte in content:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(plan.drip)
            return
        writer.write(content if plan.cut is None else content[: plan.cut])
        await writer.drain()

    async def _stream(
        self, plan: Plan, dialect: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(plan.first)
        left = plan.cut
        for n, frame in enumerate(plan.frames(dialect)):
            if plan.stall_after is not None and n >= plan.stall_after:
                await self._until_gone(reader)
                return
            raw = frame.encode()
            writer.write(raw if left is None else raw[:left])
            await writer.drain()
            if left is not None and (left := left - len(raw)) <= 0:
                return
            if plan.drip:
                await asyncio.sleep(plan.drip)

    async def _until_gone(self, reader: asyncio.StreamReader) -> None:
        await reader.read()  # ends when the client hangs up
        self.given_up += 1


def data_of(request: dict[str, Any]) -> dict[str, Any]:
    """The JSON document of a question: the first message of the user's that is one."""
    for message in request["messages"]:
        content = message["content"]
        if message["role"] == "user" and isinstance(content, str) and content.startswith("{"):
            document: dict[str, Any] = orjson.loads(content)
            return document
    raise AssertionError("there is no document in this request")


def _data(document: dict[str, Any]) -> str:
    return f"data: {orjson.dumps(document).decode()}\n\n"


def _event(name: str, **document: Any) -> str:
    return f"event: {name}\n{_data({'type': name, **document})}"


def _object(arguments: str) -> Any:
    try:
        return orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return {}


def digest_vector(text: str) -> list[float]:
    """Eight numbers, the same for the same text and without meaning."""
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:8]]


def _embeddings(texts: list[str], vector: Callable[[str], list[float]]) -> bytes:
    """A vector for each text; not in order."""
    rows = [{"index": n, "embedding": vector(text)} for n, text in enumerate(texts)]
    return orjson.dumps({"data": rows[::-1], "usage": {"prompt_tokens": len(texts)}})


@asynccontextmanager
async def model_server(text: str = "") -> AsyncIterator[ModelServer]:
    """Listen on a free port."""
    model = ModelServer(Plan(text))
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(model.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1")
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
