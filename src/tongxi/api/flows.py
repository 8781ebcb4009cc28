"""Flows: read, draft, check, publish, compare, go back, switch on and off, try without effect."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, StringConstraints

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import Limit, page
from tongxi.bot.flows import runs, versions
from tongxi.bot.flows.dry_run import MAX_MESSAGES, Message, Turn, dry_run
from tongxi.bot.flows.loading import MAX_CHARS, check, describe, load
from tongxi.bot.flows.models import STEP_KINDS, Compare, Flow, Test, Words, walk
from tongxi.bot.flows.registry import shipped
from tongxi.bot.flows.source_lines import step_lines
from tongxi.bot.flows.step import Outcome
from tongxi.conversations.views import at as moment
from tongxi.house import House
from tongxi.kit.errors import Forbidden, NotFound
from tongxi.kit.i18n import base, has, t

router = APIRouter(prefix="/api/v1/flows", tags=["flows"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_BOT)]
Name = Annotated[str, Path(alias="name", pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Source = Annotated[str, StringConstraints(max_length=MAX_CHARS)]
Version = Annotated[int, Field(ge=0, le=2**31 - 2)]
RunCursor = Annotated[
    str | None, Query(alias="cursor", pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{1,18}$")
]


class _Draft(Body):
    source: Source
    seen: Annotated[str, Field(max_length=64)] = ""
    """`revision` of the draft that was read; empty: there was none."""


class _Check(Body):
    source: Source


class _Publish(Body):
    seen: Annotated[str, Field(max_length=64)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class _Restore(Body):
    version: Version


class _Switch(Body):
    enabled: bool


class _Message(Body):
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    tap: Annotated[str | None, Field(max_length=200)] = None


class _Try(Body):
    source: Source
    messages: Annotated[list[_Message], Field(min_length=1, max_length=MAX_MESSAGES)]
    language: Literal["zh", "en"] = "zh"
    reads: Literal["sample", "live"] = "sample"
    customer: Annotated[str, Field(max_length=200)] = ""
    """With `live`: the shop's id of the customer whose data is read."""


@router.get("")
async def list_flows(user: Reader, house: HouseDep) -> dict[str, Any]:
    """All flows, shipped and own, with what is live and whether a draft is under way."""
    async with house.db.transaction() as tx:
        rows = await tx.dicts(
            "select f.name, f.is_enabled, f.live_version, f.updated_at, u.name as updated_by,"
            " exists (select 1 from flow_version v where v.name = f.name and v.status = 'draft') as has_draft"
            " from flow f left join app_user u on u.id = f.updated_by order by f.name"
        )
    stored = {row["name"]: row for row in rows}
    names = [*shipped(), *(name for name in stored if name not in shipped())]
    return {"items": [_row(house, name, stored.get(name), base(user.locale)) for name in names], "next": None}


@router.post("/check")
async def check_source(body: _Check, user: Reader, house: HouseDep) -> dict[str, Any]:
    """What is wrong with a flow, line by line, and its steps when nothing is."""
    return _checked(house, body.source, base(user.locale))


@router.post("/dry-run")
async def try_flow(body: _Try, user: Reader, house: HouseDep) -> dict[str, Any]:
    """Play messages through a flow; nothing is changed anywhere. Reading real data needs the right to see customers."""
    if body.reads == "live" and not user.may(Permission.READ_ALL_CONVERSATIONS):
        raise Forbidden(permission=Permission.READ_ALL_CONVERSATIONS.value)
    flow = load(body.source, _effect(house))
    is_live = body.reads == "live" and body.customer
    turns = await dry_run(
        flow, [Message(one.text, one.tap) for one in body.messages], language=body.language, now=house.clock.now(),
        zone="Asia/Shanghai", tools=house.connectors if is_live else None, customer=body.customer or "sample",
    )  # fmt: skip
    return {"turns": [_turn(one, base(user.locale)) for one in turns]}


@router.get("/{name}")
async def read(name: Name, user: Reader, house: HouseDep) -> dict[str, Any]:
    """One flow: the draft if there is one, what is live, problems, steps."""
    language = base(user.locale)
    async with house.db.transaction() as tx:
        row = await tx.dict("select is_enabled, live_version from flow where name = %s", (name,))
        if row is None and name not in shipped():
            raise NotFound
        draft = await versions.draft(tx, name)
        live = row["live_version"] if row else None
        has_live = live is not None or name in shipped()
        source = await versions.source_of(tx, name, live or 0) if has_live else ""
    shown = draft.source if draft else source
    return {
        "name": name,
        "is_shipped": name in shipped(),
        "enabled": row["is_enabled"] if row else True,
        "live": {"version": live or 0, "source": source} if has_live else None,
        "draft": {
            "source": draft.source,
            "revision": draft.revision,
            "saved_at": _stamp(draft.created_at),
            "author": draft.author,
        }
        if draft
        else None,
        **_checked(house, shown, language),
    }


