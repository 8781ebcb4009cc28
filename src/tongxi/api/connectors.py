"""Connectors to other systems: set up, tested, tried and switched off on screen. Secrets go in and never come out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from tongxi import audit
from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.configuration import store
from tongxi.configuration.egress import NAME, EgressSettings
from tongxi.connectors import configured, openapi
from tongxi.connectors.configured import ConnectorChange, NewConnector, Stored, TitleTaken, ToolTaken
from tongxi.connectors.kinds import Checked
from tongxi.connectors.mcp import McpServer
from tongxi.connectors.protocol import Connectors, Failure, Health, Tool, ToolFailed
from tongxi.conversations.views import at as moment
from tongxi.house import House
from tongxi.kit.crypto import Unreadable
from tongxi.kit.errors import AppError, Conflict, Invalid
from tongxi.kit.ids import new_id

router = APIRouter(prefix="/api/v1", tags=["connectors"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_CONNECTORS)]
ConnectorId = Annotated[UUID, Path(alias="id")]

DOCUMENT_BYTES: Final = 5_000_000
DOCUMENT_TIMEOUT: Final = timedelta(seconds=15)
_FIXED: Final = "environment"


class SecretUnreadable(Conflict):
    """The stored secret cannot be read with this server's key; enter it again."""

    code = "secret_unreadable"


class NotReached(Conflict):
    """The system did not answer as it should; test the connection."""

    code = "not_reached"


class _Try(Body):
    tool: Annotated[str, Field(max_length=120)]
    arguments: dict[str, Any] = {}  # noqa: RUF012 - Pydantic copies it; checked against the tool's schema
    contact: Annotated[str, Field(max_length=200)] = ""


class _Document(Body):
    document: Annotated[str, Field(max_length=DOCUMENT_BYTES)] = ""
    url: Annotated[str, Field(max_length=2048)] = ""
    operations: Annotated[list[openapi.Chosen], Field(max_length=100)] = []  # noqa: RUF012
    base_url: Annotated[str, Field(max_length=500)] = ""


class _Hosts(Body):
    version: int
    allowed_hosts: Annotated[list[str], Field(max_length=100)]


@router.get("/connectors")
async def list_connectors(_: Reader, house: HouseDep) -> dict[str, Any]:
    """All connectors with their state in this process; those of the environment first, they cannot be changed here."""
    async with house.db.reading() as tx:
        rows = await configured.connectors(tx)
    health = {one.system: one for one in house.connectors.health()}
    fixed = [
        {
            "id": None, "kind": _FIXED, "name": "", "title": one.system, "enabled": True, "tools": _tools(one.tools()),
            **_state(health.get(one.system), ""),
        }
        for one in house.registry.fixed
    ]  # fmt: skip
    return {"items": [*fixed, *(_shown(row, house) for row in rows)], "next": None}


