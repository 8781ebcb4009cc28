"""A simulated agent: takes simulated customers only, answers from the knowledge and the order panel, ends, wraps up."""

from __future__ import annotations

import asyncio
import random
import re
from typing import Any

import structlog

from tongxi.client import AgentClient, Entry, ProtocolError

log = structlog.get_logger(__name__)

PEOPLE_INBOX = "暖仓生活（演示客人）"
"""Name of the only inbox these agents serve."""
AT_ONCE = 3
SURE = 0.55
"""Score of a search hit from which it is quoted."""
SILENCE_SECONDS = 45.0

_THANKS = re.compile(
    r"谢谢|感谢|辛苦|好的|明白|知道了|\b(?:thanks?|thank you|perfect|great|ok(?:ay)?)\b", re.IGNORECASE
)
_ABOUT_ORDER = re.compile(
    r"物流|快递|订单|送货|派送|到哪|发货|\b(?:order|parcel|courier|deliver|arriv|track)", re.IGNORECASE
)

Words = dict[str, dict[str, Any]]
"""Language → occasion → wordings (`personas.yaml`, `agents`); `cases` are pairs of a pattern and its wordings."""


class DemoAgent:
    """One seat."""

    def __init__(self, url: str, email: str, password: str, words: Words, rng: random.Random) -> None:
        self.client = AgentClient(url, email, password, groups=("mine", "queue"))
        self.rng = rng
        self._words = words
        self._serving: dict[str, asyncio.Task[None]] = {}

    async def work(self) -> None:
        """Be on duty until the connection is gone for good."""
        try:
            async with self.client as client:
                await client.presence("online")
                while True:
                    await self._look_around(client)
                    await asyncio.sleep(self.rng.uniform(2, 6))
        finally:
            for task in self._serving.values():
                task.cancel()
            await asyncio.gather(*self._serving.values(), return_exceptions=True)

    async def _look_around(self, client: AgentClient) -> None:
        """Go on with what one holds, take the next one if there is a seat free."""
        self._serving = {one: task for one, task in self._serving.items() if not task.done()}
        for group in ("mine", "wrap_up"):  # from before a restart, assigned, or come back to life
            for row in await client.conversations(group):
                await self._look_at(row)
        if len(self._serving) < AT_ONCE:
            await self._take_next()

    async def _take_next(self) -> None:
        """Claim the longest waiting simulated customer, after a moment in which somebody else may."""
        waiting = [row for row in await self.client.conversations("queue") if row["inbox"]["name"] == PEOPLE_INBOX]
        if not waiting:
            return
        await asyncio.sleep(self.rng.uniform(3, 12))
        row = min(waiting, key=lambda one: one.get("queued_at") or "")
        try:
            self._serve(await self.client.claim(row["id"], row["epoch"]))
        except ProtocolError as error:  # taken by a colleague or back with the bot
            log.debug("demo.not_claimed", code=error.code)

    async def _look_at(self, row: dict[str, Any]) -> None:
        """Go on with a conversation one holds; give a real visitor's back, who would talk to a machine unawares."""
        if row["inbox"]["name"] == PEOPLE_INBOX:
            self._serve(row)
        elif row["state"] == "active" and row["holder"]["id"] == self.client.me.get("id"):
            language = "en" if row.get("language") == "en" else "zh"
            try:
                await self.client.give_back(row["id"], self._words_for("not_mine", language))
            except ProtocolError as error:  # moved on by itself
                log.debug("demo.not_given_back", code=error.code)

    def _serve(self, row: dict[str, Any]) -> None:
        is_mine = row["holder"]["id"] == self.client.me.get("id")
        if is_mine and row["id"] not in self._serving and row["state"] in ("active", "wrap_up"):
            self._serving[row["id"]] = asyncio.create_task(self._conversation(row))

    async def _conversation(self, row: dict[str, Any]) -> None:
        try:
            if row["state"] == "active":
                await self._talk(row)
            await asyncio.sleep(self.rng.uniform(4, 10))
            await self.client.wrap_up(row["id"], disposition="resolved", outcome="resolved")
        except (ProtocolError, OSError, TimeoutError) as error:
            log.info("demo.conversation_left", reason=getattr(error, "code", type(error).__name__))
        finally:
            self.client.watched.pop(row["id"], None)

    async def _talk(self, row: dict[str, Any]) -> None:
        """Greet, answer each message, end after thanks or a long silence."""
        conversation, language = row["id"], "en" if row.get("language") == "en" else "zh"
        watched = await self.client.watch(conversation)
        name = str(self.client.me.get("name", "")).split("（")[0].split(" (")[0]
        answered = watched.cursor
        await self._say(conversation, self._words_for("hello", language, name=name))
        first = True
        while watched.row.get("state", "active") == "active":
            customer = await self._wait(watched, answered)
            if not customer:
                break
            answered = watched.cursor
            await self.client.read(conversation, answered)
            text = customer[-1].text
            if _THANKS.search(text) and len(text) < 24 and not first:
                break
            await self._say(conversation, await self._answer(conversation, text, language, first))
            first = False
        if watched.row.get("state", "active") == "active":
            await self._say(conversation, self._words_for("bye", language))
            await asyncio.sleep(self.rng.uniform(2, 5))
            await self.client.end(conversation)

    async def _wait(self, watched: Any, answered: int) -> list[Entry]:
        """What the customer wrote since; empty after a long silence."""
        deadline = asyncio.get_running_loop().time() + SILENCE_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            new = [one for one in watched.entries if one.seq > answered and one.by.kind == "customer" and one.text]
            if new:
                await asyncio.sleep(self.rng.uniform(1, 3))
                return [one for one in watched.entries if one.seq > answered and one.by.kind == "customer" and one.text]
            await asyncio.sleep(0.5)
        return []

    async def _answer(self, conversation: str, text: str, language: str, first: bool) -> str:
        """What a colleague would say to this, else the order system, else the knowledge, else an honest promise."""
        for case in self._words[language]["cases"]:
            if re.search(case["when"], text, re.IGNORECASE):
                return str(self.rng.choice(case["say"]))
        is_about_order = bool(_ABOUT_ORDER.search(text))
        if first and is_about_order:
            panel = await self.client.call("GET", f"/conversations/{conversation}/orders")
            order = next((one for one in panel["orders"] if one["is_open"]), None)
            if order:
                said = self._words_for("order", language, number=order["number"], status=order["status_text"])
                return said + self._words_for("chase" if order["status"] == "shipped" else "note", language)
        found = await self.client.call("GET", "/knowledge/search", query={"q": text, "language": language, "limit": 1})
        best = found["items"][0] if found["items"] else None
        if best and best["score"] >= SURE:
            return _first_sentences(best["text"], language)
        return self._words_for("note" if is_about_order else "unsure", language)

    def _words_for(self, occasion: str, language: str, **values: str) -> str:
        wording: str = self.rng.choice(self._words[language][occasion])
        return wording.format_map(values)

    async def _say(self, conversation: str, text: str) -> None:
        await asyncio.sleep(self.rng.uniform(1, 3))
        await self.client.typing(conversation)
        await asyncio.sleep(min(len(text) * 0.06, 7) * self.rng.uniform(0.7, 1.3))
        await self.client.send(conversation, text)


def _first_sentences(text: str, language: str) -> str:
    """The first two sentences of an article's text, without list marks."""
    flat = re.sub(r"\s*\n+\s*", " " if language == "en" else "", re.sub(r"(?m)^\s*(?:\d+\.|[-*])\s+", "", text)).strip()
    sentences = re.findall(r"[^。！？]+[。！？]" if language == "zh" else r"[^.!?]+[.!?](?:\s|$)", flat)
    return "".join(sentences[:2]).strip() or flat[:200]
