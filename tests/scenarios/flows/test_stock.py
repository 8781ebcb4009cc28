"""Is it in stock: asked for by anybody, of goods by their everyday names, with the age of what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.shop_talk import shop_talk
from tongxi.connectors.business import FIND_PRODUCTS, FindProducts, Product, Products
from tongxi.connectors.orders import Name
from tongxi.connectors.protocol import Answer, Failure, FailureCode


async def test_the_same_is_asked_of_the_next_thing(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        step = await talk.says("保温杯还有吗")
        assert "640 件" in step.text
        step = await talk.says("那玻璃冷水壶呢")
        assert "玻璃冷水壶 1.8L 现在没有货" in step.text


async def test_where_a_name_fits_several_the_customer_chooses(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None, "en") as talk:
        step = await talk.says("do you have the purifier in stock")
        assert [one["label"] for one in step.content["quick_replies"]] == [
            "Air purifier H13",
            "Purifier replacement filter H13",
        ]
        step = await talk.says("the first one")
        assert "Air purifier H13 is in stock" in step.text


async def test_what_the_shop_does_not_sell_is_said(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        step = await talk.says("沙发有货吗")
        assert (step.outcome, step.text) == ("done", "没有找到叫“沙发”的商品。换个叫法再问我，或者在商店里搜一下。")


async def test_remembered_stock_is_told_with_its_age(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        await talk.says("保温杯还有货吗")
        call = talk.connectors.call

        async def remembered(*given: object, **named: object) -> object:
            found: Any = await call(*given, **named)  # type: ignore[arg-type]
            assert isinstance(found, Answer)
            old = datetime.now(UTC) - timedelta(minutes=40, seconds=40)
            return replace(found, checked_at=old, error=FailureCode.UNAVAILABLE)

        talk.connectors.call = remembered  # type: ignore[assignment,method-assign]
        step = await talk.says("保温杯还有货吗")
        assert step.text.startswith("商品目录暂时连不上，下面是40 分钟前查到的，可能有变化。")
        assert any(reason.code == "system_unavailable" for reason in step.reasons)


async def test_a_silent_shop_is_not_guessed_for(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:

        async def silent(*_: object, **__: object) -> object:
            return Failure(FailureCode.TIMEOUT, "商品目录")

        talk.connectors.call = silent  # type: ignore[assignment,method-assign]
        step = await talk.says("保温杯还有货吗")
        assert step.outcome == "failed"
        assert step.content["offer_person"]


async def test_a_shop_that_gives_no_number_still_says_whether(tmp_path: Path) -> None:
    product = Product(id="1", name=Name(zh="杯", en="cup"), stock=0)
    assert product.available is False
    assert Product(id="1", name=Name(zh="杯", en="cup")).available is None
    async with shop_talk(tmp_path, None) as talk:

        async def vague(*_: object, **__: object) -> object:
            found = Products(products=(Product(id="1", name=Name(zh="保温杯", en="flask")),))
            return Answer(found, "商品目录", datetime.now(UTC))

        talk.connectors.call = vague  # type: ignore[assignment,method-assign]
        assert "我不猜" in (await talk.says("保温杯还有货吗")).text
    assert FindProducts(word="杯").word
    assert FIND_PRODUCTS == "products.find"
