"""What the demo has connected beside its shop: goods and members of that same shop, by a mapping file."""

from __future__ import annotations

from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.types.json import Jsonb

from tongxi.configuration import store
from tongxi.configuration.egress import NAME, EgressSettings
from tongxi.connectors import configured
from tongxi.connectors.configured import NewConnector
from tongxi.demo.start import DemoShop
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Transaction

CONNECTOR: Final = "catalogue"
_TITLE: Final = "暖仓商品目录"


async def connect(tx: Transaction, shop: DemoShop, vault: Vault, owner: UUID) -> None:
    """Connect the catalogue, or follow the shop to the port it listens on this time; what people changed stays."""
    await _open_way(tx, urlsplit(shop.url).netloc, owner)
    mapping = (files("tongxi.demo") / "catalogue.mapping.yaml").read_text("utf-8").replace("SHOP_URL", shop.url)
    row = await tx.dict("select id, settings from connector where name = %s", (CONNECTOR,))
    if row is None:
        new = NewConnector(
            kind="http", name=CONNECTOR, title=_TITLE, settings={"mapping": mapping}, secret=shop.keys.shop_key
        )
        await configured.create(tx, new, vault, author=owner)
    elif _base_url(row["settings"]["mapping"]) != f"base_url: {shop.url}":
        moved = row["settings"]["mapping"].replace(_base_url(row["settings"]["mapping"]), f"base_url: {shop.url}")
        sealed = vault.seal(shop.keys.shop_key, scope=configured.scope(row["id"]))
        await tx.execute(
            "update connector set settings = %s, secret = %s, version = version + 1, updated_at = now() where id = %s",
            (Jsonb({"mapping": moved}), sealed, row["id"]),
        )


async def _open_way(tx: Transaction, host: str, owner: UUID) -> None:
    held = await store.read(tx, NAME, EgressSettings)
    if host not in held.value.allowed_hosts:
        value = EgressSettings(allowed_hosts=(*held.value.allowed_hosts, host))
        await store.save(tx, NAME, value, author_id=owner, after=held.version)


def _base_url(mapping: str) -> str:
    return next((line for line in mapping.splitlines() if line.startswith("base_url:")), "")
