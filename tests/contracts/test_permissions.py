"""Every endpoint × every role against one table. An endpoint without a row fails, and so does a row without endpoint.

Source: docs/reference/roles.md.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

import tongxi.api
from tests.support.walk import ENDPOINTS, Walk
from tongxi.accounts.roles import Role
from tongxi.app import ROUTERS

# Who may: O owner, A admin, S supervisor, E editor, G agent, R auditor (who reads).
LETTERS = {
    "O": Role.OWNER, "A": Role.ADMIN, "S": Role.SUPERVISOR, "E": Role.EDITOR, "G": Role.AGENT, "R": Role.AUDITOR,
}  # fmt: skip
EVERYBODY = "OASEGR"
"""Anybody with a session."""
PUBLIC = "public"
"""Anybody at all."""
VISITOR = "visitor"
"""A customer's token, and nothing else."""
SIGNED = "signed"
"""A customer's token, or a signed address."""

TABLE = {
    # accounts
    "GET /auth/status": PUBLIC,
    "POST /auth/first-owner": PUBLIC,
    "POST /auth/login": PUBLIC,
    "POST /auth/logout": PUBLIC,
    "GET /auth/me": EVERYBODY,
    "PATCH /auth/me": EVERYBODY,
    "POST /auth/password": EVERYBODY,
    "GET /auth/sessions": EVERYBODY,
    "DELETE /auth/sessions": EVERYBODY,
    "DELETE /auth/sessions/{}": EVERYBODY,
    "GET /users": "OA   R",
    "POST /users": "OA",
    "GET /users/{}": "OA   R",
    "PATCH /users/{}": "OA",
    "POST /users/{}/password": "OA",
    "GET /roles": EVERYBODY,
    "GET /invitations": "OA",
    "POST /invitations": "OA",
    "DELETE /invitations/{}": "OA",
    "GET /invitations/{}": PUBLIC,
    "POST /invitations/{}/accept": PUBLIC,
    "GET /audit": "O    R",
    # configuration
    "GET /inboxes": EVERYBODY,
    "POST /inboxes": "OA",
    "GET /inboxes/{}": "OAS  R",
    "PATCH /inboxes/{}": "OA",
    "GET /inboxes/{}/greetings": "OAS  R",
    "POST /inboxes/{}/greetings/{}/restore": "OA",
    "POST /inboxes/{}/rotate-secret": "OA",
    "GET /connectors": "OAS  R",
    "POST /connectors": "OA",
    "POST /connectors/preview": "OA",
    "POST /connectors/openapi": "OA",
    "GET /connectors/{}": "OAS  R",
    "PATCH /connectors/{}": "OA",
    "DELETE /connectors/{}": "OA",
    "POST /connectors/{}/test": "OA",
    "POST /connectors/{}/discover": "OA",
    "POST /connectors/{}/try": "OA",
    "GET /egress": "OAS  R",
    "PUT /egress": "OA",
    "GET /queues": EVERYBODY,
    "POST /queues": "OAS",
    "PATCH /queues/{}": "OAS",
    "GET /skills": EVERYBODY,
    "POST /skills": "OAS",
    # bot
    "GET /flows": "OAS  R",
    "POST /flows/check": "OAS  R",
    "POST /flows/dry-run": "OAS  R",
    "GET /flows/{}": "OAS  R",
    "PATCH /flows/{}": "OA",
    "PUT /flows/{}/draft": "OA",
    "DELETE /flows/{}/draft": "OA",
    "POST /flows/{}/publish": "OA",
    "POST /flows/{}/restore": "OA",
    "GET /flows/{}/runs": "OAS  R",
    "GET /flows/{}/versions": "OAS  R",
    "GET /flows/{}/diff": "OAS  R",
    "GET /bot/settings": "OAS  R",
    "PUT /bot/draft": "OA",
    "DELETE /bot/draft": "OA",
    "POST /bot/publish": "OA",
    "GET /bot/versions": "OAS  R",
    "GET /bot/versions/{}": "OAS  R",
    "POST /bot/versions/{}/restore": "OA",
    "GET /bot/rules": "OAS  R",
    "POST /bot/playground": "OAS  R",
    # language models
    "GET /models": "OAS  R",
    "PUT /models/settings": "OA",
    "POST /models/providers": "OA",
    "PATCH /models/providers/{}": "OA",
    "DELETE /models/providers/{}": "OA",
    "POST /models/providers/{}/test": "OA",
    "GET /models/providers/{}/models": "OA",
    "GET /bakeoffs": "OAS  R",
    "POST /bakeoffs": "OA",
    "GET /bakeoffs/{}": "OAS  R",
    "POST /bakeoffs/{}/cancel": "OA",
    "GET /comparisons": "O S G",
    "POST /comparisons/{}": "O S G",
    # translation
    "GET /translation": "OAS  R",
    "PUT /translation": "OA",
    "POST /translation/test": "OA",
    "POST /translation/glossary": "OASE",
    "DELETE /translation/glossary/{}": "OASE",
    # conversations
    "GET /conversations": "O S GR",
    "GET /conversations/counts": "O S GR",
    "GET /conversations/{}": "O S G",
    "GET /conversations/{}/entries": "O S G",
    "GET /conversations/{}/briefing": "O S G",
    "GET /conversations/{}/orders": "O S G",
    "GET /conversations/{}/wrap-up": "O S G",
    "POST /conversations/{}/wrap-up": "O S G",
    "POST /conversations/{}/messages": "O S G",
    "POST /conversations/{}/messages/{}/translate": "O S G",
    "POST /conversations/{}/notes": "O S G",
    "POST /conversations/{}/claim": "O S G",
    "POST /conversations/{}/transfer": "O S G",
    "POST /conversations/{}/give-back": "O S G",
    "POST /conversations/{}/end": "O S G",
    "POST /conversations/{}/read": "O S G",
    "PUT /conversations/{}/facts/{}": "O S G",
    "POST /conversations/{}/typing": "O S G",
    "POST /queue/next": "O S G",
    "GET /presence": EVERYBODY,
    "PUT /presence": "O S G",
    "GET /agents": EVERYBODY,
    "GET /overview": "OAS  R",
    "GET /follow-ups": "O S G",
    "PATCH /follow-ups/{}": "O S G",
    "POST /attachments": "O S G",
    "GET /attachments/{}": "O S G",
    "GET /contacts/{}": "O S G",
    "GET /contacts/{}/history": "O S G",
    "GET /contacts/{}/pages": "O S G",
    # knowledge
    "GET /intents": EVERYBODY,
    "POST /intents": "OA E",
    "GET /intents/starter": "OA E",
    "POST /intents/starter": "OA E",
    "GET /intents/model": EVERYBODY,
    "POST /intents/read": EVERYBODY,
    "POST /intents/corrections": "O S G",
    "GET /intents/{}": EVERYBODY,
    "PATCH /intents/{}": "OA E",
    "DELETE /intents/{}": "OA E",
    "POST /intents/{}/examples": "OA E",
    "DELETE /intents/{}/examples/{}": "OA E",
    "GET /articles": EVERYBODY,
    "POST /articles": "OASEG",
    "POST /articles/import": "OASE",
    "GET /articles/{}": EVERYBODY,
    "PATCH /articles/{}": "OASEG",
    "DELETE /articles/{}": "OASE",
    "POST /articles/{}/publish": "OASE",
    "POST /articles/{}/unpublish": "OASE",
    "GET /articles/{}/versions": EVERYBODY,
    "POST /media": "OASEG",
    "GET /media/{}": EVERYBODY,
    "GET /knowledge/search": EVERYBODY,
    "GET /knowledge/sources": EVERYBODY,
    "POST /knowledge/sources": "OASE",
    "POST /knowledge/sources/{}/fetch": "OASE",
    "DELETE /knowledge/sources/{}": "OASE",
    # the promise
    "GET /calibration": "OAS  R",
    "GET /calibration/groups/{}": "OAS  R",
    "POST /calibration/plans": "OA",
    "DELETE /calibration/plans/{}": "OA",
    "POST /calibration/plans/{}/certify": "OA",
    "GET /calibration/alarms": "OAS  R",
    "POST /calibration/alarms/{}/seen": "OA",
    "GET /calibration/queue": "O S G",
    "POST /calibration/samples/{}/label": "O S G",
    "GET /conversations/{}/verdicts": "O S G",
    "POST /conversations/{}/answers/{}/verdict": "O S G",
    # customers
    "POST /widget/session": PUBLIC,
    "DELETE /widget/session": VISITOR,
    "GET /widget/conversations": VISITOR,
    "GET /widget/conversations/{}/entries": VISITOR,
    "POST /widget/messages": VISITOR,
    "POST /widget/attachments": VISITOR,
    "GET /widget/attachments/{}": SIGNED,
    "GET /widget/media/{}": SIGNED,
    "POST /widget/person": VISITOR,
    "POST /widget/bot": VISITOR,
    "POST /widget/end": VISITOR,
    "POST /widget/follow-up": VISITOR,
    "POST /widget/rating": VISITOR,
    "POST /widget/feedback": VISITOR,
    "POST /widget/pages": VISITOR,
    "PUT /widget/browsing": VISITOR,
}
OPEN_PAGES = {
    "GET /healthz", "GET /readyz", "GET /widget.js", "GET /widget/assets/{}", "GET /chat",
}  # fmt: skip
"""Outside of the API: for everybody, without anybody's data."""


