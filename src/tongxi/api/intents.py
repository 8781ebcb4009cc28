"""Intents: what customers want, learnt from examples. A change is learnt within seconds, in every process."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from tongxi import audit
from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, page
from tongxi.conversations.views import at as moment
from tongxi.desk import visibility
from tongxi.intents import OUT, Reading, queries, service
from tongxi.intents.queries import StoredIntent
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, Invalid, NotFound
from tongxi.knowledge import service as knowledge
from tongxi.signals.personal_data import mask
from tongxi.starter import StarterIntent
from tongxi.starter import intents as starter_pack

router = APIRouter(prefix="/api/v1/intents", tags=["intents"])

Reader = Annotated[SignedIn, requires(Permission.READ_KNOWLEDGE)]
Teacher = Annotated[SignedIn, requires(Permission.TEACH_INTENTS)]
Answering = Annotated[SignedIn, requires(Permission.ANSWER)]
IntentId = Annotated[UUID, Path(alias="id")]


class NotEnabled(Conflict):
    """There is no enabled intent with this code."""

    code = "intent_not_enabled"


class Examples(Body):
    """Texts an intent is learnt from."""

    texts: list[service.Text] = Field(min_length=1, max_length=service.MAX_EXAMPLES)


class SwitchOn(Body):
    """Intents of the starter pack to bring in."""

    intents: list[str] = Field(min_length=1, max_length=500)
    answers: Literal["none", "draft", "published"] = "none"
    """Whether their sample answers become articles."""


class Sentence(Body):
    """A text to try."""

    text: str = Field(min_length=1, max_length=8000)


class Correction(Body):
    """What a customer's message is really about."""

    conversation: UUID
    seq: int = Field(ge=1, le=2**53)
    """The customer's message."""
    intent: service.Code


@router.get("")
async def list_intents(
    _: Reader,
    house: HouseDep,
    q: Annotated[str, Query(max_length=100)] = "",
    domain: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 100,
    cursor: IdCursor = None,
) -> dict[str, Any]:
    """Intents by domain and code, with the number of texts each is learnt from."""
    async with house.db.reading() as tx:
        rows = await queries.intents(tx, limit=limit + 1, after=cursor, q=q, domain=domain)
    return page([_shown(row) for row in rows], limit)


@router.post("", status_code=201)
async def create(body: service.NewIntent, user: Teacher, house: HouseDep) -> dict[str, Any]:
    """Make an intent."""
    if not (body.name_zh or body.name_en):
        raise Invalid(errors=[{"loc": ["body", "name_zh"], "msg": "a name in one language at least"}])
    async with house.db.transaction() as tx:
        made = await service.create(tx, body, author=user.id, ip=user.ip)
    await house.intents.refresh(house.db)
    return _shown(made)


@router.get("/starter")
async def starter(_: Teacher, house: HouseDep) -> dict[str, Any]:
    """The starter pack by domain, with what is switched on."""
    async with house.db.reading() as tx:
        held = await queries.codes(tx)
    domains: dict[str, list[dict[str, Any]]] = {}
    for one in starter_pack():
        domains.setdefault(one.domain, []).append(
            {
                "code": one.intent, "name_zh": one.name_zh, "name_en": one.name_en, "about_zh": one.about_zh,
                "about_en": one.about_en, "kind": one.kind, "examples": sum(1 for _ in one.examples()),
                "is_on": held.get(one.intent, False),
            }
        )  # fmt: skip
    return {"domains": [{"domain": name, "intents": rows} for name, rows in domains.items()]}


@router.post("/starter")
async def switch_on(body: SwitchOn, user: Teacher, house: HouseDep) -> dict[str, Any]:
    """Bring in intents of the starter pack, and their sample answers as articles when wanted."""
    wanted = frozenset(body.intents)
    chosen = [one for one in starter_pack() if one.intent in wanted]
    if unknown := wanted - {one.intent for one in chosen}:
        raise Invalid(errors=[{"loc": ["body", "intents"], "msg": f"not in the starter pack: {min(unknown)}"}])
    async with house.db.transaction() as tx:
        made = await service.switch_on(tx, chosen, author=user.id, with_articles=body.answers != "none", ip=user.ip)
        articles = 0
        if body.answers != "none":
            articles = await _write_articles(tx, chosen, user, publish=body.answers == "published")
    await house.intents.refresh(house.db)
    if articles and body.answers == "published":
        await house.knowledge.load(house.db)
    return {"intents": made, "articles": articles}


@router.get("/model")
async def status(_: Reader, house: HouseDep) -> dict[str, Any]:
    """How the learning stands: `state` empty, learning, ready or failed, and what the last one was."""
    async with house.db.reading() as tx:
        print_ = await queries.fingerprint(tx)
        stored = await queries.model(tx, print_)
    is_current = stored is not None and stored["trained_at"] is not None
    state = "failed" if stored and stored["error"] else house.intents.state if is_current else "learning"
    figures = house.intents.figures
    return {
        "state": state,
        "intents": int(figures.get("intents", 0)),
        "examples": int(figures.get("examples", 0)),
        "accuracy": figures.get("accuracy"),
        "seconds": stored["figures"].get("seconds") if stored and is_current else None,
        "trained_at": moment(stored["trained_at"]) if stored and is_current else None,
        "error": stored["error"] if stored else "",
        "out_of_scope_from": OUT,
    }


@router.post("/read")
async def read_text(body: Sentence, _: Reader, house: HouseDep) -> dict[str, Any]:
    """Read a text as the bot does: guesses, whether it is none of them, and several intents in one message."""
    return _reading(await house.in_full(lambda: house.intents.read(body.text)))


