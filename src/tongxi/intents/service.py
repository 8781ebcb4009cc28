"""Write intents and their examples. Every change raises the revision, so that each process learns anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongxi import audit
from tongxi.intents import queries
from tongxi.intents.queries import StoredIntent
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, NotFound
from tongxi.kit.ids import new_id
from tongxi.starter import StarterIntent

MAX_EXAMPLE = 500
MAX_EXAMPLES = 1_000
"""Texts of one intent."""

Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[a-z][a-z0-9_]*$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_EXAMPLE, pattern=r"^[^\x00]*$")
]
Kind = Literal["question", "task", "complaint", "chitchat"]
Source = Literal["starter", "operator", "confirmed"]


class CodeTaken(Conflict):
    """Another intent has this code."""

    code = "intent_code_taken"


class TooManyExamples(Conflict):
    """This intent has as many examples as it may have; remove some first."""

    code = "too_many_examples"


class NewIntent(BaseModel):
    """What it takes to make an intent; it needs a name in one language at least."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    name_zh: Name = ""
    name_en: Name = ""
    about_zh: About = ""
    about_en: About = ""
    kind: Kind = "question"
    domain: Name = ""
    article: Short = ""
    flow: Short = ""
    examples: list[Text] = Field(default_factory=list, max_length=MAX_EXAMPLES)