def _roles(endpoint: str) -> set[Role]:
    return {LETTERS[letter] for letter in TABLE[endpoint].replace(" ", "")}


def _for_colleagues() -> list[str]:
    return [endpoint for endpoint in ENDPOINTS if TABLE.get(endpoint, PUBLIC) not in (PUBLIC, VISITOR, SIGNED)]


def _for_customers() -> list[str]:
    return [endpoint for endpoint in ENDPOINTS if TABLE.get(endpoint) in (VISITOR, SIGNED)]


def test_every_endpoint_has_a_row() -> None:
    known = TABLE.keys() | OPEN_PAGES
    pages = {
        name for name, route in ENDPOINTS.items() if not route.path.startswith("/api/") and not route.include_in_schema
    }
    assert sorted(ENDPOINTS.keys() - known - pages) == []


def test_every_row_has_an_endpoint() -> None:
    assert sorted(TABLE.keys() - ENDPOINTS.keys()) == []


def test_every_router_is_part_of_the_application() -> None:
    modules = {module.name for module in pkgutil.iter_modules(tongxi.api.__path__)}
    with_routes = {name for name in modules if hasattr(import_module(f"tongxi.api.{name}"), "router")}
    assert with_routes <= set(ROUTERS)


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_what_its_row_says(walk: Walk, role: Role) -> None:
    wrong = []
    for endpoint in _for_colleagues():
        answer = await walk.call(endpoint, await walk.cookie(role))
        refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
        if answer.status_code == 401 or answer.status_code >= 500 or refused == (role in _roles(endpoint)):
            wrong.append(f"{endpoint}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("who", ["nobody", "a customer", "a wrong session"])
async def test_colleagues_endpoints_are_closed_to_everybody_else(walk: Walk, who: str) -> None:
    wrong = []
    for endpoint in _for_colleagues():
        headers = {
            "nobody": {},
            "a customer": await walk.bearer() if who == "a customer" else {},
            "a wrong session": {"Cookie": "tongxi=" + "x" * 43},
        }[who]
        answer = await walk.call(endpoint, headers)
        if answer.status_code != 401 or answer.json()["code"] != "unauthenticated":
            wrong.append(f"{endpoint}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_customers_endpoints_take_a_customers_token_only(walk: Walk) -> None:
    wrong = []
    for endpoint in _for_customers():
        for headers in ({}, await walk.cookie(Role.OWNER), {"Authorization": "Bearer " + "x" * 43}):
            answer = await walk.call(endpoint, headers)
            if answer.status_code != 401:
                wrong.append(f"{endpoint} without a token: {answer.status_code} {answer.text[:200]}")
        answer = await walk.call(endpoint, await walk.bearer())
        if answer.status_code in (401, 403) or answer.status_code >= 500:
            wrong.append(f"{endpoint} with a token: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_public_endpoints_do_not_ask_who_is_there(walk: Walk) -> None:
    wrong = []
    for endpoint in (name for name in ENDPOINTS if TABLE.get(name) == PUBLIC):
        answer = await walk.call(endpoint, {})
        if answer.status_code in (401, 403) or answer.status_code >= 500:
            wrong.append(f"{endpoint}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EDITOR, Role.AUDITOR])
async def test_what_a_customer_writes_reaches_nobody_who_may_not_read_it(walk: Walk, role: Role) -> None:
    canary = "金丝雀 canary-7391"
    customer = await walk.bearer()
    async with walk.http() as http:
        sent = await http.post(
            "/api/v1/widget/messages", json={"id": "c1", "text": f"{canary}，我要转人工"}, headers=customer
        )
        assert sent.status_code == 201, sent.text
        [seen] = (await http.get("/api/v1/widget/conversations", headers=customer)).json()["items"]
        owner = await walk.cookie(Role.OWNER)
        read = await http.get(f"/api/v1/conversations/{seen['id']}", headers=owner)
        assert "canary-7391" in read.text, "the test has to see the text where it may be seen"
        contact = read.json()["contact"]["id"]
    leaks = []
    for endpoint in _for_colleagues():
        method, path = endpoint.split(" ")
        if method != "GET":
            continue
        for of in (seen["id"], contact, str(seen["number"])) if "{}" in path else ("",):
            for query in ("", "?q=canary-7391", "?group=all", "?group=all&q=canary-7391"):
                async with walk.http() as http:
                    answer = await http.get(f"/api/v1{path.replace('{}', of)}{query}", headers=await walk.cookie(role))
                if "canary-7391" in answer.text or ("q=" in query and seen["id"] in answer.text):
                    leaks.append(f"{path}{query}: {answer.text[:200]}")
    assert leaks == []