@router.post("/connectors", status_code=201)
async def create(body: NewConnector, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Connect a system."""
    async with house.db.transaction() as tx:
        row = await configured.create(tx, body, house.vault, author=user.id, ip=user.ip)
        _check_names(house, row)
    await house.registry.load(house.db)
    return _shown(row, house)


@router.post("/connectors/preview")
async def preview(body: NewConnector, _: Editor, house: HouseDep) -> dict[str, Any]:
    """The tools a connector would offer, before anything is stored; asks the system only where it names its tools."""
    row = Stored(
        id=new_id(), kind=body.kind, name=body.name, title=body.title, settings=body.settings, secret="",
        secret_hint="", tools={name: told.model_dump() for name, told in body.tools.items()}, discovered=[],
        enabled=True, version=0, created_at=house.clock.now(), updated_at=house.clock.now(),
    )  # fmt: skip
    made = house.registry.make(row)
    try:
        return {"tools": _tools(made.tools())}
    finally:
        await made.close()


@router.post("/connectors/openapi")
async def read_openapi(body: _Document, _: Editor, house: HouseDep) -> dict[str, Any]:
    """Operations of an OpenAPI document; with `operations` chosen also the mapping file that makes tools of them."""
    interface = openapi.read(await _document(body, house), source_url=body.url)
    made = openapi.mapping(interface, body.operations, base_url=body.base_url) if body.operations else None
    return {
        "title": interface.title,
        "base_url": interface.base_url,
        "auth": dict(interface.auth),
        "operations": [asdict(one) for one in interface.operations],
        "mapping": made,
    }


@router.get("/connectors/{id}")
async def read(connector: ConnectorId, _: Reader, house: HouseDep) -> dict[str, Any]:
    """One connector."""
    async with house.db.reading() as tx:
        return _shown(await configured.connector(tx, connector), house)


@router.patch("/connectors/{id}")
async def change(connector: ConnectorId, body: ConnectorChange, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Change a connector; the secret stays unless a new one is sent, and never follows to another address."""
    async with house.db.transaction() as tx:
        row = await configured.change(tx, connector, body, house.vault, author=user.id, ip=user.ip)
        _check_names(house, row)
    await house.registry.load(house.db)
    return _shown(row, house)


@router.delete("/connectors/{id}", status_code=204)
async def delete(connector: ConnectorId, user: Editor, house: HouseDep) -> None:
    """Disconnect a system and forget its secret."""
    async with house.db.transaction() as tx:
        await configured.delete(tx, connector, author=user.id, ip=user.ip)
    await house.registry.load(house.db)


@router.post("/connectors/{id}/test")
async def test(connector: ConnectorId, _: Editor, house: HouseDep) -> dict[str, Any]:
    """Ask the system once: is it there, does it take our key? `code`: null, or why not."""
    async with house.db.reading() as tx:
        row = await configured.connector(tx, connector)
    started = house.clock.monotonic()
    made = _made(row, house)
    code = detail = None
    try:
        await made.check()
    except ToolFailed as error:
        code, detail = error.code.value, error.detail
    finally:
        await made.close()
    return {"ok": code is None, "code": code, "detail": detail, "seconds": house.clock.monotonic() - started}


@router.post("/connectors/{id}/discover")
async def discover(connector: ConnectorId, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Ask an MCP server what it offers. Tools that are described otherwise than when they were allowed are shut."""
    async with house.db.reading() as tx:
        row = await configured.connector(tx, connector)
    made = _made(row, house)
    try:
        if not isinstance(made, McpServer):
            raise Invalid("Only MCP servers name their tools themselves.")
        found = await made.discover()
    except ToolFailed as error:
        raise NotReached(reason=error.code.value) from error
    finally:
        await made.close()
    async with house.db.transaction() as tx:
        row = await configured.keep_discovered(tx, connector, found, author=user.id)
    await house.registry.load(house.db)
    return _shown(row, house)


@router.post("/connectors/{id}/try")
async def try_tool(connector: ConnectorId, body: _Try, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Run one of its read tools for a customer id of the shop, and see what comes back. Audited."""
    async with house.db.transaction() as tx:
        row = await configured.connector(tx, connector)
        await audit.append(
            tx, actor_id=user.id, action="connector.tried", subject=f"connector:{connector}", data={"tool": body.tool},
            ip=user.ip,
        )  # fmt: skip
    trial = Connectors([_made(row, house)], clock=house.clock)
    try:
        tool = trial.tool(body.tool)
        if tool is None or tool.effect != "read":
            raise Invalid("Only read tools of this connector can be tried.")
        if tool.needs_contact and not body.contact:
            raise Invalid(errors=[{"loc": ["body", "contact"], "msg": "a customer id of the shop"}])
        found = await trial.call(body.tool, body.arguments, BaseModel, contact_external_id=body.contact)
    finally:
        await trial.close()
    if isinstance(found, Failure):
        return {"ok": False, "code": found.code.value, "result": None}
    return {"ok": True, "code": None, "result": found.value.model_dump(mode="json")}


@router.get("/egress")
async def read_egress(_: Reader, house: HouseDep) -> dict[str, Any]:
    """Hosts of one's own network that may be reached."""
    async with house.db.reading() as tx:
        found = await store.read(tx, NAME, EgressSettings)
    return {"version": found.version, **found.value.model_dump(mode="json")}


@router.put("/egress")
async def change_egress(body: _Hosts, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Say which hosts of one's own network may be reached. Audited."""
    value = store.changed(EgressSettings(), {"allowed_hosts": body.allowed_hosts}, loc=("body",))
    async with house.db.transaction() as tx:
        before = await store.read(tx, NAME, EgressSettings)
        version = await store.save(tx, NAME, value, author_id=user.id, after=body.version)
        data = {
            "added": sorted(set(value.allowed_hosts) - set(before.value.allowed_hosts)),
            "removed": sorted(set(before.value.allowed_hosts) - set(value.allowed_hosts)),
        }
        await audit.append(tx, actor_id=user.id, action="egress.changed", data=data, ip=user.ip)
    await house.registry.load(house.db)
    return {"version": version, **value.model_dump(mode="json")}


# ── shared ──


async def _document(body: _Document, house: House) -> str:
    if body.document:
        return body.document
    if not body.url:
        raise Invalid(errors=[{"loc": ["body", "url"], "msg": "a document or its address"}])
    found = await house.egress.fetch(body.url, max_bytes=DOCUMENT_BYTES, timeout=DOCUMENT_TIMEOUT)
    return found.body.decode(errors="replace")


def _made(row: Stored, house: House) -> Checked:
    try:
        return house.registry.make(row)
    except Unreadable as error:
        raise SecretUnreadable from error


def _check_names(house: House, row: Stored) -> None:
    """Refuse what another connector has already. Raises: `ToolTaken`, `TitleTaken`."""
    if not row.enabled:
        return
    others = house.registry.others(row.id)
    if any(one.system == row.title for one in others):
        raise TitleTaken(title=row.title)
    taken = {tool.name for one in others for tool in one.tools()}
    mine = {tool.name for tool in _made(row, house).tools()}
    if mine & taken:
        raise ToolTaken(tools=sorted(mine & taken))


def _shown(row: Stored, house: House) -> dict[str, Any]:
    problem = house.registry.problem(row.id) if row.enabled else ""
    running = next((one for one in house.connectors.health() if one.system == row.title), None)
    try:
        tools = _tools((house.registry.running(row.id) or _made(row, house)).tools())
    except AppError as error:
        tools, problem = [], problem or error.code
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "title": row.title,
        "settings": row.settings,
        "secret": {"is_set": bool(row.secret), "ends_with": row.secret_hint},
        "decisions": row.tools,
        "discovered": row.discovered,
        "tools": tools,
        "enabled": row.enabled,
        "version": row.version,
        "updated_at": moment(row.updated_at),
        **_state(running if row.enabled else None, problem),
    }


def _state(health: Health | None, problem: str) -> dict[str, Any]:
    """`state`: ok, error (the last call failed), resting (left alone after many), unused (not asked yet), off."""
    if problem:
        return {"state": "error", "problem": problem, "last_ok_at": None, "last_error_at": None}
    if health is None:
        return {"state": "off", "problem": None, "last_ok_at": None, "last_error_at": None}
    failed = health.last_error_at is not None and (not health.last_ok_at or health.last_error_at > health.last_ok_at)
    state = "resting" if health.is_resting else "error" if failed else "ok" if health.last_ok_at else "unused"
    return {
        "state": state,
        "problem": health.last_error.value if failed and health.last_error else None,
        "last_ok_at": moment(health.last_ok_at),
        "last_error_at": moment(health.last_error_at),
        "last_seconds": health.last_seconds,
    }


def _tools(tools: Any) -> list[dict[str, Any]]:
    return [_tool(tool) for tool in tools]


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "about": tool.about,
        "effect": tool.effect,
        "needs_contact": tool.needs_contact,
        "arguments": tool.schema(),
    }