@router.put("/{name}/draft")
async def save_draft(name: Name, body: _Draft, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Keep a draft, with its mistakes. 409 `stale_version` when somebody else saved meanwhile."""
    at = house.clock.now()
    async with house.db.transaction() as tx:
        await versions.save_draft(tx, name, body.source, seen=body.seen, author=user.id, at=at, ip=user.ip)
        draft = await versions.draft(tx, name)
    assert draft is not None
    return {
        "revision": draft.revision,
        "saved_at": _stamp(draft.created_at),
        **_checked(house, body.source, base(user.locale)),
    }


@router.delete("/{name}/draft", status_code=204)
async def drop_draft(name: Name, user: Editor, house: HouseDep) -> None:
    """Throw the draft away."""
    async with house.db.transaction() as tx:
        await versions.drop_draft(tx, name, author=user.id, ip=user.ip)


@router.post("/{name}/publish")
async def publish(name: Name, body: _Publish, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Publish the draft; it runs from the next message on. 422 `flow_invalid` with its problems."""
    async with house.db.transaction() as tx:
        version = await versions.publish(
            tx, name, seen=body.seen, note=body.note, known=_effect(house), author=user.id, at=house.clock.now(),
            ip=user.ip,
        )  # fmt: skip
    await house.flows.load(house.db)
    return {"version": version}


@router.post("/{name}/restore")
async def restore(name: Name, body: _Restore, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Make an earlier version live again; 0: the flow as shipped."""
    async with house.db.transaction() as tx:
        version = await versions.roll_back(
            tx, name, body.version, known=_effect(house), author=user.id, at=house.clock.now(), ip=user.ip
        )
    await house.flows.load(house.db)
    return {"version": version}


@router.patch("/{name}")
async def switch(name: Name, body: _Switch, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Switch a flow on or off."""
    async with house.db.transaction() as tx:
        if name not in shipped() and not await tx.value("select 1 from flow where name = %s", (name,)):
            raise NotFound
        await versions.switch(tx, name, body.enabled, author=user.id, at=house.clock.now(), ip=user.ip)
    await house.flows.load(house.db)
    return {"enabled": body.enabled}


@router.get("/{name}/versions")
async def list_versions(name: Name, _: Reader, house: HouseDep) -> dict[str, Any]:
    """What was published, newest first, the shipped one last."""
    async with house.db.transaction() as tx:
        found = await versions.versions(tx, name)
    if not found:
        raise NotFound
    return {
        "items": [
            {
                "version": one.version, "status": one.status, "note": one.note, "author": one.author,
                "published_at": _stamp(one.published_at),
            }
            for one in found
        ],
        "next": None,
    }  # fmt: skip


@router.get("/{name}/runs")
async def list_runs(
    name: Name,
    user: Reader,
    house: HouseDep,
    outcome: Outcome | None = None,
    limit: Limit = 50,
    cursor: RunCursor = None,
) -> dict[str, Any]:
    """What the flow did lately, newest first; for whom and where only to those who may read conversations."""
    async with house.db.reading() as tx:
        rows = await runs.runs(tx, name, limit=limit + 1, after=cursor, outcome=outcome)
    may_read = user.may(Permission.READ_CONVERSATIONS)
    found = page([{**row, "id": f"{row['conversation_id']}.{row['seq']}"} for row in rows], limit)
    return {**found, "items": [_run(row, may_read=may_read) for row in found["items"]]}


@router.get("/{name}/diff")
async def compare(
    name: Name,
    _: Reader,
    house: HouseDep,
    before: Annotated[int, Query(ge=0, le=2**31 - 2)],
    after: Annotated[int, Query(ge=0, le=2**31 - 2)],
) -> dict[str, Any]:
    """Two versions line by line; a draft has a version too."""
    async with house.db.transaction() as tx:
        one, other = await versions.source_of(tx, name, before), await versions.source_of(tx, name, after)
    return {"lines": versions.diff(one, other)}


def _row(house: House, name: str, row: dict[str, Any] | None, language: str) -> dict[str, Any]:
    live = house.flows.all().get(name)
    flow: Flow | None = live.flow if live else None
    return {
        "name": name,
        "title": flow.title.text(language) if flow else name,
        "about": flow.about.text(language) if flow else "",
        "for": flow.for_ if flow else None,
        "writes": any(hasattr(step, "write") for _, step in walk(flow.steps)) if flow else False,
        "is_shipped": name in shipped(),
        "enabled": row["is_enabled"] if row else True,
        "version": live.version if live else None,
        "has_draft": bool(row and row["has_draft"]),
        "updated_at": _stamp(row["updated_at"]) if row else None,
        "updated_by": row["updated_by"] if row else None,
    }


def _run(row: dict[str, Any], *, may_read: bool) -> dict[str, Any]:
    shown = {name: row[name] for name in ("outcome", "is_open", "version", "turns", "written", "undone")}
    stamps = {"began_at": moment(row["began_at"]), "at": moment(row["at"])}
    if not may_read:
        return {"id": row["id"], **stamps, **shown}
    contact = {"id": row["contact_id"], "name": row["contact"], "verified": row["is_verified"]}
    conversation = {"id": row["conversation_id"], "number": row["number"], "seq": row["seq"]}
    return {"id": row["id"], **stamps, **shown, "contact": contact, "conversation": conversation}


def _checked(house: House, source: str, language: str) -> dict[str, Any]:
    flow, problems = check(source, _effect(house))
    return {
        "problems": [{**describe(one), "text": _said(one.code, one.params, language)} for one in problems],
        "outline": outline(flow, source, language) if flow else None,
    }


def outline(flow: Flow, source: str, language: str) -> dict[str, Any]:
    """A flow as a list of steps for people: kind, depth, lines of the source, words."""
    steps, lines = [], step_lines(source)
    for place, step in walk(flow.steps):
        kind = next(kind for kind in STEP_KINDS if kind in type(step).model_fields)
        words = getattr(step, kind, None)
        text = words.text(language) if isinstance(words, Words) else words if isinstance(words, str) else ""
        if kind == "ask":
            slot = flow.slots[step.ask]
            text = f"{slot.title.text(language)} · {slot.ask.text(language)}"
        elif kind in ("read", "write"):
            text = step.tool
        elif kind == "confirm":
            text = step.title.text(language)
        elif kind == "branch":
            text = " / ".join(
                ", ".join(f"{path}: {_tested(test)}" for path, test in case.when.items()) or "…" for case in step.branch
            )
        dotted = ".".join(map(str, place))
        first, last = lines.get(dotted, (1, 1))
        steps.append(
            {"kind": kind, "depth": place.count("branch"), "place": dotted, "text": text, "line": first, "last": last}
        )
    return {
        "title": flow.title.text(language),
        "about": flow.about.text(language),
        "for": flow.for_,
        "slots": [
            {"name": name, "kind": slot.kind, "title": slot.title.text(language), "optional": slot.optional}
            for name, slot in flow.slots.items()
        ],
        "steps": steps,
    }


def _tested(test: Test) -> str:
    """A condition in few words."""
    if isinstance(test, Compare):
        return ", ".join(f"{name} {_tested(value)}" for name, value in test.model_dump(by_alias=True).items() if value)
    return " | ".join(map(str, test)) if isinstance(test, tuple) else str(test)


def _said(code: str, params: dict[str, str], language: str) -> str:
    key = f"flow.problem.{code}"
    return t(language, key, **params) if has(key) else params.get("reason", code)


def _turn(turn: Turn, language: str) -> dict[str, Any]:
    step = turn.step
    return {
        "said": turn.said,
        "text": step.text,
        "outcome": step.outcome,
        "content": step.content,
        "slots": [{"name": code, **fact} for code, fact in step.slots.items()],
        "waits_for": step.flow.step if step.flow else None,
        "reasons": [
            {**reason.model_dump(exclude_none=True), "text": _reason(reason.code, reason.value, language)}
            for reason in step.reasons
        ],
        "trace": turn.trace,
    }


def _reason(code: str, value: float | None, language: str) -> str:
    key = f"reason.{code}"
    return t(language, key, value=f"{value:g}" if value is not None else "", threshold="") if has(key) else code


def _effect(house: House) -> Any:
    def effect(tool: str) -> str | None:
        found = house.connectors.tool(tool)
        return found.effect if found else None

    return effect


def _stamp(at: datetime | None) -> str | None:
    return moment(at) if at else None
