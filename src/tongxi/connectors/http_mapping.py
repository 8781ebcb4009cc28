"""Any system with an HTTP interface, described by a mapping file (`mapping`)."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2
from pydantic import BaseModel

from tongxi.connectors.asking import Answered, ask, check_status
from tongxi.connectors.business import CANONICAL
from tongxi.connectors.mapping import CONTACT, IDEMPOTENCY_KEY, MappedTool, MappingFile
from tongxi.connectors.oauth import ClientCredentials
from tongxi.connectors.protocol import Call, Document, FailureCode, Tool, ToolFailed
from tongxi.connectors.templates import MISSING, Absent, at, fill, fill_path, fill_text, result
from tongxi.kit.clock import Clock

Query = dict[str, str | list[str]]
"""Parameters of an address; one with several values stands there several times."""


class HttpMapping:
    """Tools are called `<prefix>__<name>`, those of `business.CANONICAL` by their own name."""

    def __init__(
        self, mapping: MappingFile, secret: str, *, system: str, prefix: str, client: httpx2.AsyncClient, clock: Clock,
        without: Collection[str] = (),
    ) -> None:  # fmt: skip
        """`client` is closed with the connector; it follows no redirects. `without`: tools switched off."""
        self.system = system
        self._without = frozenset(without)
        self._mapping, self._secret, self._prefix, self._client = mapping, secret, prefix, client
        auth = mapping.auth
        self._tokens = (
            ClientCredentials(client, auth.token_url, secret, clock, scope=auth.scope)
            if auth.kind == "client_credentials"
            else None
        )

    def tools(self) -> Sequence[Tool]:
        return [self._tool(one) for one in self._mapping.tools if one.name not in self._without]

    def _tool(self, mapped: MappedTool) -> Tool:
        canonical = CANONICAL.get(mapped.name)
        return Tool(
            mapped.name if canonical else f"{self._prefix}__{mapped.name}",
            mapped.about,
            canonical.arguments if canonical else mapped.arguments,
            mapped.effect,
            partial(self._run, mapped),
            needs_contact=not mapped.public,
            timeout=timedelta(seconds=mapped.timeout_seconds or self._mapping.timeout_seconds),
        )

    async def check(self) -> None:
        """See whether the system answers and takes our key. Raises: `ToolFailed`."""
        answer = await self._ask("GET", self._mapping.check or "/", {}, {}, None)
        if self._mapping.check or answer.status in (401, 403) or answer.status >= 500:
            check_status(answer.status)

    async def close(self) -> None:
        await self._client.aclose()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    async def _run(self, mapped: MappedTool, call: Call, arguments: Any) -> BaseModel:
        given = arguments.model_dump(mode="json") if isinstance(arguments, BaseModel) else dict(arguments)
        values = given | {CONTACT: call.contact_external_id, IDEMPOTENCY_KEY: call.idempotency_key or ""}
        try:
            path = fill_path(mapped.path, values)
        except Absent as error:
            raise ToolFailed(FailureCode.BAD_ARGUMENTS, "path") from error
        query = _query(mapped.query, values)
        headers = _texts(mapped.headers, values)
        if mapped.idempotency_header and call.idempotency_key:
            headers[mapped.idempotency_header] = call.idempotency_key
        if any(not value.isprintable() for value in headers.values()):
            raise ToolFailed(FailureCode.BAD_ARGUMENTS, "header")
        body = None if mapped.body is None else fill(mapped.body, values)
        answer = await self._ask(mapped.method, path, query, headers, body, is_form=mapped.form)
        check_status(answer.status, mapped.errors)
        document = answer.json() if answer.body.strip() else {}
        if mapped.owner:
            _check_owner(document, mapped.owner, call.contact_external_id)
        try:
            made = result(mapped.result, document)
        except Absent as error:
            raise ToolFailed(FailureCode.BAD_ANSWER, "result") from error
        canonical = CANONICAL.get(mapped.name)
        if canonical:
            return canonical.result.model_validate(made)
        if made is MISSING:
            raise ToolFailed(FailureCode.BAD_ANSWER, "result")
        return Document(data=made if isinstance(made, dict) else {"value": made})

    async def _ask(
        self, method: str, path: str, query: Query, headers: dict[str, str], body: Any, is_form: bool = False
    ) -> Answered:
        form = {name: str(value) for name, value in body.items()} if is_form and isinstance(body, dict) else None
        url = self._mapping.base_url.rstrip("/") + path
        for is_last in (self._tokens is None, True):
            proof, params = await self._proof(query)
            sent = {**self._mapping.headers, **headers, **proof}
            json = None if form is not None else body
            answer = await ask(self._client, method, url, params=params, headers=sent, json=json, form=form)
            if answer.status != 401 or is_last:
                break
            assert self._tokens is not None
            self._tokens.forget()  # ended early: nothing was done, so once more with a new one
        return answer

    async def _proof(self, query: Query) -> tuple[dict[str, str], Query]:
        """Headers and query with what proves who we are."""
        auth = self._mapping.auth
        match auth.kind:
            case "bearer":
                return {"Authorization": f"Bearer {self._secret}"}, query
            case "basic":
                return {"Authorization": "Basic " + base64.b64encode(self._secret.encode()).decode()}, query
            case "header":
                return {auth.name: self._secret}, query
            case "query":
                return {}, {**query, auth.name: self._secret}
            case "client_credentials":
                assert self._tokens is not None
                return {"Authorization": f"Bearer {await self._tokens.token()}"}, query
        return {}, query


def _query(templates: Mapping[str, str], values: Mapping[str, Any]) -> Query:
    """As `_texts`; a list stands as often as it has members, as OpenAPI has it."""
    made: Query = {}
    for name, template in templates.items():
        value = fill(template, values)
        if isinstance(value, list):
            made[name] = [str(one) for one in value]
        elif (text := fill_text(template, values)) is not None:
            made[name] = text
    return made


def _texts(templates: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    made = {name: fill_text(template, values) for name, template in templates.items()}
    return {name: text for name, text in made.items() if text is not None}


def _check_owner(document: Any, pointer: str, contact: str) -> None:
    """Raises: `ToolFailed` when an answer is another customer's, or does not say whose it is."""
    is_list = "*" in pointer.split("/")
    owners = list(_everywhere(document, pointer))
    if any(owner is MISSING or owner is None for owner in owners):
        raise ToolFailed(FailureCode.BAD_ANSWER, "owner")
    if any(str(owner) != contact for owner in owners):
        raise ToolFailed(FailureCode.BAD_ANSWER if is_list else FailureCode.NOT_FOUND, "owner" if is_list else "")


def _everywhere(document: Any, pointer: str) -> Iterator[Any]:
    before, star, after = pointer.partition("/*")
    found = at(document, before)
    if not star:
        yield found
    elif isinstance(found, list):
        for one in found:
            yield from _everywhere(one, after)
    else:
        yield MISSING
