"""An answer as raters see it: what was asked, what was or would be said, the source; no score and no other labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongxi.calibration import queries
from tongxi.calibration.plan import is_write
from tongxi.kit.db import Transaction
from tongxi.knowledge.chunks import passages

PASSAGE = 700
"""Characters of an answer that was not given."""


async def presented(tx: Transaction, row: dict[str, Any]) -> dict[str, Any]:
    """Of a row of `queries.open_samples`. What was said and what would be said look the same."""
    if is_write(row["topic_group"]):
        return await _presented_write(tx, row)
    said = await queries.said(tx, row["conversation_id"], row["seq"]) if row["was_sent"] else None
    article = await queries.article_text(tx, row["article_id"])
    if said is None and article is not None:
        cut = passages(article["body"])
        text = (cut[0].text if cut else article["body"])[:PASSAGE]
    else:
        text = said["text"] if said else ""
    words = await queries.words_before(tx, row["conversation_id"], row["seq"])
    return {
        "id": row["id"],
        "about": "answer",
        "group": row["topic_group"],
        "conversation": {"id": row["conversation_id"], "number": row["number"]},
        "language": row["language"],
        "before": [{"by": word["sender"], "text": word["text"], "erased": word["erased"]} for word in words],
        "answer": text,
        "source": {"title": article["title"], "updated_at": article["updated_at"]} if article else None,
    }


async def _presented_write(tx: Transaction, row: dict[str, Any]) -> dict[str, Any]:
    """The change in the bot's own words, behind the talk that led to it."""
    told = await queries.told_last(tx, row["conversation_id"], row["seq"])
    words = await queries.words_before(tx, row["conversation_id"], told["seq"] if told else row["seq"])
    return {
        "id": row["id"],
        "about": "write",
        "group": row["topic_group"],
        "conversation": {"id": row["conversation_id"], "number": row["number"]},
        "language": row["language"],
        "before": [{"by": word["sender"], "text": word["text"], "erased": word["erased"]} for word in words],
        "answer": told["text"] if told else "",
        "source": None,
    }


async def sheet(tx: Transaction, group: str) -> list[dict[str, Any]]:
    """The answers of a group that still need labels, for raters outside of the product; in random order."""
    rows: Sequence[dict[str, Any]] = await queries.open_samples(tx, UUID(int=0), group=group, limit=100_000)
    shown = []
    for row in rows:
        item = await presented(tx, row)
        asked = [word["text"] for word in item["before"] if not word["erased"]]
        shown.append(
            {
                "sample": str(item["id"]), "language": item["language"], "question": "\n".join(asked),
                "answer": item["answer"], "source": item["source"]["title"] if item["source"] else "",
                "rater": "", "verdict": "",
            }
        )  # fmt: skip
    return shown
