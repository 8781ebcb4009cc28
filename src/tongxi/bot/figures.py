"""What the rules did lately, and what they would have done without one of them or under other settings.

Each logged decision keeps what its rules looked at; it is decided again, never guessed. What customers would have
answered then cannot be known and is not claimed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongxi.bot import policy
from tongxi.bot.situation import Situation
from tongxi.configuration.bot import LOCKED, BotSettings
from tongxi.kit.db import Database

WINDOW = timedelta(days=7)
MOST = 5_000
"""Newest decisions that are decided again."""
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Logged:
    """A decision as the log keeps it."""

    conversation_id: UUID
    number: int
    seq: int
    at: datetime
    rule: str
    choice: str
    features: dict[str, Any] | None


async def logged(db: Database, *, since: datetime) -> tuple[list[Logged], dict[str, int]]:
    """The newest decisions of the bot since a moment, and how often each rule spoke in the whole time."""
    async with db.reading() as tx:
        rows = await tx.all(
            Logged,
            "select l.conversation_id, c.number, l.seq, l.at, l.data #>> '{decision,rule}' as rule,"
            " l.data #>> '{decision,choice}' as choice, l.data #> '{decision,features}' as features"
            " from log_entry l join conversation c on c.id = l.conversation_id"
            " where l.actor = 'bot' and l.data ? 'decision' and l.at >= %s"
            " and l.type in ('message_sent', 'handed_off') and l.data #>> '{decision,rule}' is not null"
            " order by l.at desc limit %s",
            (since, MOST),
        )
        counts = await tx.dicts(
            "select l.data #>> '{decision,rule}' as rule, count(*) as n from log_entry l"
            " where l.actor = 'bot' and l.data ? 'decision' and l.at >= %s"
            " and l.type in ('message_sent', 'handed_off') and l.data #>> '{decision,rule}' is not null group by 1",
            (since,),
        )
    return rows, {row["rule"]: row["n"] for row in counts}


async def report(db: Database, bot: BotSettings, other: BotSettings | None, *, at: datetime) -> dict[str, Any]:
    """The figures beside each rule; with `other` settings also what they would have decided differently."""
    rows, counts = await logged(db, since=at - WINDOW)
    return await asyncio.to_thread(_report, rows, counts, bot, other)


def _report(
    rows: Sequence[Logged], counts: dict[str, int], bot: BotSettings, other: BotSettings | None
) -> dict[str, Any]:
    situations = [Situation.from_features(row.features or {}) for row in rows]
    shown = []
    for rule in policy.ranked(bot):
        mine = [(row, s) for row, s in zip(rows, situations, strict=True) if row.rule == rule.name]
        is_movable = rule.name in bot.rules
        without = bot.model_copy(update={"rules": [name for name in bot.rules if name != rule.name]})
        shown.append(
            {
                "rule": rule.name,
                "choice": rule.choice,
                "locked": rule.name in LOCKED or not is_movable,
                "hits": counts.get(rule.name, 0),
                "replayed": len(mine),
                "without": Counter(policy.choose(s, without) for _, s in mine) if is_movable else None,
                "samples": [
                    {"conversation_id": str(row.conversation_id), "number": row.number, "seq": row.seq, "at": row.at}
                    for row, _ in mine[:SAMPLES]
                ],
            }
        )
    return {
        "days": WINDOW.days,
        "decisions": sum(counts.values()),
        "replayed": len(rows),
        "rules": shown,
        "change": _moves(situations, bot, other) if other is not None else None,
    }


def _moves(situations: Sequence[Situation], bot: BotSettings, other: BotSettings) -> dict[str, Any]:
    """Both settings on the same situations: how many decisions differ, and from what to what."""
    moves = Counter(
        (before, after) for s in situations if (before := policy.choose(s, bot)) != (after := policy.choose(s, other))
    )
    return {
        "changed": sum(moves.values()),
        "of": len(situations),
        "moves": [{"from": before, "to": after, "n": n} for (before, after), n in moves.most_common(12)],
    }
