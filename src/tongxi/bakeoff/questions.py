"""Labelled questions: from a file, or from one's own conversations where agents and customers judged the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongxi.configuration.store import as_errors
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Invalid
from tongxi.knowledge.reading import slugify

MAX_QUESTIONS = 5_000
MAX_CHARS = 4_000
WINDOW = timedelta(days=90)
"""Own questions older than this are not drawn."""


class BadQuestions(Invalid):
    """A row of the file cannot be used; nothing was asked."""

    code = "bad_questions"


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what is known about its answer."""

    id: str
    text: str
    language: str
    intent: str | None = None
    """The right intent; "" for none of them; None: not labelled."""
    relevant: frozenset[str] | None = None
    """Ids of the articles that answer it; empty: none does; None: not labelled."""
    wrong: frozenset[str] = frozenset()
    """Ids of articles that are known not to answer it."""
    contains: tuple[str, ...] = ()
    """What a right answer has to say, word by word."""
    origin: tuple[UUID, int] | None = None
    """The conversation it is from and the entry of the bot's reply; None: from a file."""

    @property
    def wants_answer(self) -> bool:
        """An answer is labelled, or nothing is and it is what people may compare."""
        return self.relevant is not None or bool(self.wrong) or self.intent is None


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str | int
    text: Annotated[str, Field(min_length=1, max_length=MAX_CHARS)]
    language: str | None = None
    lang: str | None = None
    intent: str | None = None
    label: str | None = None
    relevant: list[str] | None = None
    contains: list[str] = Field(default_factory=list)
    oos: bool = False


def read(name: str, data: bytes) -> list[Question]:
    """Rows `{id, text, language?, intent?, relevant?, contains?, oos?}` of a JSONL file.

    `intent` may be called `label`, with null, "" and `oos` for none. `relevant` names articles of the corpus; an empty
    list, or `oos`, says that none answers. Raises: `BadQuestions`.
    """
    questions: list[Question] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            document = orjson.loads(line)
            row = _Row.model_validate(document)
        except orjson.JSONDecodeError as error:
            raise BadQuestions(f"{name}, line {number}: not JSON") from error
        except ValidationError as error:
            raise BadQuestions(f"{name}, line {number}: does not fit", errors=as_errors(error)) from error
        questions.append(_question(row, document))
    if not questions:
        raise BadQuestions(f"{name}: no questions")
    if len(questions) > MAX_QUESTIONS:
        raise BadQuestions(f"{name}: at most {MAX_QUESTIONS:,} questions")
    if len({one.id for one in questions}) < len(questions):
        raise BadQuestions(f"{name}: an id comes twice")
    return questions


def examples(name: str, data: bytes) -> list[tuple[str, str]]:
    """Text and intent of labelled messages, for learning the intents. Raises: `BadQuestions`."""
    found = [(one.text, one.intent) for one in read(name, data)]
    return [(text, intent) for text, intent in found if intent is not None]


def _question(row: _Row, document: dict[str, Any]) -> Question:
    is_labelled = "intent" in document or "label" in document
    intent = row.intent or row.label or ""
    relevant = None if row.relevant is None and not row.oos else frozenset(slugify(one) for one in row.relevant or ())
    language = row.language or row.lang or ("zh" if any("\u4e00" <= c <= "\u9fff" for c in row.text) else "en")
    return Question(
        str(row.id), row.text, language,
        intent=("" if intent == "oos" else intent) if is_labelled else None,
        relevant=relevant, contains=tuple(row.contains),
    )  # fmt: skip


async def unjudged(tx: Transaction, *, limit: int, at: datetime) -> list[Question]:
    """Questions of one's own conversations of the last 90 days, drawn by hash, one a conversation, without a label.

    Only what the bot took for a question to the knowledge; what a button said is left out.
    """
    rows = await tx.dicts(
        """
        select drawn.conversation_id, drawn.seq, c.language, asked.text
        from (
          select distinct on (l.conversation_id) l.conversation_id, l.seq from log_entry l
          where l.at > %(since)s and l.actor = 'bot'
            and l.data -> 'decision' ->> 'choice' in ('answer', 'quote', 'ask', 'unknown')
          order by l.conversation_id, md5(l.conversation_id::text || l.seq::text)
        ) drawn
        join conversation c on c.id = drawn.conversation_id
        cross join lateral (
          select m.text, m.content from message m
          where m.conversation_id = drawn.conversation_id and m.sender = 'customer' and m.seq < drawn.seq
            and m.erased_at is null and not m.is_note
          order by m.seq desc limit 1
        ) asked
        where asked.text <> '' and asked.content ->> 'quick_reply' is null
        order by md5('bakeoff' || drawn.conversation_id::text) limit %(limit)s
        """,
        {"limit": limit, "since": at - WINDOW},
    )
    return [
        Question(
            f"{row['conversation_id']}:{row['seq']}", row["text"][:MAX_CHARS], row["language"],
            origin=(row["conversation_id"], row["seq"]),
        )
        for row in rows
    ]  # fmt: skip


async def judged(tx: Transaction, *, limit: int) -> list[Question]:
    """Questions of one's own conversations, newest first, whose answer was judged: by agents and reviewers, else by
    the customer. Articles by id.
    """
    rows = await tx.dicts(
        """
        with verdict as (
          select s.conversation_id, s.seq, s.article_id::text as article, s.verdict <> 'wrong' as is_right,
                 s.settled_at as at
          from calibration_sample s
          where s.verdict is not null and s.conversation_id is not null and s.article_id is not null
          union all
          select f.conversation_id, f.seq, source ->> 'article_id', f.helpful, f.at
          from answer_feedback f
          join message m using (conversation_id, seq)
          cross join lateral jsonb_array_elements(coalesce(m.content -> 'sources', '[]')) source
        ), newest as (
          select distinct on (conversation_id, seq, article) * from verdict order by conversation_id, seq, article, at
        ), judged as (
          select conversation_id, seq, max(at) as at,
                 coalesce(array_agg(article) filter (where is_right), '{}') as right_ones,
                 coalesce(array_agg(article) filter (where not is_right), '{}') as wrong_ones
          from newest group by 1, 2
        )
        select j.conversation_id, j.seq, j.right_ones, j.wrong_ones, c.language, asked.text
        from judged j join conversation c on c.id = j.conversation_id
        cross join lateral (
          select m.text from message m
          where m.conversation_id = j.conversation_id and m.sender = 'customer' and m.seq < j.seq
            and m.erased_at is null and not m.is_note
          order by m.seq desc limit 1
        ) asked
        where asked.text <> '' order by j.at desc, j.conversation_id, j.seq limit %s
        """,
        (limit,),
    )
    return [_judged(row) for row in rows]


def _judged(row: dict[str, Any]) -> Question:
    right: Sequence[str] = row["right_ones"]
    conversation: UUID = row["conversation_id"]
    return Question(
        f"{conversation}:{row['seq']}", row["text"][:MAX_CHARS], row["language"],
        relevant=frozenset(right) if right else None, wrong=frozenset(row["wrong_ones"]) - frozenset(right),
        origin=(conversation, row["seq"]),
    )  # fmt: skip
