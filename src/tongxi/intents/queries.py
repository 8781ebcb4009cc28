"""Reads of intents, their examples, and what was learnt from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class StoredIntent:
    """An intent as it is edited."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    kind: str
    domain: str
    enabled: bool
    article: str
    """Slug, without language, of the entry that answers it; "" for none."""
    flow: str
    """Name of the flow that carries it out; "" for none."""
    source: str
    updated_at: datetime
    examples: int
    """How many texts it is learnt from, questions of its published article included."""


@dataclass(frozen=True, slots=True)
class StoredExample:
    """A text an intent is learnt from."""

    id: UUID
    text: str
    language: str
    source: str
    added_at: datetime


_QUESTIONS = (
    "select unnest(a.questions || a.title) as text from article a where a.status = 'published' and"
    " (a.intent = i.code or (i.article <> '' and a.slug in (i.article || '.zh', i.article || '.en', i.article)))"
)
_SELECT = (
    "select i.id, i.code, i.name_zh, i.name_en, i.about_zh, i.about_en, i.kind, i.domain, i.enabled, i.article,"
    " i.flow, i.source, i.updated_at,"
    " (select count(*) from intent_example e where e.intent_id = i.id and e.removed_at is null)"
    f" + (select count(*) from ({_QUESTIONS}) q) as examples from intent i"
)


async def intents(
    tx: Transaction, *, limit: int, after: UUID | None = None, q: str = "", domain: str | None = None
) -> list[StoredIntent]:
    """Intents by domain and code; `after` is the last one of the page before. `q` is looked for in code and names."""
    return await tx.all(
        StoredIntent,
        f"{_SELECT} where (%(domain)s::text is null or i.domain = %(domain)s)"
        " and (%(q)s = '' or position(%(q)s in lower(i.code || E'\\n' || i.name_zh || E'\\n' || i.name_en)) > 0)"
        " and (%(after)s::uuid is null or (i.domain, i.code) >"
        " (select b.domain, b.code from intent b where b.id = %(after)s))"
        " order by i.domain, i.code limit %(limit)s",
        {"domain": domain, "q": q.strip().lower(), "after": after, "limit": limit},
    )


async def intent(tx: Transaction, intent_id: UUID) -> StoredIntent:
    """One intent. Raises: `NotFound`."""
    found = await tx.one(StoredIntent, f"{_SELECT} where i.id = %s", (intent_id,))
    if found is None:
        raise NotFound
    return found


async def examples(tx: Transaction, intent_id: UUID) -> list[StoredExample]:
    """The examples of an intent, newest first."""
    return await tx.all(
        StoredExample,
        "select id, text, language, source, added_at from intent_example"
        " where intent_id = %s and removed_at is null order by added_at desc, id desc",
        (intent_id,),
    )


async def codes(tx: Transaction) -> dict[str, bool]:
    """Code of every intent, and whether it is enabled."""
    return {row["code"]: row["enabled"] for row in await tx.dicts("select code, enabled from intent")}


async def labelled(tx: Transaction) -> list[tuple[str, str]]:
    """Texts with the codes of the enabled intents they stand for; questions of linked published articles too."""
    rows = await tx.dicts(
        "select i.code, e.text from intent i join intent_example e on e.intent_id = i.id and e.removed_at is null"
        " where i.enabled union select i.code, q.text from intent i,"
        f" lateral ({_QUESTIONS}) q where i.enabled order by 1, 2"
    )
    return [(row["text"], row["code"]) for row in rows]


async def names(tx: Transaction) -> dict[str, str]:
    """English name of each enabled intent, by code."""
    return {row["code"]: row["name_en"] for row in await tx.dicts("select code, name_en from intent where enabled")}


async def fingerprint(tx: Transaction) -> str:
    """Changes whenever there is something else to learn from."""
    value = await tx.value(
        "select s.revision || ':' || coalesce((select count(*) || '.' || sum(a.version) || '.' || max(a.updated_at)"
        " from article a join intent i on a.intent = i.code or (i.article <> ''"
        " and a.slug in (i.article || '.zh', i.article || '.en', i.article)) where a.status = 'published'), '')"
        " from intent_state s"
    )
    return str(value)


async def model(tx: Transaction, print_: str) -> dict[str, Any] | None:
    """What was learnt from the state with this fingerprint; `data` is None while it is being learnt."""
    return await tx.dict(
        "select data, figures, started_at, trained_at, error from intent_model where fingerprint = %s", (print_,)
    )
