"""Translation on screen: engines, key, a test call, the glossary; and one message again, on demand."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field, SecretStr, StringConstraints

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.desk import visibility
from tongxi.house import House
from tongxi.kit.errors import Invalid, NotFound
from tongxi.translation import settings
from tongxi.translation.direction import Direction
from tongxi.translation.languages import LANGUAGES, language_of, reads
from tongxi.translation.protocol import TranslationFailed
from tongxi.translation.settings import EngineName

router = APIRouter(prefix="/api/v1", tags=["translation"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_MODELS)]
Writer = Annotated[SignedIn, requires(Permission.PUBLISH_KNOWLEDGE)]
Agent = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]

Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Language = Literal["zh", "en", "ja", "ko", "fr", "de", "es", "pt", "it", "ru", "ar", "th", "vi"]


class _Settings(Body):
    version: Annotated[int, Field(ge=0)]
    """The version this change was made on."""
    engines: Annotated[list[EngineName], Field(max_length=2)] = Field(default_factory=list)
    deepl_url: Annotated[str, Field(max_length=500)] = ""
    deepl_is_inside: bool = False
    key: Annotated[SecretStr, Field(max_length=200)] | None = None
    """Goes in and never comes out; "" takes it away."""


class _Test(Body):
    text: Annotated[str, Field(min_length=1, max_length=500)]
    target: Language


class _Term(Body):
    source_language: Language
    target_language: Language
    source: Wording
    target: Wording


@router.get("/translation")
async def overview(_: Reader, house: HouseDep) -> dict[str, Any]:
    """The settings of the screen, with the glossary."""
    return await _shown(house)


@router.put("/translation")
async def change(body: _Settings, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Change the given settings; from the next message on they hold."""
    given = {
        name: value
        for name, value in body.model_dump(mode="json", exclude={"key"}).items()
        if name in body.model_fields_set - {"version"}
    }
    if body.key is not None:
        given["key"] = body.key.get_secret_value().strip()
    async with house.db.transaction() as tx:
        await settings.change(tx, house.vault, given, after=body.version, actor_id=user.id, ip=user.ip)
    await house.translation.load()
    return await _shown(house)


@router.post("/translation/test")
async def try_out(body: _Test, _: Editor, house: HouseDep) -> dict[str, Any]:
    """One real translation with the saved settings, or why it fails."""
    way = Direction(language_of(body.text, "en" if body.target == "zh" else "zh"), body.target)
    if reads(way.target, way.source):
        raise Invalid(errors=[{"loc": ["body", "target"], "msg": "the text is in that language already"}])
    try:
        made = await house.translation.text(body.text, way)
    except TranslationFailed as error:
        return {"ok": False, "code": error.code, "message": error.message}
    return {"ok": True, "text": made.text if made else body.text, "engine": made.engine if made else None}


@router.post("/translation/glossary", status_code=201)
async def add_term(body: _Term, user: Writer, house: HouseDep) -> dict[str, Any]:
    """Add a term to the glossary."""
    if body.source_language == body.target_language:
        raise Invalid(errors=[{"loc": ["body", "target_language"], "msg": "must differ from the other language"}])
    async with house.db.transaction() as tx:
        made = await settings.add_term(tx, body.model_dump(), actor_id=user.id, ip=user.ip)
    await house.translation.load()
    return made.model_dump(mode="json")


@router.delete("/translation/glossary/{id}", status_code=204)
async def remove_term(id: Annotated[UUID, Path()], user: Writer, house: HouseDep) -> Response:  # noqa: A002
    """Remove a term from the glossary."""
    async with house.db.transaction() as tx:
        await settings.remove_term(tx, id, actor_id=user.id, ip=user.ip)
    await house.translation.load()
    return Response(status_code=204)


@router.post("/conversations/{id}/messages/{seq}/translate")
async def translate_again(
    id: Annotated[UUID, Path()],  # noqa: A002
    seq: Annotated[int, Path(ge=1, le=2**53)],
    user: Agent,
    house: HouseDep,
) -> dict[str, Any]:
    """Translate one message now; everybody who watches gets it. `translation` is null when it needs none."""
    async with house.db.reading() as tx:
        if not await visibility.may_read(tx, user.id, user.role, id):
            raise NotFound
    return {"seq": seq, "translation": await house.translation.again(id, seq)}


async def _shown(house: House) -> dict[str, Any]:
    async with house.db.reading() as tx:
        saved = await settings.read(tx)
        sealed, last4 = await settings.sealed_key(tx)
        terms = await settings.terms(tx)
    return {
        "version": saved.version,
        **saved.value.model_dump(mode="json"),
        "has_key": sealed is not None,
        "key_last4": last4,
        "has_model": house.models.has("translate"),
        "languages": [language for language in LANGUAGES if language != "zh-Hant"],
        "inboxes": [{"name": inbox.name, "is_on": inbox.settings.translation} for inbox in house.inboxes],
        "glossary": [term.model_dump(mode="json") for term in terms],
    }
