"""What the demo shop has set up: people, queues, inboxes, knowledge. Run at every start; what is there stays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, ClassVar
from uuid import UUID

import structlog
import yaml
from psycopg.types.json import Jsonb

from tongxi import starter
from tongxi.accounts import passwords, service
from tongxi.accounts.roles import Role
from tongxi.attachments.media import Shelf
from tongxi.attachments.storage import Storage
from tongxi.configuration import inboxes, queues
from tongxi.configuration.origins import ANY
from tongxi.contacts.keys import ACTIVE, active_keys, scope
from tongxi.demo import connected
from tongxi.demo.start import DemoShop
from tongxi.intents import service as intents
from tongxi.kit.clock import Clock, SystemClock
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import Conflict
from tongxi.knowledge import marks
from tongxi.knowledge import service as knowledge
from tongxi.knowledge.marks import SCHEME, Mark
from tongxi.settings import Settings

log = structlog.get_logger(__name__)

MARK = "demo"
"""Name of the configuration value that marks an installation as a demo and holds what was seeded."""
_IP = ""
_Row = dict[str, Any]


class NotADemo(Conflict):
    """This data folder holds an installation that is not the demo; set TONGXI_DATA to another folder."""

    code: ClassVar[str] = "not_a_demo"


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demo, to be printed."""

    email: str
    password: str
    name: str
    role: str
    title: str


async def seed(db: Database, settings: Settings, shop: DemoShop, clock: Clock | None = None) -> list[Login]:
    """Set up what is missing; give the accounts a visitor may sign in with. Raises: `NotADemo`."""
    at = (clock or SystemClock()).now()
    house = _load("house.yaml")
    password_hash = await _password_hash(db, house, shop.keys.password)
    async with db.transaction() as tx:
        mark = await tx.value("select value from configuration where name = %s order by version desc limit 1", (MARK,))
        if mark is None and await tx.value("select exists (select 1 from app_user)"):
            raise NotADemo
        users = await _users(tx, house, password_hash)
        owner = users["owner@nuancang.example"]
        await _queues(tx, house, users, owner)
        vault = Vault(settings.secret_key())
        await _inboxes(tx, house, shop, vault, owner, at)
        await connected.connect(tx, shop, vault, owner)
    version = _version()
    if mark is None or mark.get("knowledge") != version:
        editor = users["editor@nuancang.example"]
        pictures = await _pictures(Shelf(db, Storage(settings.data)), editor)
        async with db.transaction() as tx:
            added = await _knowledge(tx, editor, pictures)
            await _intents(tx, editor)
            await tx.execute(
                "insert into configuration (name, version, value) select %s, coalesce(max(version), 0) + 1, %s"
                " from configuration where name = %s",
                (MARK, Jsonb({"knowledge": version}), MARK),
            )
        log.info("demo.seeded", articles=added)
    return [
        Login(one["email"], shop.keys.password, one["name"], one["role"], one["title"])
        for one in house["users"]
        if not one.get("simulated")
    ]


async def _password_hash(db: Database, house: _Row, password: str) -> str | None:
    """Hash for all demo accounts; None when they have it already."""
    async with db.transaction() as tx:
        email = house["users"][0]["email"]
        stored = await tx.value("select password_hash from app_user where lower(email) = %s", (email,))
    return None if stored and await passwords.fits(password, stored) else await passwords.hashed(password)


async def _users(tx: Transaction, house: _Row, password_hash: str | None) -> dict[str, UUID]:
    found = {row["email"]: row["id"] for row in await tx.dicts("select lower(email) as email, id from app_user")}
    by = service.By(None, Role.OWNER)
    for code, name in house["skills"].items():
        await tx.execute("insert into skill (code, name) values (%s, %s) on conflict do nothing", (code, name))
    for one in house["users"]:
        if one["email"] in found:
            if password_hash is not None:
                await tx.execute(
                    "update app_user set password_hash = %s where id = %s", (password_hash, found[one["email"]])
                )
            continue
        assert password_hash is not None, "the first account has the password, so this one was removed on purpose"
        user = await service.make_user(
            tx, email=one["email"], name=one["name"], role=Role(one["role"]), password_hash=password_hash, by=by,
            title=one["title"],
        )  # fmt: skip
        await tx.execute("update app_user set locale = %s where id = %s", (one.get("locale", "zh"), user))
        for skill in one.get("skills", []):
            await tx.execute("insert into user_skill (user_id, skill, level) values (%s, %s, 3)", (user, skill))
        found[one["email"]] = user
    return found


async def _queues(tx: Transaction, house: _Row, users: dict[str, UUID], owner: UUID) -> None:
    real = [users[one["email"]] for one in house["users"] if not one.get("simulated") and one["email"] in users]
    for one in house["queues"]:
        if await tx.value("select 1 from queue where name = %s", (one["name"],)):
            continue
        values = dict(one) | {"members": real if one["members"] == "real" else []}
        await queues.make_queue(tx, values, actor_id=owner, ip=_IP)