@router.post("/corrections", status_code=201)
async def correct(body: Correction, user: Answering, house: HouseDep) -> dict[str, Any]:
    """Say what a customer's message is about: the conversation's topic changes, and the message becomes an example.

    Personal data in it is masked first.
    """
    async with house.db.transaction() as tx:
        if not await visibility.may_read(tx, user.id, user.role, body.conversation):
            raise NotFound
        text = await tx.value(
            "select text from message where conversation_id = %s and seq = %s and sender = 'customer'",
            (body.conversation, body.seq),
        )
        if not text or not text.strip():
            raise NotFound
        intent_id = await tx.value("select id from intent where code = %s and enabled", (body.intent,))
        if intent_id is None:
            raise NotEnabled(intent=body.intent)
        added = await service.add_examples(
            tx, intent_id, [mask(text.strip().replace("\0", ""))[: service.MAX_EXAMPLE]], source="confirmed",
            author=user.id, conversation=body.conversation, ip=user.ip,
        )  # fmt: skip
        await tx.execute("update conversation set subject = %s where id = %s", (body.intent, body.conversation))
        await audit.append(
            tx, actor_id=user.id, action="conversation.topic_corrected", subject=f"conversation:{body.conversation}",
            data={"intent": body.intent, "seq": body.seq}, ip=user.ip,
        )  # fmt: skip
    await house.intents.refresh(house.db)
    return {"intent": body.intent, "added": added}


@router.get("/{id}")
async def read(intent: IntentId, _: Reader, house: HouseDep) -> dict[str, Any]:
    """One intent with its examples."""
    async with house.db.reading() as tx:
        return await _whole(tx, intent)


@router.patch("/{id}")
async def change(intent: IntentId, body: service.IntentChange, user: Teacher, house: HouseDep) -> dict[str, Any]:
    """Change an intent."""
    async with house.db.transaction() as tx:
        changed = await service.change(tx, intent, body, author=user.id, ip=user.ip)
    await house.intents.refresh(house.db)
    return _shown(changed)


@router.delete("/{id}", status_code=204)
async def delete(intent: IntentId, user: Teacher, house: HouseDep) -> Response:
    """Take an intent away with its examples."""
    async with house.db.transaction() as tx:
        await service.delete(tx, intent, author=user.id, ip=user.ip)
    await house.intents.refresh(house.db)
    return Response(status_code=204)


@router.post("/{id}/examples", status_code=201)
async def add_examples(intent: IntentId, body: Examples, user: Teacher, house: HouseDep) -> dict[str, Any]:
    """Add examples; those that are there already are passed over."""
    async with house.db.transaction() as tx:
        added = await service.add_examples(tx, intent, body.texts, author=user.id, ip=user.ip)
        whole = await _whole(tx, intent)
    await house.intents.refresh(house.db)
    return {**whole, "added": added}


@router.delete("/{id}/examples/{example}", status_code=204)
async def remove_example(intent: IntentId, example: UUID, user: Teacher, house: HouseDep) -> Response:
    """Learn from a text no more."""
    async with house.db.transaction() as tx:
        await service.remove_example(tx, intent, example, author=user.id, ip=user.ip)
    await house.intents.refresh(house.db)
    return Response(status_code=204)


async def _write_articles(tx: Transaction, chosen: list[StarterIntent], user: SignedIn, *, publish: bool) -> int:
    """Sample answers as articles of both languages; entries that are there already stay as they are."""
    rows = await tx.dicts("select slug from article where slug is not null")
    held = {row["slug"] for row in rows}
    made = Counter[str]()
    for one in chosen:
        for language, title, body, phrasings in (
            ("zh", one.name_zh, one.answer_zh, one.zh),
            ("en", one.name_en, one.answer_en, one.en),
        ):
            slug = f"{one.intent}.{language}"
            if slug in held:
                continue
            new = knowledge.NewArticle(
                title=title, body=body, language=language, questions=phrasings[:STARTER_QUESTIONS], slug=slug,
                collection=one.domain,
            )  # fmt: skip
            article = await knowledge.create(tx, new, author=user.id, ip=user.ip)
            if publish:
                await knowledge.set_status(tx, article.id, "published", author=user.id, ip=user.ip)
            made[language] += 1
    return made.total()


STARTER_QUESTIONS = 12
"""Phrasings that go into a sample answer's article as example questions."""


async def _whole(tx: Transaction, intent: UUID) -> dict[str, Any]:
    rows = await queries.examples(tx, intent)
    return {
        **_shown(await queries.intent(tx, intent)),
        "texts": [
            {
                "id": str(row.id), "text": row.text, "language": row.language, "source": row.source,
                "added_at": moment(row.added_at),
            }
            for row in rows
        ],
    }  # fmt: skip


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "guesses": [{"intent": g.intent, "probability": round(g.probability, 4)} for g in reading.guesses],
        "out_of_scope": round(reading.out_of_scope, 4),
        "is_out_of_scope": reading.out_of_scope >= OUT,
        "several": list(reading.several),
    }


def _shown(intent: StoredIntent) -> dict[str, Any]:
    return {
        "id": str(intent.id),
        "code": intent.code,
        "name_zh": intent.name_zh,
        "name_en": intent.name_en,
        "about_zh": intent.about_zh,
        "about_en": intent.about_en,
        "kind": intent.kind,
        "domain": intent.domain,
        "enabled": intent.enabled,
        "article": intent.article,
        "flow": intent.flow,
        "source": intent.source,
        "examples": intent.examples,
        "updated_at": moment(intent.updated_at),
    }
