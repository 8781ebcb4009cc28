"""Every shop that is connected by configuration keeps the same promises: mapping file, Shopify, WooCommerce."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.local_http import LocalHttp, Reply, local_http, reply
from tests.support.shop_servers import MAPPING, TOKEN, WOO_SECRET, ShopServer
from tongxi.connectors.http_mapping import HttpMapping
from tongxi.connectors.mapping import parse
from tongxi.connectors.oauth import ClientCredentials
from tongxi.connectors.orders import GET_ORDER, LIST_ORDERS, GetOrder, ListOrders, Order, Orders, OrderStatus
from tongxi.connectors.protocol import Answer, Connector, Connectors, Document, Failure, FailureCode
from tongxi.connectors.shopify import Shopify
from tongxi.connectors.woocommerce import WooCommerce
from tongxi.kit.clock import SystemClock
from tongxi.kit.egress import Egress

pytestmark = pytest.mark.anyio

PATIENCE = timedelta(seconds=0.5)
Make = Callable[[Egress, str, str], Connector]


def _mapping(egress: Egress, url: str, secret: str) -> Connector:
    return HttpMapping(
        parse(MAPPING.replace("URL", url)), secret or TOKEN, system="shop", prefix="own",
        client=egress.client(timeout=PATIENCE), clock=SystemClock(),
    )  # fmt: skip


def _shopify(egress: Egress, url: str, secret: str, **more: Any) -> Connector:
    return Shopify(
        url, secret or TOKEN, version="2026-10", system="shop", prefix="shopify", timeout=PATIENCE, with_notes=True,
        client=egress.client(timeout=PATIENCE), **more,
    )  # fmt: skip


def _woocommerce(egress: Egress, url: str, secret: str, **more: Any) -> Connector:
    return WooCommerce(
        url, secret or WOO_SECRET, system="shop", prefix="woo", timeout=PATIENCE, with_notes=True,
        client=egress.client(timeout=PATIENCE), **more,
    )  # fmt: skip


KINDS: dict[str, Make] = {"mapping": _mapping, "shopify": _shopify, "woocommerce": _woocommerce}


@dataclass(slots=True)
class Connected:
    """A shop, and how it is reached."""

    kind: str
    shop: ShopServer
    server: LocalHttp
    connectors: Connectors
    egress: Egress

    async def listed(self, who: str = "501") -> Answer[Orders] | Failure:
        return await listed(self.connectors, who)

    async def one(self, number: str, who: str = "501") -> Answer[Order] | Failure:
        return await self.connectors.call(GET_ORDER, GetOrder(number=number), Order, contact_external_id=who)


async def listed(connectors: Connectors, who: str) -> Answer[Orders] | Failure:
    return await connectors.call(LIST_ORDERS, ListOrders(), Orders, contact_external_id=who)


@pytest.fixture(params=KINDS)
async def connected(request: pytest.FixtureRequest) -> AsyncIterator[Connected]:
    shop = ShopServer()
    answer = {"mapping": shop.plain, "shopify": shop.shopify, "woocommerce": shop.woocommerce}[request.param]
    async with local_http(answer) as server:
        egress = Egress({f"127.0.0.1:{server.port}"})
        connectors = Connectors([KINDS[request.param](egress, server.url, "")])
        yield Connected(request.param, shop, server, connectors, egress)
        await connectors.close()


NOT_FOUND = Failure(FailureCode.NOT_FOUND, "shop")


async def test_own_orders_newest_first(connected: Connected) -> None:
    answer = await connected.listed()
    assert isinstance(answer, Answer)
    assert [one.number.removeprefix("#") for one in answer.value.orders] == ["1002", "1003", "1001"]
    assert all(one.total.amount == Decimal("19.90") for one in answer.value.orders)
    assert [one.is_open for one in answer.value.orders] == [True, False, True]


async def test_one_order(connected: Connected) -> None:
    answer = await connected.one("1002")
    assert isinstance(answer, Answer)
    assert answer.value.items[0].name.text("en") == "Kettle"
    assert answer.value.address == "Berlin Torstr. 1"
    if connected.kind != "mapping":
        assert answer.value.tracking_numbers == ("DHL1",)


async def test_someone_elses_order_is_as_missing_as_none(connected: Connected) -> None:
    assert await connected.one("1004") == await connected.one("9999") == NOT_FOUND


async def test_an_unknown_status_is_kept_and_called_unknown(connected: Connected) -> None:
    answer = await connected.one("1004", "502")
    assert isinstance(answer, Answer)
    assert answer.value.status is OrderStatus.UNKNOWN
    assert answer.value.raw_status in ("77", "NEW_WORD/NEW_WORD", "at-the-customs")


async def test_a_shop_that_answers_with_everybodys_orders_gives_away_none(connected: Connected) -> None:
    connected.shop.foreign = True
    answer = await connected.listed("502")
    if isinstance(answer, Answer):
        assert [one.number for one in answer.value.orders] == ["#1004"]
    else:
        assert answer.code is FailureCode.BAD_ANSWER


@pytest.mark.parametrize(
    "who", ["501 OR 1=1", '501" OR email:"bo@x.example', "*", "0", "501&customer=502", "../orders", "二"]
)
async def test_a_customer_id_cannot_widen_the_question(connected: Connected, who: str) -> None:
    answer = await connected.listed(who)
    assert not isinstance(answer, Answer) or answer.value.orders == ()


@pytest.mark.parametrize(
    "number", ["../1002", "1002/../1004", '1002" OR name:"1004', "%2e%2e", "?customer=502", "#", ".."]
)
async def test_an_order_number_cannot_change_the_question(connected: Connected, number: str) -> None:
    answer = await connected.one(number, "502")
    assert isinstance(answer, Failure)
    assert answer.code in (FailureCode.NOT_FOUND, FailureCode.BAD_ARGUMENTS)


THROTTLED = reply(
    {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": 60,
                                "throttleStatus": {"currentlyAvailable": 50, "restoreRate": 100}}},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Reply(b"oops", 500), FailureCode.UNAVAILABLE),
        (Reply(b"", 503), FailureCode.UNAVAILABLE),
        (Reply(b"", 429), FailureCode.UNAVAILABLE),
        (Reply(b"", 403), FailureCode.REFUSED),
        (Reply(hang=True), FailureCode.TIMEOUT),
        (Reply(b"{", 200), FailureCode.BAD_ANSWER),
        (Reply(b"<html>Sign in</html>", 200, "text/html"), FailureCode.BAD_ANSWER),
        (Reply(b"null"), FailureCode.BAD_ANSWER),
        (Reply(b"[1]"), FailureCode.BAD_ANSWER),
        (Reply(b'"' + b"a" * 1_100_000 + b'"'), FailureCode.BAD_ANSWER),
        (Reply(status=302, headers=(("Location", "http://169.254.169.254/"),)), FailureCode.BAD_ANSWER),
    ],
)
async def test_each_fault_has_its_code(connected: Connected, fault: Reply, code: FailureCode) -> None:
    connected.shop.misbehave(fault)
    assert await connected.listed() == Failure(code, "shop")


async def test_a_hiccup_is_not_noticed(connected: Connected) -> None:
    connected.shop.misbehave(Reply(b"", 502), left=1)
    assert isinstance(await connected.listed(), Answer)


async def test_after_an_outage_what_is_remembered_is_labelled(connected: Connected) -> None:
    assert isinstance(await connected.listed(), Answer)
    connected.shop.misbehave(Reply(b"", 503))
    answer = await connected.listed()
    assert isinstance(answer, Answer)
    assert answer.error is FailureCode.UNAVAILABLE


async def test_a_wrong_key_is_refused(connected: Connected) -> None:
    wrong = Connectors([KINDS[connected.kind](connected.egress, connected.server.url, "wrong:key")])
    answer = await wrong.call(LIST_ORDERS, ListOrders(), Orders, contact_external_id="501")
    assert answer == Failure(FailureCode.REFUSED, "shop")
    await wrong.close()


async def test_an_internal_address_that_is_not_listed_is_not_asked(connected: Connected) -> None:
    connected.egress.allowed = frozenset()
    before = len(connected.server.asked)
    assert await connected.listed() == Failure(FailureCode.REFUSED, "shop")
    assert len(connected.server.asked) == before


async def test_no_tool_takes_a_customer(connected: Connected) -> None:
    for tool in connected.connectors.tools():
        assert not any("customer" in name or "contact" in name for name in tool.schema()["properties"])


@pytest.mark.parametrize("connected", ["shopify", "woocommerce"], indirect=True)
async def test_a_note_is_added_once(connected: Connected) -> None:
    tool = "shopify__add_note" if connected.kind == "shopify" else "woo__add_note"
    note = {"number": "1002", "note": "Please ring twice"}
    for who, expected in (("501", Answer), ("501", Answer), ("502", Failure)):
        told = await connected.connectors.call(
            tool,
            note,
            Document,
            contact_external_id=who,
            idempotency_key="k1",
        )
        assert isinstance(told, expected)
    (order,) = [one for one in connected.shop.orders if one.number == "1002"]
    assert "\n".join(order.notes).count("Please ring twice") == 1


# ── what only one of them knows ──


@pytest.mark.parametrize("connected", ["shopify"], indirect=True)
async def test_shopify_waits_for_its_bucket_once(connected: Connected) -> None:
    connected.shop.misbehave(THROTTLED, left=1)
    assert isinstance(await connected.listed(), Answer)
    connected.shop.misbehave(THROTTLED)
    assert await connected.listed("502") == Failure(FailureCode.UNAVAILABLE, "shop")
    connected.shop.misbehave(reply({"errors": [{"message": "x", "extensions": {"code": "ACCESS_DENIED"}}]}))
    assert await connected.listed("502") == Failure(FailureCode.REFUSED, "shop")
    connected.shop.misbehave(reply({"errors": [{"message": "Field 'x' doesn't exist"}]}))
    assert await connected.listed("502") == Failure(FailureCode.BAD_ANSWER, "shop")


async def test_shopify_fetches_a_token_and_another_when_it_ends() -> None:
    shop = ShopServer(tokens=["none"])
    async with local_http(shop.shopify) as server:
        egress = Egress({f"127.0.0.1:{server.port}"})
        client = egress.client(timeout=PATIENCE)
        tokens = ClientCredentials(client, f"{server.url}/admin/oauth/access_token", "id:s3cret", SystemClock())
        connectors = Connectors([_shopify(egress, server.url, "id:s3cret", tokens=tokens)])
        assert isinstance(await listed(connectors, "501"), Answer)
        assert isinstance(await listed(connectors, "502"), Answer)
        assert [one.path for one in server.asked].count("/admin/oauth/access_token") == 1
        shop.tokens.append("revoked")
        assert isinstance(await listed(connectors, "501"), Answer)
        assert [one.path for one in server.asked].count("/admin/oauth/access_token") == 2
        await connectors.close()
        await client.aclose()


@pytest.mark.parametrize("kind", ["shopify", "woocommerce"])
async def test_a_contact_may_be_known_by_mail(kind: str) -> None:
    shop = ShopServer()
    answer, make = {"shopify": (shop.shopify, _shopify), "woocommerce": (shop.woocommerce, _woocommerce)}[kind]
    async with local_http(answer) as server:
        egress = Egress({f"127.0.0.1:{server.port}"})
        connectors = Connectors([make(egress, server.url, "", contact="email")])
        found = await listed(connectors, "an@x.example")
        assert isinstance(found, Answer)
        assert len(found.value.orders) == 3
        for other in ("n@x.example", "501", '" OR "'):
            nothing = await listed(connectors, other)
            assert isinstance(nothing, Answer)
            assert nothing.value.orders == ()
        await connectors.close()
