"""The bot studio: read the settings, draft, compare, publish, restore; the rules' figures; the playground."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field, StringConstraints, ValidationError

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import Limit, SeqCursor, page
from tongxi.bot import figures, playground
from tongxi.bot.answer import BEFORE_HAND_OFF
from tongxi.bot.memory import Memory
from tongxi.configuration import bot_versions, store
from tongxi.configuration.bot import ALWAYS_ON, LINES, LOCKED, MOVABLE, RED_LINES, BotSettings, diff
from tongxi.conversations.views import at as moment
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Forbidden, Invalid
from tongxi.kit.i18n import LANGUAGES, t

router = APIRouter(prefix="/api/v1/bot", tags=["bot"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_BOT)]
Version = Annotated[int, Path(ge=0, le=2**31 - 1)]


class _Draft(Body):
    value: dict[str, Any]
    revision: Annotated[int, Field(ge=0, le=2**31 - 2)]
    """Of the draft that was read; 0: there was none."""


class _Publish(Body):
    revision: Annotated[int, Field(ge=1, le=2**31 - 2)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class _Restore(Body):
    after: Annotated[int, Field(ge=0, le=2**31 - 2)]
    """The version that is published now, as far as you know."""


class _Someone(Body):
    id: UUID | None = None
    verified: bool = False


class _Try(Body):
    text: Annotated[str, StringConstraints(min_length=1, max_length=8000)]
    language: Literal["zh", "en"] = "zh"
    settings: Literal["live", "draft"] = "live"
    inbox_id: UUID | None = None
    contact: _Someone = _Someone()
    memory: dict[str, Any] = {}  # noqa: RUF012 - Pydantic copies it
    quick_reply: Annotated[str | None, Field(max_length=100)] = None
    override: dict[str, Any] | None = None
    use_model: bool = False


@router.get("/settings")
async def settings(_: Reader, house: HouseDep) -> dict[str, Any]:
    """What is published, the draft and what it changes, and what there is to choose from."""
    async with house.db.transaction() as tx:
        now = await store.read(tx, "bot", BotSettings)
        draft = await bot_versions.draft(tx)
    return {
        "version": now.version,
        "value": now.value.model_dump(mode="json"),
        "draft": _draft(draft),
        "changes": [change.model_dump() for change in diff(now.value, draft.value)] if draft else [],
        "has_model": house.models.has("answer") or house.models.has("understand"),
        "catalogue": {
            "red_lines": [{"code": code, "always_on": code in ALWAYS_ON} for code in RED_LINES],
            "rules": {"locked": LOCKED, "movable": MOVABLE, "last": ["unknown"]},
            "lines": {code: {language: _line(language, code) for language in LANGUAGES} for code in LINES},
            "facts": {code: {language: _facts(language, code) for language in LANGUAGES} for code in RED_LINES},
        },
    }


@router.put("/draft")
async def save_draft(body: _Draft, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Store the draft; the one that was read must still be the newest."""
    try:
        value = BotSettings.model_validate(body.value, extra="forbid")
    except ValidationError as error:
        raise Invalid(errors=store.as_errors(error, ("body", "value"))) from error
    async with house.db.transaction() as tx:
        await bot_versions.save_draft(
            tx, value, revision=body.revision, author_id=user.id, ip=user.ip, at=house.clock.now()
        )
        now = await store.read(tx, "bot", BotSettings)
        draft = await bot_versions.draft(tx)
    assert draft is not None
    return {"draft": _draft(draft), "changes": [change.model_dump() for change in diff(now.value, draft.value)]}


@router.delete("/draft", status_code=204)
async def discard_draft(user: Editor, house: HouseDep) -> None:
    """Throw the draft away."""
    async with house.db.transaction() as tx:
        await bot_versions.discard(tx, author_id=user.id, ip=user.ip)


