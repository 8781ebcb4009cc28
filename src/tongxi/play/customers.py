"""The customers of a file, many at once: each opens the widget, types, waits for the answer, and types again."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TextIO

from tongxi.client import Entry, ProtocolError, WidgetClient
from tongxi.client.http import Http
from tongxi.play.rows import Row

Outcome = Literal["answered", "asked_back", "did_not_know", "handed_off", "error", "silent"]
OUTCOMES: tuple[Outcome, ...] = ("answered", "asked_back", "did_not_know", "handed_off", "error", "silent")
SETTLE_SECONDS = 0.2
"""A hand-off may follow the bot's sentence about it; so long we wait for it before judging a turn."""
WAITING = {"queued", "active", "wrap_up"}
HANDED_OFF = {"handed_off", "off_hours", "noted", "noted_late", "follow_up_created"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How to play."""

    url: str
    inbox: str
    concurrency: int = 50
    pause: tuple[float, float] = (0.0, 0.0)
    """Seconds a customer types before each message, drawn evenly between the two."""
    timeout: float = 30
    """Seconds to wait for an acknowledgement, and again for an answer."""
    ends: bool = False
    """Whether customers end their conversation when they have said everything."""
    seed: int | None = None


@dataclass(slots=True)
class Turn:
    """One message of a customer and what came of it."""

    text: str
    outcome: Outcome = "silent"
    ack_ms: float | None = None
    reply_ms: float | None = None
    """From sending to the first reply."""
    reply: str = ""
    sources: list[str] = field(default_factory=list)
    """Slugs (or ids) of the articles the answer quotes."""
    error: str = ""


@dataclass(slots=True)
class Played:
    """Everything that happened."""

    rows: list[tuple[Row, list[Turn]]] = field(default_factory=list)
    seconds: float = 0.0
    was_interrupted: bool = False
    reconnects: int = 0


class NoServer(Exception):
    """Nobody to play against."""


async def look(url: str, inbox: str) -> None:
    """Raises: `NoServer` unless a Tongxi server with this inbox answers at the address."""
    if not url.startswith(("http://", "https://")):
        raise NoServer(f"{url}: must start with http:// or https://")
    http = Http(url)
    try:
        await http.call("POST", "/widget/session", {"inbox": inbox}, patience=10)
    except ProtocolError as error:
        raise NoServer(f"{url}: {error.detail or error.code}") from None
    except ValueError:
        raise NoServer(f"{url}: this is no Tongxi server") from None
    except ConnectionError:
        raise NoServer(f"{url}: no server answers; start it, or name another with --url") from None
    finally:
        await http.close()


async def play(rows: list[Row], plan: Plan, progress: TextIO | None = None) -> Played:
    """Play every row; when interrupted, give what was played until then."""
    played = Played()
    pending = iter(list(enumerate(rows)))
    started = time.monotonic()

    async def worker() -> None:
        for index, row in pending:
            turns: list[Turn] = []
            played.rows.append((row, turns))
            await _customer(row, turns, plan, random.Random(f"{plan.seed}/{index}"), played)

    workers = [asyncio.create_task(worker()) for _ in range(min(plan.concurrency, len(rows)))]
    watcher = asyncio.create_task(_show(played, len(rows), progress)) if progress else None
    try:
        await asyncio.gather(*workers)
    except asyncio.CancelledError:
        played.was_interrupted = True
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    finally:
        if watcher:
            watcher.cancel()
    played.seconds = time.monotonic() - started
    return played


async def _customer(row: Row, turns: list[Turn], plan: Plan, chance: random.Random, played: Played) -> None:
    customer = WidgetClient(plan.url, plan.inbox, locale=row.language)
    try:
        await customer.open(timeout=max(plan.timeout, 300))  # a rate limit on new visitors is waited out
        for text in row.turns:
            await asyncio.sleep(chance.uniform(*plan.pause))
            turn = Turn(text)
            await _say(customer, turn, plan.timeout)
            turns.append(turn)
            if turn.outcome in {"handed_off", "error", "silent"}:
                break  # the rest of the transcript was said to somebody else
        if plan.ends and customer.conversation and customer.state != "closed":
            await customer.end()
    except (ProtocolError, ConnectionError, TimeoutError) as error:
        if not turns:
            turns.append(Turn(row.turns[0], "error", error=_name(error)))
    finally:
        played.reconnects += max(0, customer.link.connections - 1)
        await customer.close()


async def _say(customer: WidgetClient, turn: Turn, timeout: float) -> None:
    start = time.monotonic()
    try:
        async with asyncio.timeout(timeout):
            ack = await customer.send(turn.text)
    except (ProtocolError, ConnectionError, TimeoutError) as error:
        turn.outcome, turn.error = "error", f"send: {_name(error)}"
        return
    turn.ack_ms = (time.monotonic() - start) * 1000
    try:
        reply = await customer.wait_for_reply(ack.seq, timeout)
    except TimeoutError:
        return
    except (ProtocolError, ConnectionError) as error:
        turn.outcome, turn.error = "error", f"reply: {_name(error)}"
        return
    turn.reply_ms = (time.monotonic() - start) * 1000
    await asyncio.sleep(SETTLE_SECONDS)
    replies = [entry for entry in customer.entries if entry.seq > ack.seq and entry.by.kind != "customer"]
    turn.outcome = judge(replies or [reply], customer.state)
    turn.reply = "\n".join(entry.text for entry in replies or [reply])
    turn.sources = [
        str(source.get("slug") or source.get("article_id")) for entry in replies for source in entry.sources
    ]
    if turn.outcome == "error":
        turn.error = "bot_failed"


def judge(replies: list[Entry], state: str) -> Outcome:
    """What the replies to one message amount to, `state` being the conversation's state after them."""
    notices = Counter(entry.notice for entry in replies)
    if notices["bot_failed"]:
        return "error"
    if state in WAITING or HANDED_OFF & notices.keys():
        return "handed_off"
    if any(entry.by.kind == "agent" for entry in replies):
        return "handed_off"
    if any(entry.content.get(key) for entry in replies for key in ("sources", "live", "card")):
        return "answered"
    if any(entry.content.get("quick_replies") for entry in replies):
        return "asked_back"
    if any(entry.content.get("offer_person") for entry in replies):
        return "did_not_know"
    return "answered"


def _name(error: Exception) -> str:
    return error.code if isinstance(error, ProtocolError) else type(error).__name__


async def _show(played: Played, total: int, out: TextIO) -> None:
    while True:
        counts = Counter(turn.outcome for _, turns in played.rows for turn in turns)
        line = "  ".join(f"{name} {counts[name]}" for name in OUTCOMES if counts[name])
        out.write(f"\r{len(played.rows)}/{total}  {line}\x1b[K")
        out.flush()
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            out.write("\r\x1b[K")
            raise
