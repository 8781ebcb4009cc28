"""The application: settings → database → routers → lifespan. One process; the sweeper runs inside."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import structlog
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from tongxi import __version__, sweeper
from tongxi.api import errors, live
from tongxi.api.security import Guard
from tongxi.bot.flows import Flows
from tongxi.calibration.standing import Calibration
from tongxi.configuration.current_bot import CurrentBot
from tongxi.connectors.shops import connect
from tongxi.conversations import queries
from tongxi.conversations.append import Writer
from tongxi.conversations.inboxes import Inboxes
from tongxi.encoder import english, own
from tongxi.house import House
from tongxi.intents import Intents
from tongxi.kit.clock import SystemClock
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id
from tongxi.kit.live import Live
from tongxi.knowledge.index import Knowledge
from tongxi.settings import Settings
from tongxi.translation.service import Translation

log = structlog.get_logger(__name__)

ROUTERS = (
    "widget", "auth", "users", "inboxes", "queues", "audit", "connectors", "models", "translation", "bakeoff",
    "articles", "intents", "knowledge", "briefing", "conversations", "orders", "bot", "flows", "calibration",
    "contacts", "presence", "followups", "overview", "attachments", "media", "widget_actions", "health",
    "widget_pages", "workspace_pages",
)  # fmt: skip
"""Modules of `tongxi.api` with a `router`, in the order their routes are tried: customers' first, pages last."""


async def build(settings: Settings) -> House:
    """Open the database and put the house together; `close` undoes it."""
    assert settings.database_url is not None, "the command that starts the server sets the database"
    clock = SystemClock()
    db = Database(settings.database_url)
    await db.open()
    live_hub = Live(queries.fetch_page(db))
    inboxes = Inboxes()
    sentences = english.for_server() if settings.english else None
    knowledge = Knowledge(clock, own(settings.data), sentences)
    bot = CurrentBot()
    async with db.transaction() as tx:
        await tx.execute("insert into installation (history_id) values (%s) on conflict do nothing", (new_id(),))
        history_id = await tx.value("select history_id from installation")
        await inboxes.load(tx)
        await bot.load(tx)
    await knowledge.load(db)
    writer = Writer(db, live_hub)
    await writer.start()
    house = House(
        settings=settings, clock=clock, db=db, live=live_hub, writer=writer, inboxes=inboxes, knowledge=knowledge,
        bot=bot, flows=Flows(), sentences=sentences, intents=Intents(sentences=sentences),
        connectors=connect(settings, clock), history_id=history_id,
        calibration=Calibration(clock, settings, knowledge=knowledge, bot=bot),
    )  # fmt: skip
    house.translation = Translation(house)
    await house.translation.load()
    await house.flows.load(db)
    await house.intents.refresh(db)
    await house.registry.load(db)
    await house.models.load(db)
    await house.calibration.load(db)
    return house


async def close(house: House) -> None:
    """Store what is pending, then let go of everything."""
    await house.translation.stop()
    await house.live.close()
    await house.writer.stop()
    await house.sources.close()
    await house.vectors.close()
    await house.english.close()
    await house.intents.close()
    await house.registry.close()
    await house.connectors.close()
    await house.egress.close()
    await house.models.close()
    await house.db.close()


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The ASGI application of one process."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        house = await build(settings)
        app.state.house = house
        sweep = sweeper.Sweeper(house)
        app.state.sweeper = sweep
        desk = live.DeskLive(house)
        app.state.desk_live = desk
        keeper = live.Keeper(house, desk)
        for part in (desk, keeper, sweep, house.translation):
            part.start()
        recovered = await sweeper.recover(house)
        # What is built now lives as long as the process: the collector need not walk it under load.
        if gc.isenabled():
            gc.collect()
        gc.freeze()
        gc.enable()
        log.info("server.ready", url=settings.local_url, turns_recovered=recovered)
        try:
            yield
        finally:
            for part in (sweep, keeper, desk):
                await part.stop()
            await asyncio.shield(close(house))

    app = FastAPI(
        title="Tongxi",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    errors.install(app)
    for name in ROUTERS:
        app.include_router(import_module(f"tongxi.api.{name}").router)
    guarded = Guard(app)

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = app
        if scope["type"] == "websocket":
            await live.open_socket(HTTPConnection(scope), receive, send)
            return
        await guarded(scope, receive, send)

    return door