@router.post("/publish", status_code=201)
async def publish(body: _Publish, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Publish the draft; the bot follows at once, in every process."""
    async with house.db.transaction() as tx:
        version = await bot_versions.publish(
            tx, revision=body.revision, note=body.note, author_id=user.id, ip=user.ip, at=house.clock.now()
        )
    await _follow(house)
    return {"version": version}


@router.get("/versions")
async def versions(_: Reader, house: HouseDep, limit: Limit = 50, cursor: SeqCursor = None) -> dict[str, Any]:
    """What was published by whom and when, newest first, with what each changed."""
    async with house.db.transaction() as tx:
        rows = await bot_versions.versions(tx, limit=limit + 1, before=cursor)
    items = [
        {
            "version": row["version"],
            "author": row["author"],
            "at": moment(row["at"]),
            "note": row["note"],
            "restored_from": row["restored_from"],
            "changes": [
                change.model_dump()
                for change in diff(
                    BotSettings.model_validate(row["previous"] or {}), BotSettings.model_validate(row["value"])
                )
            ],
        }
        for row in rows
    ]
    return page(items, limit, key="version")


@router.get("/versions/{version}")
async def version_value(version: Version, _: Reader, house: HouseDep) -> dict[str, Any]:
    """The settings of one version, and what it differs in from the published one."""
    async with house.db.transaction() as tx:
        value = await bot_versions.published(tx, version)
        now = await store.read(tx, "bot", BotSettings)
    return {
        "version": version,
        "value": value.model_dump(mode="json"),
        "changes": [change.model_dump() for change in diff(now.value, value)],
    }


@router.post("/versions/{version}/restore", status_code=201)
async def restore(version: Version, body: _Restore, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Publish an old version again, as a new one."""
    async with house.db.transaction() as tx:
        made = await bot_versions.restore(
            tx, version, after=body.after, author_id=user.id, ip=user.ip, at=house.clock.now()
        )
    await _follow(house)
    return {"version": made}


@router.get("/rules")
async def rules(
    user: Reader, house: HouseDep, settings: Annotated[Literal["live", "draft"], Query()] = "live"
) -> dict[str, Any]:
    """How often each rule spoke in the last seven days, and what would have been decided without it."""
    async with house.db.transaction() as tx:
        other = await _value(tx, "draft") if settings == "draft" else None
    found = await figures.report(house.db, house.bot.settings, other, at=house.clock.now())
    may_read = user.may(Permission.READ_CONVERSATIONS)
    for rule in found["rules"]:
        samples = rule["samples"] if may_read else []
        rule["samples"] = [sample | {"at": moment(sample["at"])} for sample in samples]
    return found


@router.post("/playground")
async def try_out(body: _Try, user: Reader, house: HouseDep) -> dict[str, Any]:
    """Say something to the bot; nothing is stored and nothing is written. Gives the answer and how it came about."""
    if body.contact.id is not None and not user.may(Permission.READ_CONVERSATIONS):
        raise Forbidden(permission=Permission.READ_CONVERSATIONS.value)
    async with house.db.transaction() as tx:
        now = await store.read(tx, "bot", BotSettings)
        value = await _value(tx, "draft") if body.settings == "draft" else now.value
    inbox = house.inboxes.get(body.inbox_id) if body.inbox_id else next(iter(house.inboxes), None)
    persona = inbox.settings.persona_name(body.language) if inbox else value.persona.name.into(body.language)
    try:
        memory = Memory.model_validate(body.memory)
    except ValidationError as error:
        raise Invalid(errors=store.as_errors(error, ("body", "memory"))) from error
    given = playground.Try(
        text=body.text, language=body.language, persona=persona, bot=value, version=now.version,
        contact=await playground.contact_of(house, body.contact.id, is_verified=body.contact.verified),
        inbox=inbox, memory=memory, quick_reply=body.quick_reply, override=body.override, use_model=body.use_model,
    )  # fmt: skip
    return {"settings": body.settings, **await playground.run(house, given)}


async def _value(tx: Transaction, which: Literal["live", "draft"]) -> BotSettings:
    """The draft's settings; those that are published when there is no draft."""
    draft = await bot_versions.draft(tx) if which == "draft" else None
    return draft.value if draft else (await store.read(tx, "bot", BotSettings)).value


async def _follow(house: HouseDep) -> None:
    """This process uses what was published now; the others see it with their next look."""
    await house.bot.load(house.db)
    await house.inboxes.load(house.db)


def _draft(draft: bot_versions.Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {
        "value": draft.value.model_dump(mode="json"),
        "based_on": draft.based_on,
        "revision": draft.revision,
        "author": draft.author,
        "updated_at": moment(draft.updated_at),
    }


def _line(language: str, code: str) -> str:
    """The product's own sentence, with the place for the name left open."""
    key = f"bot.{code}" if code in ("unsure", "sorry_wrong", "ask") else f"bot.small_talk.{code}"
    return t(language, key, persona="{persona}")


def _facts(language: str, code: str) -> str:
    return t(language, BEFORE_HAND_OFF[code])
