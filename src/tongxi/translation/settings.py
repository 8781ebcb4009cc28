"""How the house translates: engines and their order, where DeepL is, the glossary. By version; the key sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tongxi import audit
from tongxi.configuration import store
from tongxi.configuration.store import Versioned
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, NotFound
from tongxi.kit.ids import new_id

CONFIGURATION: Final = "translation"
KEY_SCOPE: Final = "translator:deepl:key"
MAX_TERMS: Final = 2_000

EngineName = Literal["deepl", "model"]


class TranslationSettings(BaseModel):
    """Of the whole house; an inbox switches translation on for itself."""

    model_config = ConfigDict(frozen=True)

    engines: Annotated[list[EngineName], Field(max_length=2)] = Field(default_factory=list)
    """Asked in this order until one answers. Empty: nothing is translated."""
    deepl_url: Annotated[str, Field(max_length=500)] = ""
    """Empty: DeepL's own address for the kind of key."""
    deepl_is_inside: bool = False
    """The address may be one of the own network."""

    @field_validator("engines")
    @classmethod
    def _once(cls, value: list[EngineName]) -> list[EngineName]:
        return list(dict.fromkeys(value))

    @field_validator("deepl_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query):
            raise ValueError("must be an address such as https://api.deepl.com")
        return value.rstrip("/")


class TermExists(Conflict):
    """The glossary already has this term for these languages."""

    code = "term_exists"


class Term(BaseModel):
    """A wording that always has the same translation."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    source_language: str
    target_language: str
    source: str
    target: str


async def read(tx: Transaction) -> Versioned[TranslationSettings]:
    """The newest settings."""
    return await store.read(tx, CONFIGURATION, TranslationSettings)


async def change(
    tx: Transaction, vault: Vault, changes: dict[str, Any], *, after: int, actor_id: UUID, ip: str
) -> Versioned[TranslationSettings]:
    """Change the given fields; `key` goes in sealed, "" takes it away, a new address without a key loses the old one.

    Raises: `Invalid`, `StaleVersion`.
    """
    key = changes.pop("key", None)
    before = await read(tx)
    value = store.changed(before.value, changes, loc=("body",))
    version = await store.save(tx, CONFIGURATION, value, author_id=actor_id, after=after)
    if key is None and value.deepl_url != before.value.deepl_url:
        key = ""
    if key is not None:
        await tx.execute(
            "insert into translator (key_sealed, key_last4) values (%s, %s)"
            " on conflict (one) do update set key_sealed = excluded.key_sealed, key_last4 = excluded.key_last4",
            (vault.seal(key, scope=KEY_SCOPE) if key else None, key.removesuffix(":fx")[-4:] if key else ""),
        )
    fields = sorted({*changes, *(["key"] if key is not None else [])})
    await audit.append(tx, actor_id=actor_id, action="translation.changed", data={"fields": fields}, ip=ip)
    return Versioned(version, value)


async def sealed_key(tx: Transaction) -> tuple[str | None, str]:
    """The sealed key and its last four characters."""
    row = await tx.dict("select key_sealed, key_last4 from translator")
    return (row["key_sealed"], row["key_last4"]) if row else (None, "")


async def terms(tx: Transaction) -> list[Term]:
    """The glossary, by languages and wording."""
    return await tx.all(
        Term,
        "select id, source_language, target_language, source, target from glossary_term"
        " order by source_language, target_language, lower(source)",
    )


async def add_term(tx: Transaction, values: dict[str, str], *, actor_id: UUID, ip: str) -> Term:
    """Add a term. Raises: `TermExists`, `Conflict` when the glossary is full."""
    if await tx.value("select count(*) from glossary_term") >= MAX_TERMS:
        raise Conflict(f"at most {MAX_TERMS} terms")
    made = Term(id=new_id(), **values)
    stored = await tx.execute(
        "insert into glossary_term (id, source_language, target_language, source, target)"
        " values (%(id)s, %(source_language)s, %(target_language)s, %(source)s, %(target)s) on conflict do nothing",
        made.model_dump(),
    )
    if not stored:
        raise TermExists
    await audit.append(tx, actor_id=actor_id, action="glossary.added", subject=f"glossary_term:{made.id}", ip=ip)
    return made


async def remove_term(tx: Transaction, term_id: UUID, *, actor_id: UUID, ip: str) -> None:
    """Remove a term. Raises: `NotFound`."""
    if not await tx.execute("delete from glossary_term where id = %s", (term_id,)):
        raise NotFound
    await audit.append(tx, actor_id=actor_id, action="glossary.removed", subject=f"glossary_term:{term_id}", ip=ip)


def fitting(glossary: Sequence[Term], source: str, target: str) -> list[Term]:
    """The terms for a pair of languages; simplified and traditional Chinese share theirs."""
    pair = (source.partition("-")[0], target.partition("-")[0])
    return [term for term in glossary if (term.source_language, term.target_language) == pair]
