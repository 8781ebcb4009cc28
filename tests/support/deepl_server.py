"""DeepL's `POST /v2/translate` on a port of this machine: a tiny dictionary, and every fault on order."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.local_http import Asked, LocalHttp, Reply, local_http, reply

KEY = "11111111-2222-3333-4444-555555555555:fx"


@dataclass(slots=True)
class DeepLServer:
    """Translations are the original between brackets, after the target language: `[EN-US] 你好`."""

    http: LocalHttp
    faults: list[int | str] = field(default_factory=list)
    """What befalls the next requests: a status, `hang`, `junk`, `lose` (drops placeholders), `echo` (same language)."""
    said: dict[str, str] = field(default_factory=dict)
    """Translations known by heart."""

    @property
    def url(self) -> str:
        return self.http.url

    @property
    def texts(self) -> list[str]:
        """What was asked for, in order, as it left the house."""
        return [text for asked in self.http.asked for text in asked.json()["text"]]

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"DeepL-Auth-Key {KEY}":
            return reply({"message": "Forbidden"}, 403)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            return reply({"message": "on order"}, fault)
        if fault == "hang":
            return Reply(hang=True)
        if fault == "junk":
            return Reply(b"<html>not json")
        body: dict[str, Any] = asked.json()
        target: str = body["target_lang"]
        made = []
        for text in body["text"]:
            word = self.said.get(text, f"[{target}] {text}")
            if fault == "lose":
                word = re.sub(r"<x[^>]*/>", "", word)
            source = target[:2] if fault == "echo" else body.get("source_lang", "EN")
            made.append({"detected_source_language": source, "text": word})
        return reply({"translations": made})


@asynccontextmanager
async def deepl_server() -> AsyncIterator[DeepLServer]:
    """Listen on a free port."""
    answer: Callable[[Asked], Reply] = lambda _: Reply(status=404)  # noqa: E731 - set below, once the server is known
    async with local_http(answer) as http:
        server = DeepLServer(http)
        http.answer = server.answer
        yield server
