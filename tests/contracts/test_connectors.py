"""Every connector that offers orders keeps the same promises, against its own service over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tongxi.connectors.business import CANONICAL
from tongxi.connectors.http_shop import HttpShop
from tongxi.connectors.orders import GET_ORDER, LIST_ORDERS, GetOrder, ListOrders, Order, Orders, OrderStatus
from tongxi.connectors.protocol import Answer, Call, Connectors, Failure, FailureCode
from tongxi.demo.start import DemoShop, start_shop
from tongxi.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    folder: Path = tmp_path_factory.mktemp("shop")
    with start_shop(Settings(data=folder), port=0) as running:
        yield running


@pytest.fixture(params=["demo shop"])
async def connectors(request: pytest.FixtureRequest, shop: DemoShop) -> AsyncIterator[Connectors]:
    """Each implementation under test; a new one is added here."""
    opened = Connectors([HttpShop(shop.url, shop.keys.shop_key, system="shop")])
    await misbehave(shop, None)
    try:
        yield opened
    finally:
        await misbehave(shop, None)
        await opened.close()


async def misbehave(shop: DemoShop, kind: str | None, left: int | None = None) -> None:
    async with httpx2.AsyncClient(base_url=shop.url, trust_env=False) as client:
        told = {"kind": kind, "left": left}
        answer = await client.post("/_faults", json=told, headers={"Authorization": f"Bearer {shop.keys.shop_key}"})
        assert answer.status_code == 200


async def orders_of(connectors: Connectors, who: str) -> Answer[Orders] | Failure:
    return await connectors.call(LIST_ORDERS, ListOrders(), Orders, contact_external_id=who)


async def order_of(connectors: Connectors, who: str, number: str) -> Answer[Order] | Failure:
    return await connectors.call(GET_ORDER, GetOrder(number=number), Order, contact_external_id=who)


async def test_own_orders_newest_first(connectors: Connectors) -> None:
    answer = await orders_of(connectors, "C1001")
    assert isinstance(answer, Answer)
    placed = [one.placed_at for one in answer.value.orders]
    assert len(placed) == 3
    assert placed == sorted(placed, reverse=True)


async def test_one_order_with_its_trace_newest_first(connectors: Connectors) -> None:
    answer = await order_of(connectors, "C1001", "NC20418833")
    assert isinstance(answer, Answer)
    assert answer.value.status is OrderStatus.OUT_FOR_DELIVERY
    (parcel,) = answer.value.shipments
    times = [point.at for point in parcel.trace]
    assert len(times) >= 3
    assert times == sorted(times, reverse=True)
    assert max(times) <= answer.checked_at, "what has not happened yet is not told"


async def test_a_customer_without_orders_has_none(connectors: Connectors) -> None:
    answer = await orders_of(connectors, "C1009")
    assert isinstance(answer, Answer)
    assert answer.value.orders == ()


async def test_someone_elses_order_is_as_missing_as_none(connectors: Connectors) -> None:
    other = await order_of(connectors, "C1002", "NC20418833")
    missing = await order_of(connectors, "C1002", "NC99999999")
    assert other == missing == Failure(FailureCode.NOT_FOUND, "shop")


@pytest.mark.parametrize(
    "number", ["../customers/C1001", "NC20418833/../../products", "%2e%2e", "?customer=C1001", "#"]
)
async def test_an_order_number_cannot_change_the_route(connectors: Connectors, number: str) -> None:
    assert await order_of(connectors, "C1001", number) == Failure(FailureCode.NOT_FOUND, "shop")


async def test_a_customer_id_cannot_widen_the_question(connectors: Connectors) -> None:
    answer = await orders_of(connectors, "C1001&customer=C1002")
    assert isinstance(answer, Answer)
    assert answer.value.orders == ()


async def test_an_unknown_status_is_kept_and_called_unknown(connectors: Connectors) -> None:
    answer = await order_of(connectors, "C1014", "NC20418620")
    assert isinstance(answer, Answer)
    assert (answer.value.status, answer.value.raw_status) == (OrderStatus.UNKNOWN, "customs_hold_x2")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("500", FailureCode.UNAVAILABLE),
        ("bad_json", FailureCode.BAD_ANSWER),
        ("timeout", FailureCode.TIMEOUT),
        ("unknown_after_effect", FailureCode.TIMEOUT),
    ],
)
async def test_each_fault_has_its_code(connectors: Connectors, shop: DemoShop, kind: str, code: FailureCode) -> None:
    await misbehave(shop, kind)
    assert await orders_of(connectors, "C1003") == Failure(code, "shop")


async def test_a_slow_answer_is_an_answer(connectors: Connectors, shop: DemoShop) -> None:
    await misbehave(shop, "slow")
    assert isinstance(await orders_of(connectors, "C1003"), Answer)


async def test_a_hiccup_is_not_noticed(connectors: Connectors, shop: DemoShop) -> None:
    await misbehave(shop, "500", left=1)
    assert isinstance(await orders_of(connectors, "C1003"), Answer)


async def test_a_wrong_key_is_refused(shop: DemoShop) -> None:
    connectors = Connectors([HttpShop(shop.url, "wrong", system="shop")])
    try:
        assert await orders_of(connectors, "C1001") == Failure(FailureCode.REFUSED, "shop")
    finally:
        await connectors.close()


async def test_nobody_there_is_unavailable() -> None:
    connectors = Connectors([HttpShop("http://127.0.0.1:9", "k", system="shop")])
    try:
        assert await orders_of(connectors, "C1001") == Failure(FailureCode.UNAVAILABLE, "shop")
    finally:
        await connectors.close()


def answering(body: bytes, status: int = 200) -> HttpShop:
    """The connector in front of a service that says `body`."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    return HttpShop("http://x", "k", system="shop", client=httpx2.AsyncClient(transport=transport, base_url="http://x"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"orders": 5}',
        b'{"orders": [{"number": "N1"}]}',
        b"[" * 100_000,
        b'{"orders": [], "x": "' + b"a" * 1_100_000 + b'"}',
        b"\xff\xfe",
        b"<html>login</html>",
    ],
)
async def test_nonsense_is_a_bad_answer(body: bytes) -> None:
    assert await orders_of(Connectors([answering(body)]), "C1") == Failure(FailureCode.BAD_ANSWER, "shop")


