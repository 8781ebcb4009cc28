"""The demo's connector by mapping file: works at once, follows the shop to another port, keeps what people changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tongxi.connectors.business import FIND_PRODUCTS, FindProducts, Products
from tongxi.connectors.kinds import Ground
from tongxi.connectors.protocol import Answer, Connectors, Document, Failure, FailureCode
from tongxi.connectors.registry import Registry
from tongxi.demo.seed import seed
from tongxi.demo.start import start_shop
from tongxi.kit.clock import SystemClock
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Database
from tongxi.kit.egress import Egress
from tongxi.settings import Settings

pytestmark = pytest.mark.anyio


async def test_goods_and_membership_are_tools_of_the_demo(db: Database, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, secret=SecretStr("0123456789abcdef" * 2))
    with start_shop(settings, port=0) as shop:
        await seed(db, settings, replace(shop, url="http://127.0.0.1:1", port=1))
        async with db.transaction() as tx:
            await tx.execute("update connector set title = 'Goods'")
        await seed(db, settings, shop)
        connectors = Connectors()
        registry = Registry(connectors, Vault(settings.secret_key()), Ground(Egress(), SystemClock()))
        await registry.load(db)
        call = connectors.call
        goods = await call(FIND_PRODUCTS, FindProducts(word="top-fill humidifiers"), Products, contact_external_id="")
        assert isinstance(goods, Answer)
        assert goods.system == "Goods"
        (humidifier,) = goods.value.products
        assert "加湿器" in humidifier.name.zh
        assert humidifier.available
        member = await call("catalogue__member", {}, Document, contact_external_id="C1001")
        assert isinstance(member, Answer)
        assert member.value.data["tier"]
        nobody = await call("catalogue__member", {}, Document, contact_external_id="C1001/../C1002")
        assert nobody == Failure(FailureCode.NOT_FOUND, "Goods")
        await connectors.close()
