"""The demo shop: its API behind a key, its pages, the identity it signs, faults on order."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from tongxi.contacts.identity import IdentityInvalid, IdentityKey, verify
from tongxi.demo.shop import data
from tongxi.demo.shop.app import ShopConfig, create_shop

pytestmark = pytest.mark.anyio

KEY = {"Authorization": "Bearer shop-key"}
SECRET = "a secret of at least thirty-two bytes"


@pytest.fixture
def config(tmp_path: Path) -> ShopConfig:
    file = tmp_path / "shop.sqlite"
    data.make(file, datetime.now(UTC))
    return ShopConfig(database=file, key="shop-key", inbox="nuancang", secret=SECRET, desk_port=8000)


@pytest.fixture
async def shop(config: ShopConfig) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_shop(config))
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.test:8001") as client:
        yield client


# ── the API ──


@pytest.mark.parametrize(
    "path", ["/orders?customer=C1001", "/orders/NC20418833", "/products", "/customers/C1001", "/_faults"]
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "shop-key"}])
async def test_the_api_needs_the_key(shop: httpx2.AsyncClient, path: str, headers: dict[str, str]) -> None:
    assert (await shop.get(path, headers=headers)).status_code == 401


async def test_at_least_forty_products_and_twelve_customers(shop: httpx2.AsyncClient) -> None:
    products = (await shop.get("/products", headers=KEY)).json()["products"]
    assert len(products) >= 40
    assert all(one["zh"] and one["en"] and one["price"] > 0 for one in products)
    assert any(one["stock"] == 0 for one in products)
    assert len([one for one in data.catalogue_customers() if one.startswith("C")]) >= 12


async def test_products_are_found_by_name_in_both_languages(shop: httpx2.AsyncClient) -> None:
    for words in ("水壶", "KETTLE", "K01"):
        found = (await shop.get("/products", params={"q": words}, headers=KEY)).json()["products"]
        assert "K01" in [one["id"] for one in found]


async def test_orders_are_in_every_state(shop: httpx2.AsyncClient) -> None:
    states = set()
    for customer in data.catalogue_customers():
        for order in (await shop.get("/orders", params={"customer": customer}, headers=KEY)).json()["orders"]:
            states.add(order["status"])
    assert states >= {
        "awaiting_payment", "paid", "preparing", "shipped", "out_for_delivery", "ready_for_pickup", "delivery_failed",
        "delivered", "completed", "cancelled", "returning", "refunded",
    }  # fmt: skip


async def test_a_total_is_the_sum_of_its_lines(shop: httpx2.AsyncClient) -> None:
    order = (await shop.get("/orders/NC20418833", headers=KEY)).json()
    assert float(order["total"]["amount"]) == sum(float(i["price"]["amount"]) * i["quantity"] for i in order["items"])


async def test_a_link_for_a_new_password_shows_on_the_customer_s_own_page_only(
    shop: httpx2.AsyncClient, config: ShopConfig
) -> None:
    body = {"customer": "C1001", "arguments": {"channel": "sms"}}
    headers = KEY | {"Idempotency-Key": "link-for-C1001"}
    for _ in range(2):  # told twice, sent once
        receipt = (await shop.post("/actions/account.send_reset_link", json=body, headers=headers)).json()
    assert receipt["outcome"] == "done"
    assert re.fullmatch(r"\d{3}\*{4}\d{4}", receipt["sent_to"])
    assert "token" not in receipt
    with data.connect(config.database) as database:
        (token,) = [row["token"] for row in database.execute("select token from reset_link")]
    pages = {}
    for who in ("C1001", "C1002"):
        await shop.post("/sign-in", data={"customer": who})
        pages[who] = (await shop.get("/me?lang=en")).text
    assert f"/reset/{token}" in pages["C1001"]
    assert token not in pages["C1002"]
    assert "The link works" in (await shop.get(f"/reset/{token}?lang=en")).text
    assert "no longer works" in (await shop.get("/reset/guessed?lang=en")).text


async def test_orders_move_with_time(config: ShopConfig) -> None:
    def status(at: datetime) -> str:
        with data.connect(config.database) as database:
            row = database.execute("select * from purchase where number = 'NC20418833'").fetchone()
            return str(data.order_view(database, row, at)["status"])

    now = datetime.now(UTC)
    assert [status(now), status(now + timedelta(hours=4))] == ["out_for_delivery", "delivered"]


async def test_data_is_made_anew_when_it_is_old_or_broken(config: ShopConfig) -> None:
    def made() -> str:
        with data.connect(config.database) as database:
            return str(database.execute("select at from made").fetchone()["at"])

    first, now = made(), datetime.now(UTC)
    data.make(config.database, now + timedelta(hours=2))
    assert made() == first
    data.make(config.database, now + timedelta(hours=21))
    assert made() != first
    config.database.write_bytes(b"no database")
    data.make(config.database, now)
    assert made()


# ── faults ──


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"kind":"fire"}', b'{"rate":2}', b'{"rate":"x"}', b'{"left":-1}', b'{"other":1}']
)
async def test_nonsense_faults_are_refused(shop: httpx2.AsyncClient, body: bytes) -> None:
    assert (await shop.post("/_faults", content=body, headers=KEY)).status_code == 422
    assert (await shop.get("/products", headers=KEY)).status_code == 200


async def test_a_fault_strikes_as_often_as_told(shop: httpx2.AsyncClient) -> None:
    await shop.post("/_faults", json={"kind": "500", "left": 2}, headers=KEY)
    assert [(await shop.get("/products", headers=KEY)).status_code for _ in range(3)] == [500, 500, 200]


async def test_a_fault_by_header_strikes_this_request_only(shop: httpx2.AsyncClient) -> None:
    assert (await shop.get("/products", headers=KEY | {"X-Fault": "500"})).status_code == 500
    assert (await shop.get("/products", headers=KEY)).status_code == 200


async def test_pages_stay_up_when_the_api_is_down(shop: httpx2.AsyncClient) -> None:
    await shop.post("/_faults", json={"kind": "500"}, headers=KEY)
    assert (await shop.get("/")).status_code == 200


# ── pages ──


@pytest.mark.parametrize(("language", "words"), [("zh", "恒温电热水壶"), ("en", "Temperature-hold kettle")])
async def test_pages_in_both_languages_embed_the_widget(shop: httpx2.AsyncClient, language: str, words: str) -> None:
    page = (await shop.get("/", params={"lang": language})).text
    assert words in page
    assert '<script async src="http://shop.test:8000/widget.js" data-inbox="nuancang"' in page
    assert "data-identity" not in page


async def test_a_signed_in_customer_is_vouched_for(shop: httpx2.AsyncClient) -> None:
    shop.cookies.set("customer", "C1010")
    page = (await shop.get("/me", params={"lang": "en"})).text
    assert "NC20418102" in page
    token = re.search(r'data-identity="([^"]+)"', page)
    assert token
    now = datetime.now(UTC)
    identity = verify(token[1], keys=[IdentityKey("k", SECRET)], audience="nuancang", at=now)
    assert (identity.external_id, identity.name, identity.tier) == ("C1010", "Emily Carter", "gold")
    with pytest.raises(IdentityInvalid):
        verify(token[1], keys=[IdentityKey("k", SECRET)], audience="nuancang", at=now + timedelta(hours=2))


async def test_signing_in_and_out(shop: httpx2.AsyncClient) -> None:
    await shop.post("/sign-in", data={"customer": "C1001"})
    assert "NC20418833" in (await shop.get("/me")).text
    await shop.post("/sign-in", data={"customer": ""})
    assert "NC20418833" not in (await shop.get("/me")).text


@pytest.mark.parametrize("cookie", ["C9999", "<script>alert(1)</script>", "' or 1=1 --"])
async def test_a_made_up_customer_is_nobody(shop: httpx2.AsyncClient, cookie: str) -> None:
    page = (await shop.get("/me", headers={"Cookie": f"customer={cookie}"})).text
    assert "data-identity" not in page
    assert "alert(1)" not in page


async def test_simulated_customers_are_not_offered(shop: httpx2.AsyncClient) -> None:
    page = (await shop.get("/")).text
    assert 'value="C1001"' in page
    assert 'value="S2001"' not in page


async def test_a_foreign_referrer_does_not_redirect_away(shop: httpx2.AsyncClient) -> None:
    answer = await shop.get("/language/en", headers={"Referer": "https://evil.example/x"})
    assert answer.headers["location"] == "/"
    answer = await shop.get("/language/en", headers={"Referer": "http://shop.test:8001//evil.example"})
    assert not answer.headers["location"].startswith("//")
