"""The demo's set-up on a real database: complete, repeatable, never on top of a real installation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from tongxi.accounts import passwords
from tongxi.contacts.keys import active_keys
from tongxi.demo.people import AGENTS
from tongxi.demo.seed import NotADemo, seed
from tongxi.demo.start import INBOX_KEY, LOCAL_PASSWORD, PEOPLE_INBOX_KEY, DemoKeys, DemoShop
from tongxi.kit.clock import FakeClock
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id
from tongxi.knowledge.index import Knowledge
from tongxi.settings import Settings

pytestmark = pytest.mark.anyio

TABLES = ("app_user", "user_skill", "queue", "queue_member", "inbox", "article", "article_version", "skill")
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, secret=SecretStr(SECRET))


@pytest.fixture
def shop(settings: Settings) -> DemoShop:
    return DemoShop(url="http://127.0.0.1:8001", port=8001, keys=DemoKeys.load(settings))


async def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    async with db.transaction() as tx:
        rows = {}
        for table in (
            "app_user",
            "user_skill",
            "queue",
            "queue_member",
            "inbox",
            "article",
            "article_version",
            "skill",
        ):
            cursor = await tx.connection.execute(f"select * from {table} order by 1, 2")
            rows[table] = await cursor.fetchall()
        return rows


async def test_a_second_start_changes_nothing(db: Database, settings: Settings, shop: DemoShop) -> None:
    await seed(db, settings, shop)
    before = await everything(db)
    await seed(db, settings, shop)
    assert await everything(db) == before
    assert len(before["article"]) >= 120


async def test_the_printed_logins_work(db: Database, settings: Settings, shop: DemoShop) -> None:
    logins = await seed(db, settings, shop)
    assert {login.role for login in logins} == {"owner", "admin", "supervisor", "editor", "agent"}
    async with db.transaction() as tx:
        for login in logins:
            stored = await tx.value("select password_hash from app_user where email = %s", (login.email,))
            assert await passwords.fits(login.password, stored)


async def test_a_changed_demo_password_reaches_the_accounts(db: Database, settings: Settings, shop: DemoShop) -> None:
    await seed(db, settings, shop)
    keys = shop.keys.model_copy(update={"password": "another-good-one"})
    logins = await seed(db, settings, DemoShop(shop.url, shop.port, keys))
    async with db.transaction() as tx:
        stored = await tx.value("select password_hash from app_user where email = %s", (logins[0].email,))
    assert await passwords.fits("another-good-one", stored)


async def test_a_real_installation_is_left_alone(db: Database, settings: Settings, shop: DemoShop) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            "insert into app_user (id, email, name, role) values (%s, 'me@shop.example', 'Me', 'owner')", (new_id(),)
        )
    before = await everything(db)
    with pytest.raises(NotADemo):
        await seed(db, settings, shop)
    assert await everything(db) == before


async def test_simulated_agents_serve_no_queue_of_real_visitors(
    db: Database, settings: Settings, shop: DemoShop
) -> None:
    await seed(db, settings, shop)
    async with db.transaction() as tx:
        queue = await tx.value("select queue_id from inbox where key = %s", (INBOX_KEY,))
        others = await tx.dicts(
            "select q.id, array_agg(u.email) as members from queue q join queue_member m on m.queue_id = q.id"
            " join app_user u on u.id = m.user_id group by q.id"
        )
    members = {row["id"]: row["members"] for row in others}
    assert queue in members
    assert not any(email in emails for emails in members.values() for email in AGENTS)


async def test_the_shop_may_embed_the_widget_and_vouch_for_customers(
    db: Database, settings: Settings, shop: DemoShop
) -> None:
    await seed(db, settings, shop)
    moved = DemoShop("http://127.0.0.1:9001", 9001, shop.keys)
    await seed(db, settings, moved)
    async with db.transaction() as tx:
        for key in (INBOX_KEY, PEOPLE_INBOX_KEY):
            row = await tx.dict("select id, settings from inbox where key = %s", (key,))
            assert row is not None
            assert {"http://127.0.0.1:8001", "http://localhost:9001"} <= set(row["settings"]["allowed_origins"])
            keys = await active_keys(tx, Vault(SECRET), row["id"])
            assert [one.secret for one in keys] == [shop.keys.inbox_secret]


async def test_what_was_edited_or_removed_stays_so(db: Database, settings: Settings, shop: DemoShop) -> None:
    await seed(db, settings, shop)
    async with db.transaction() as tx:
        await tx.execute("update article set body = 'mine' where slug = 'refund-time.zh'")
        await tx.execute("delete from article where slug = 'refund-time.en'")
        await tx.execute("update queue set name = '咨询' where is_default")
    await seed(db, settings, shop)
    async with db.transaction() as tx:
        assert await tx.value("select body from article where slug = 'refund-time.zh'") == "mine"
        assert await tx.value("select 1 from article where slug = 'refund-time.en'") is None


def test_the_password_is_not_guessable_when_others_can_reach_us(tmp_path: Path) -> None:
    local = DemoKeys.load(Settings(data=tmp_path))
    assert local.password == LOCAL_PASSWORD
    public = DemoKeys.load(Settings(data=tmp_path, host="0.0.0.0"))
    assert public.password != LOCAL_PASSWORD
    assert public.inbox_secret == local.inbox_secret
    assert DemoKeys.load(Settings(data=tmp_path, host="0.0.0.0")) == public
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


# ── a visitor's ordinary questions ──

ORDINARY = {
    "zh": {
        "退款要几天": "refund-time",
        "多久能退钱": "refund-time",
        "怎么退货": "how-to-return",
        "七天内能退吗": "return-policy",
        "退货谁付运费": "return-shipping-fee",
        "包邮吗": "shipping-fee",
        "寄到广州几天": "delivery-time",
        "今天下单什么时候发货": "dispatch-time",
        "能开专票吗": "invoice",
        "保修几年": "warranty",
        "地址写错了": "change-address",
        "可以货到付款吗": "payment-methods",
        "优惠券用不了": "coupons",
        "积分怎么用": "points",
        "忘记密码了": "password-reset",
        "你们几点下班": "service-hours",
        "有实体店吗": "store-location",
        "水壶里有水垢": "kettle-descale",
        "加湿器要怎么洗": "humidifier-use",
        "空气炸锅能放锡纸吗": "air-fryer-use",
        "羽绒被可以水洗吗": "bedding-care",
        "吸尘器没有吸力了": "vacuum-battery",
        "滤芯什么时候该换": "purifier-filter",
        "收到的杯子碎了": "damaged-on-arrival",
        "少了一个配件": "missing-item",
        "发错颜色了": "wrong-item",
        "快递说签收了但是我没收到": "signed-not-received",
        "能寄香港吗": "overseas",
        "缺货什么时候有": "stock-restock",
        "买完就降价了": "price-protection",
    },
    "en": {
        "how long does a refund take": "refund-time",
        "when will I get my money back": "refund-time",
        "can I return this within a week": "return-policy",
        "who pays for the return shipping": "return-shipping-fee",
        "is shipping free": "shipping-fee",
        "how many days for delivery": "delivery-time",
        "can I get an invoice": "invoice",
        "how long is the warranty": "warranty",
        "I typed the wrong address": "change-address",
        "do you take alipay": "payment-methods",
        "my coupon does not work": "coupons",
        "forgot my password": "password-reset",
        "what are your opening hours": "service-hours",
        "do you have a shop I can visit": "store-location",
        "how to descale the kettle": "kettle-descale",
        "can I put foil in the air fryer": "air-fryer-use",
        "is the tableware dishwasher safe": "tableware-microwave",
        "it arrived broken": "damaged-on-arrival",
        "you sent me the wrong item": "wrong-item",
        "are you a robot": "about-ai",
    },
}


@pytest.fixture
async def knowledge(db: Database, settings: Settings, shop: DemoShop) -> Knowledge:
    await seed(db, settings, shop)
    index = Knowledge(FakeClock(datetime.now(UTC)))
    await index.load(db)
    return index


async def test_ordinary_questions_find_their_entry(knowledge: Knowledge) -> None:
    asked = [(language, text, slug) for language, cases in ORDINARY.items() for text, slug in cases.items()]
    missed = []
    for language, text, slug in asked:
        hits = knowledge.search(text, language)
        if not hits or hits[0].slug != f"{slug}.{language}":
            missed.append((text, slug, hits[0].slug if hits else None))
    assert len(missed) <= len(asked) * 0.1, missed
