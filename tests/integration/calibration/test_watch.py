"""After the certificate: audits go on, and a population that moved is noticed, acted on, recorded and shown."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.integration.calibration.conftest import GROUP, Shop, wrong_below
from tongxi.calibration import overview, service
from tongxi.calibration.agreement import Verdict

pytestmark = pytest.mark.anyio


async def _certificate(shop: Shop) -> UUID:
    found: UUID = await shop.seam.value("select id from calibration_certificate order by issued_at desc limit 1")
    return found


async def test_a_shifted_population_alarms_tightens_is_recorded_and_shown(shop: Shop) -> None:
    await shop.answers(200, score=0.97)
    await shop.answers(100, score=0.5)
    result = await shop.certified(300)
    assert result.threshold == 0.40
    stricter = min(threshold for threshold in result.passed if threshold > 0.40)
    # What customers ask has changed: half of the unsure answers are wrong now.
    await shop.answers(60, score=0.5, certificate=await _certificate(shop))
    assert await shop.audit() == 60
    await shop.label_all(lambda one: Verdict.WRONG if one["place"] % 2 else Verdict.RIGHT)
    standing = await shop.standing()
    assert standing.state == "alarm"
    assert standing.threshold == stricter
    assert "calibration.alarm" in await shop.actions()
    async with shop.transaction() as tx:
        shown = await overview.group(tx, shop.seam.house.calibration, GROUP, at=shop.now)  # type: ignore[arg-type]
    assert shown is not None
    assert shown["state"] == "alarm"
    assert (shown["alarm"]["from_threshold"], shown["alarm"]["to_threshold"]) == (0.40, stricter)
    assert shown["alarm"]["seen_at"] is None, "a task for a person"
    async with shop.transaction() as tx:
        await service.see_alarm(tx, shown["alarm"]["id"], user_id=shop.raters[0].id, at=shop.now)
    assert (await shop.standing()).threshold == stricter, "seen is not solved: loosening needs a new certificate"


async def test_it_stops_answering_when_nothing_stricter_is_certified(shop: Shop) -> None:
    await shop.answers(120, score=0.61)
    result = await shop.certified()
    for _ in result.passed:
        await shop.answers(20, score=0.61, certificate=await _certificate(shop))
        await shop.audit()
        await shop.label_all(lambda _: Verdict.WRONG)
    standing = await shop.standing()
    assert (standing.state, standing.threshold, standing.certificate_id) == ("alarm", None, None)
    await shop.later(40)
    assert (await shop.standing()).threshold is None, "time does not heal it"


async def test_a_second_alarm_tightens_again(shop: Shop) -> None:
    await shop.answers(200, score=0.97)
    await shop.certified(200)
    for _ in range(2):
        await shop.answers(20, score=0.97, certificate=await _certificate(shop))
        await shop.audit()
        await shop.label_all(lambda _: Verdict.WRONG)
    rows = await shop.seam.rows("select from_threshold, to_threshold from calibration_alarm order by at")
    assert len(rows) == 2
    assert rows[0]["to_threshold"] == rows[1]["from_threshold"] < rows[1]["to_threshold"]


async def test_the_same_population_stays_certified(shop: Shop) -> None:
    await shop.answers(150, score=0.9)
    await shop.certified(150)
    await shop.answers(150, score=0.9, certificate=await _certificate(shop))
    await shop.audit()
    await shop.label_all(lambda one: Verdict.WRONG if one["place"] % 40 == 0 else Verdict.RIGHT)
    assert (await shop.standing()).state == "certified"
    assert "calibration.alarm" not in await shop.actions()


async def test_a_random_share_is_audited_and_none_twice(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    await shop.answers(400, certificate=await _certificate(shop))
    drawn = await shop.audit(rate=0.25)
    assert 60 <= drawn <= 140
    assert await shop.audit(rate=0.25) == 0
    twice = await shop.seam.value("select count(*) from calibration_sample where kind = 'audit' and raters = 2")
    assert 0 < twice < drawn / 3, "about every tenth has a second pair of eyes"


async def test_answers_below_a_tightened_threshold_no_longer_count(shop: Shop) -> None:
    await shop.answers(200, score=0.97)
    await shop.certified(200)
    certificate = await _certificate(shop)
    await shop.answers(20, score=0.42, certificate=certificate)
    await shop.audit()
    await shop.label_all(wrong_below(0.5))
    alarms = await shop.seam.value("select count(*) from calibration_alarm")
    await shop.answers(20, score=0.42, certificate=certificate)
    await shop.audit()
    await shop.label_all(wrong_below(0.5))
    assert await shop.seam.value("select count(*) from calibration_alarm") == alarms == 1


async def test_how_long_a_doubling_goes_unnoticed_is_shown(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    await shop.answers(70, certificate=await _certificate(shop))
    async with shop.transaction() as tx:
        shown = await overview.group(tx, shop.seam.house.calibration, GROUP, at=shop.now)  # type: ignore[arg-type]
    assert shown is not None
    a_day = (120 + 70) / 7
    assert shown["answers_a_day"] == pytest.approx(a_day, abs=0.01)
    assert shown["days_until_alarm"] == pytest.approx(shown["audits_until_alarm"] / (a_day * 0.1), abs=0.1)


async def test_what_agents_say_in_threads_is_a_hint_and_no_label(shop: Shop) -> None:
    await shop.answers(10)
    rows = await shop.seam.rows("select id from conversation order by id limit 2")
    for row in rows:
        async with shop.transaction() as tx:
            await service.remark(
                tx, row["id"], 2, user_id=shop.raters[0].id, verdict=Verdict.WRONG, saw_score=False, at=shop.now
            )
    async with shop.transaction() as tx:
        shown = await overview.group(tx, shop.seam.house.calibration, GROUP, at=shop.now)  # type: ignore[arg-type]
    assert shown is not None
    assert shown["signs"] == {"answers": 10, "agents_say_wrong": 2, "customers_say_useless": 0}
    assert await shop.seam.value("select count(*) from calibration_label") == 0
