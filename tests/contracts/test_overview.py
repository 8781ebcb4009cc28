"""Today's figures of the supervisor."""

from __future__ import annotations

from datetime import timedelta

from psycopg.types.json import Jsonb

from tests.support.walk import Walk
from tongxi.accounts.roles import Role

AGO = timedelta(hours=13)


async def test_today_is_the_day_of_the_inbox_or_of_whoever_looks(walk: Walk) -> None:
    cookie, now = await walk.cookie(Role.SUPERVISOR), walk.house.clock.now

    async def started(query: str = "") -> int:
        async with walk.http() as http:
            answer = await http.get(f"/api/v1/overview{query}", headers=cookie)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["today"]["started"])

    customer = await walk.bearer()
    async with walk.http() as http:
        wrote = await http.post("/api/v1/widget/messages", json={"id": "a", "text": "你好"}, headers=customer)
    assert wrote.status_code == 201, wrote.text
    async with walk.house.db.transaction() as tx:
        await tx.execute("update conversation set created_at = created_at - %s", (AGO,))
    for zone in ("Etc/GMT+12", "Etc/GMT-1"):  # thirteen hours apart: in one of them that was yesterday
        async with walk.house.db.transaction() as tx:
            await tx.execute("update inbox set settings = %s", (Jsonb({"hours": {"timezone": zone}}),))
            await walk.house.inboxes.load(tx)
        [inbox] = walk.house.inboxes
        assert await started() == (now() - inbox.settings.hours.day_of(now()) >= AGO), zone
    assert await started(f"?since={now():%Y-%m-%dT%H:%M:%S}Z") == 0
    assert await started("?since=2020-01-01T00:00:00Z") == 1
