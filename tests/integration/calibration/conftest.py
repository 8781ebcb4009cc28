"""A shop whose bot has answered, and people who judge it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.seam import Person, Seam
from tongxi.calibration import drawing, service, versions
from tongxi.calibration.agreement import Verdict
from tongxi.calibration.plan import Plan, Result
from tongxi.calibration.versions import Running
from tongxi.decisions import Standing
from tongxi.kit.db import Transaction
from tongxi.kit.ids import new_id

GROUP = "returns.zh"
Judge = Callable[[dict[str, Any]], Verdict]

_ANSWERED = """
with customer as (
  insert into contact (id) select gen_random_uuid() from generate_series(1, %(n)s) returning id
), made as (
  insert into conversation (id, inbox_id, contact_id, state, responsible, next_action_at, seq, public_seq)
  select gen_random_uuid(), %(inbox)s, id, 'bot', 'customer', now() + interval '1 day', 2, 2 from customer
  returning id, contact_id
), asked as (
  insert into message (id, conversation_id, seq, sender, author_id, client_id, text, at)
  select gen_random_uuid(), id, 1, 'customer', contact_id, 'q', '能退吗', %(at)s from made
), said as (
  insert into message (id, conversation_id, seq, sender, author_id, client_id, text, at)
  select gen_random_uuid(), id, 2, 'bot', %(nil)s, 'a', '签收后 7 天内可以退。', %(at)s from made where %(sent)s
)
insert into log_entry (conversation_id, seq, type, at, actor, data)
select id, 2, case when %(sent)s then 'message_sent' else 'handed_off' end, %(at)s, 'bot',
  jsonb_build_object('decision', jsonb_build_object(
    'choice', case when %(sent)s then 'answer' else 'hand_off' end,
    'promise', jsonb_strip_nulls(jsonb_build_object(
      'group', %(group)s::text, 'score', %(score)s::float8, 'article_id', %(article)s::text,
      'versions', %(versions)s::text, 'certificate_id', %(certificate)s::text))))
from made
"""


_OPEN = "select * from calibration_sample where missing > 0 and conversation_id is not null order by place"


def all_right(sample: dict[str, Any]) -> Verdict:
    """Everything is right but the planted errors."""
    return Verdict.WRONG if sample["kind"] == "planted" else Verdict.RIGHT


def wrong_below(score: float) -> Judge:
    """What the bot was less sure of is wrong."""
    return lambda sample: Verdict.WRONG if sample["score"] < score else all_right(sample)


@dataclass
class Shop:
    """Two raters, an article about returns and one about invoices."""

    seam: Seam
    raters: list[Person]
    article_id: UUID
    other_id: UUID

    @property
    def now(self) -> datetime:
        return self.seam.house.clock.now()

    def transaction(self) -> Any:
        return self.seam.house.db.transaction()

    async def running(self, tx: Transaction) -> Running:
        return await versions.read(tx, self.seam.house.settings)

    async def standing(self, group: str = GROUP) -> Standing:
        """What the bot is told now."""
        await self.seam.house.calibration.refresh(self.seam.house.db)
        return self.seam.house.calibration.standing(group)

    async def edit(self, article_id: UUID) -> None:
        """Somebody changes an article."""
        await self.seam.execute(
            "update article set version = version + 1, updated_at = clock_timestamp() where id = %s", article_id
        )

    async def answers(
        self, n: int, *, score: float = 0.9, group: str = GROUP, sent: bool = True, certificate: UUID | None = None
    ) -> None:
        """Conversations in which the bot answered, or would have at the loosest threshold."""
        async with self.transaction() as tx:
            hashed = versions.digest((await self.running(tx)).of(group))
            await tx.execute(
                _ANSWERED,
                {
                    "inbox": self.seam.inbox_id, "n": n, "at": self.now, "sent": sent, "group": group, "score": score,
                    "article": str(self.article_id), "versions": hashed, "nil": UUID(int=0),
                    "certificate": str(certificate) if certificate else None,
                },
            )  # fmt: skip

    async def plan(self, n: int = 120, **changes: Any) -> Plan:
        async with self.transaction() as tx:
            options = {"alpha": 0.05, "delta": 0.05, "n": n, "author": None, "at": self.now} | changes
            return await service.fix(tx, await self.running(tx), GROUP, **options)

    async def label_all(self, judge: Judge = all_right) -> int:
        """Both raters, and a third person where they differ, judge all that is open."""
        done = 0
        for rater in self.raters:
            for sample in await self.seam.rows(_OPEN):
                async with self.transaction() as tx:
                    await service.label(
                        tx, sample["id"], user_id=rater.id, verdict=judge(sample), via="queue", at=self.now
                    )
                    done += 1
        return done

    async def issue(self, plan: Plan) -> Result:
        async with self.transaction() as tx:
            return await service.issue(tx, plan.id, await self.running(tx), actor=None, at=self.now)

    async def certified(self, n: int = 120, judge: Judge = all_right) -> Result:
        """From nothing to a certificate."""
        plan = await self.plan(n)
        await self.label_all(judge)
        return await self.issue(plan)

    async def audit(self, *, rate: float = 1.0) -> int:
        """Draw audits, of every answer unless told otherwise."""
        await self.seam.execute("update calibration_certificate set audit_rate = %s", rate)
        async with self.transaction() as tx:
            return await drawing.draw_audits(tx, at=self.now)

    async def actions(self) -> list[str]:
        rows = await self.seam.rows("select action from audit_entry where action like 'calibration.%%' order by seq")
        return [row["action"] for row in rows]

    async def later(self, days: float) -> None:
        """Let certificates and alarms lie further back."""
        by = timedelta(days=days)
        await self.seam.execute(
            "update calibration_certificate set issued_at = issued_at - %s, expires_at = expires_at - %s", by, by
        )


@pytest.fixture
async def shop(seam: Seam) -> Shop:
    """A shop nobody has audited."""
    ids = []
    for collection, title in (("returns", "吊牌剪了还收不收"), ("invoices", "发票")):
        ids.append(new_id())
        await seam.execute(
            "insert into article (id, slug, language, title, body, status, collection, published_at)"
            " values (%s, %s, 'zh', %s, '签收后 7 天内可以退。', 'published', %s, now())",
            ids[-1], f"{collection}.zh", title, collection,
        )  # fmt: skip
    await seam.house.knowledge.load(seam.house.db)
    await seam.house.calibration.load(seam.house.db)
    raters = [await seam.agent(name, online=False) for name in ("小林", "小周")]
    return Shop(seam, raters, ids[0], ids[1])