async def test_a_list_with_someone_elses_order_is_not_believed() -> None:
    order = (
        b'{"number":"N1","customer_id":"C2","status":"paid","placed_at":"2026-01-01T00:00:00Z",'
        b'"updated_at":"2026-01-01T00:00:00Z","total":{"amount":"1","currency":"CNY"}}'
    )
    connectors = Connectors([answering(b'{"orders":[' + order + b"]}")])
    assert await orders_of(connectors, "C1") == Failure(FailureCode.BAD_ANSWER, "shop")


async def test_a_redirect_is_not_followed() -> None:
    assert await orders_of(Connectors([answering(b"", 302)]), "C1") == Failure(FailureCode.BAD_ANSWER, "shop")


async def test_tools_keep_to_their_canonical_shape_and_take_no_customer(shop: DemoShop) -> None:
    assert len(HttpShop(shop.url, "k", system="shop").tools()) == 2
    for tool in HttpShop(shop.url, "k", system="shop", has_actions=True).tools():
        shape = CANONICAL[tool.name]
        assert (tool.arguments, tool.effect, tool.needs_contact) == (
            shape.arguments,
            shape.effect,
            not shape.for_anyone,
        )
        assert not any("customer" in name or "contact" in name for name in tool.schema()["properties"])


async def test_call_carries_no_text() -> None:
    """The customer's id and the key of a write are all a tool learns of the conversation."""
    assert set(Call.__dataclass_fields__) == {"contact_external_id", "idempotency_key"}