async def _inboxes(tx: Transaction, house: _Row, shop: DemoShop, vault: Vault, owner: UUID, at: datetime) -> None:
    for one in house["inboxes"]:
        found = await tx.dict("select id, settings from inbox where key = %s", (one["key"],))
        if found is None:
            queue = await tx.value("select id from queue where name = %s", (one["queue"],))
            values = {"name": one["name"], "queue_id": queue, "settings": house["settings"]}
            inbox_id = await inboxes.make_inbox(tx, values, actor_id=owner, ip=_IP, at=at)
            await tx.execute("update inbox set key = %s where id = %s", (one["key"], inbox_id))
            found = {"id": inbox_id, "settings": {}}
        origins = found["settings"].get("allowed_origins", [])
        missing = [origin for origin in _origins(shop) if origin not in origins]
        if missing:
            changes = {"settings": {"allowed_origins": [*origins, *missing][-20:]}}
            await inboxes.change_inbox(tx, found["id"], changes, actor_id=owner, ip=_IP, at=at)
        await _identity_key(tx, vault, found["id"], shop.keys.inbox_secret, at)


async def _identity_key(tx: Transaction, vault: Vault, inbox_id: UUID, secret: str, at: datetime) -> None:
    """Let the shop's secret count among the inbox' active keys."""
    if any(key.secret == secret for key in await active_keys(tx, vault, inbox_id)):
        return
    stored: list[_Row] = await tx.value("select identity_keys from inbox where id = %s for update", (inbox_id,))
    key = {
        "id": hashlib.sha256(secret.encode()).hexdigest()[:8],
        "secret": vault.seal(secret, scope=scope(inbox_id)),
        "last4": secret[-4:],
        "created_at": at.isoformat(),
    }
    await tx.execute("update inbox set identity_keys = %s where id = %s", (Jsonb([key, *stored][:ACTIVE]), inbox_id))


def _origins(shop: DemoShop) -> list[str]:
    """Under which names this machine's shop page may be open in a browser."""
    if not shop.is_local:
        return [ANY]  # whatever address this machine has for others
    return [f"http://{host}:{shop.port}" for host in ("127.0.0.1", "localhost", "[::1]")]


async def _pictures(shelf: Shelf, editor: UUID) -> dict[str, UUID]:
    """Keep the drawings of the articles; gives their ids by name. Source: scripts/draw_demo_pictures.py."""
    folder = files("tongxi.demo") / "knowledge" / "pictures"
    drawings = sorted((one for one in folder.iterdir() if one.name.endswith(".png")), key=lambda one: one.name)
    return {one.name: (await shelf.keep(one.read_bytes(), one.name, author=editor)).id for one in drawings}


async def _knowledge(tx: Transaction, editor: UUID, pictures: Mapping[str, UUID]) -> int:
    """Publish the entries that are not there yet; give how many."""

    def kept(one: Mark) -> Mark:
        return replace(one, target=f"{SCHEME}{pictures[one.target]}")

    there = {row["slug"] for row in await tx.dicts("select slug from article where slug is not null")}
    added = 0
    for collection, entry in _entries():
        for language in ("zh", "en"):
            slug = f"{entry['slug']}.{language}"
            if slug in there:
                continue
            values = entry[language] | {"body": marks.replaced(entry[language]["body"], kept)}
            new = knowledge.NewArticle(language=language, slug=slug, collection=collection, **values)
            stored = await knowledge.create(tx, new, author=editor)
            await knowledge.set_status(tx, stored.id, "published", author=editor)
            added += 1
    return added


async def _intents(tx: Transaction, editor: UUID) -> None:
    """Switch on what a shop is asked, from the starter pack, unless somebody made intents of his own."""
    if not await tx.value("select exists (select 1 from intent)"):
        chosen = (one for one in starter.intents() if one.domain.startswith("ecommerce."))
        await intents.switch_on(tx, chosen, author=editor, with_articles=False)


def _entries() -> Iterator[tuple[str, _Row]]:
    for file in _knowledge_files():
        for entry in yaml.load(file.read_text("utf-8"), _Loader):  # noqa: S506 - the safe loader, in C
            yield file.name.removesuffix(".yaml"), entry


def _version() -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in _knowledge_files())).hexdigest()[:16]


def _knowledge_files() -> list[Traversable]:
    folder = files("tongxi.demo") / "knowledge"
    return sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)


def _load(name: str) -> _Row:
    loaded: _Row = yaml.load((files("tongxi.demo") / name).read_text("utf-8"), _Loader)  # noqa: S506
    return loaded


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