class IntentChange(BaseModel):
    """What is given is changed; the code stays."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name | None = None
    name_en: Name | None = None
    about_zh: About | None = None
    about_en: About | None = None
    kind: Kind | None = None
    domain: Name | None = None
    article: Short | None = None
    flow: Short | None = None
    enabled: bool | None = None


async def create(tx: Transaction, new: NewIntent, *, author: UUID, ip: str = "") -> StoredIntent:
    """Make an intent with its examples. Raises: `CodeTaken`."""
    intent_id = await _insert(tx, new.model_dump(exclude={"examples"}), source="operator", author=author)
    if intent_id is None:
        raise CodeTaken(intent=new.code)
    await _add(tx, intent_id, [(text, language_of(text)) for text in new.examples], "operator", author)
    await _touch(tx, "intent.created", intent_id, author, ip, code=new.code)
    return await queries.intent(tx, intent_id)


async def change(tx: Transaction, intent_id: UUID, patch: IntentChange, *, author: UUID, ip: str = "") -> StoredIntent:
    """Change what is given. Raises: `NotFound`."""
    held = await queries.intent(tx, intent_id)
    given = {name: value for name, value in patch.model_dump(exclude_unset=True).items() if value is not None}
    changed = {name: value for name, value in given.items() if getattr(held, name) != value}
    if changed:
        # The names are fields of `IntentChange`, never text from outside.
        places = ", ".join(f"{name} = %({name})s" for name in changed)
        await tx.execute(
            f"update intent set {places}, updated_by = %(author)s, updated_at = now() where id = %(id)s",
            {**changed, "author": author, "id": intent_id},
        )
        await _touch(tx, "intent.changed", intent_id, author, ip, fields=sorted(changed))
    return await queries.intent(tx, intent_id)


async def delete(tx: Transaction, intent_id: UUID, *, author: UUID, ip: str = "") -> None:
    """Take an intent away with its examples. Raises: `NotFound`."""
    held = await queries.intent(tx, intent_id)
    await tx.execute("delete from intent where id = %s", (intent_id,))
    await _touch(tx, "intent.deleted", intent_id, author, ip, code=held.code)


async def add_examples(
    tx: Transaction,
    intent_id: UUID,
    texts: Sequence[str],
    *,
    source: Source = "operator",
    author: UUID,
    conversation: UUID | None = None,
    ip: str = "",
) -> int:
    """Add texts an intent is learnt from; how many are new. Raises: `NotFound`, `TooManyExamples`."""
    await queries.intent(tx, intent_id)
    count = await tx.value(
        "select count(*) from intent_example where intent_id = %s and removed_at is null", (intent_id,)
    )
    if int(count) + len(texts) > MAX_EXAMPLES:
        raise TooManyExamples(most=MAX_EXAMPLES)
    added = await _add(tx, intent_id, [(t, language_of(t)) for t in texts], source, author, conversation)
    if added:
        await _touch(tx, "intent.examples_added", intent_id, author, ip, count=added, source=source)
    return added


async def remove_example(tx: Transaction, intent_id: UUID, example_id: UUID, *, author: UUID, ip: str = "") -> None:
    """Learn from a text no more. Raises: `NotFound`."""
    removed = await tx.execute(
        "update intent_example set removed_at = now() where id = %s and intent_id = %s and removed_at is null",
        (example_id, intent_id),
    )
    if not removed:
        raise NotFound
    await _touch(tx, "intent.example_removed", intent_id, author, ip)


async def switch_on(
    tx: Transaction, chosen: Iterable[StarterIntent], *, author: UUID | None, with_articles: bool, ip: str = ""
) -> list[str]:
    """Bring in intents of the starter pack with their phrasings; codes of those that were not there before.

    One that is there already is enabled again and keeps what was changed in it.
    """
    made: list[str] = []
    for one in chosen:
        values = {
            "code": one.intent, "name_zh": one.name_zh, "name_en": one.name_en, "about_zh": one.about_zh,
            "about_en": one.about_en, "kind": one.kind, "domain": one.domain,
            "article": one.intent if with_articles else "", "flow": "",
        }  # fmt: skip
        intent_id = await _insert(tx, values, source="starter", author=author)
        if intent_id is None:
            await tx.execute(
                "update intent set enabled = true, article = case when article = '' then %s else article end,"
                " updated_at = now() where code = %s",
                (values["article"], one.intent),
            )
            continue
        await _add(tx, intent_id, list(one.examples()), "starter", author)
        made.append(one.intent)
    await _touch(tx, "intent.starter_switched_on", None, author, ip, codes=made)
    return made


def language_of(text: str) -> str:
    """`zh` for a text with Han characters, else `en`."""
    return "zh" if any("\u3400" <= character <= "\u9fff" for character in text) else "en"


async def _insert(tx: Transaction, values: dict[str, Any], *, source: str, author: UUID | None) -> UUID | None:
    intent_id = new_id()
    stored = await tx.execute(
        "insert into intent (id, code, name_zh, name_en, about_zh, about_en, kind, domain, article, flow, source,"
        " updated_by) values (%(id)s, %(code)s, %(name_zh)s, %(name_en)s, %(about_zh)s, %(about_en)s, %(kind)s,"
        " %(domain)s, %(article)s, %(flow)s, %(source)s, %(author)s) on conflict (code) do nothing",
        {**values, "id": intent_id, "source": source, "author": author},
    )
    return intent_id if stored else None


async def _add(
    tx: Transaction,
    intent_id: UUID,
    texts: Sequence[tuple[str, str]],
    source: Source,
    author: UUID | None,
    conversation: UUID | None = None,
) -> int:
    if not texts:
        return 0
    return await tx.execute(
        "insert into intent_example (id, intent_id, text, language, source, conversation_id, added_by)"
        " select t.id, %s, t.text, t.language, %s, %s, %s"
        " from unnest(%s::uuid[], %s::text[], %s::text[]) as t (id, text, language) on conflict do nothing",
        (
            intent_id, source, conversation, author,
            [new_id() for _ in texts], [text for text, _ in texts], [language for _, language in texts],
        ),
    )  # fmt: skip


async def _touch(
    tx: Transaction, action: str, intent_id: UUID | None, author: UUID | None, ip: str, **data: Any
) -> None:
    await tx.execute("update intent_state set revision = revision + 1")
    subject = f"intent:{intent_id}" if intent_id else "intent:starter"
    await audit.append(tx, actor_id=author, action=action, subject=subject, data=data, ip=ip)
