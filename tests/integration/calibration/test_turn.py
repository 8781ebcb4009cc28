"""The bot's own turn leaves what audits are drawn from, and keeps to the threshold its certificate allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.calibration.conftest import GROUP, Shop
from tongxi.calibration.agreement import Verdict

pytestmark = pytest.mark.anyio


async def _decision(shop: Shop) -> dict[str, Any]:
    customer = await shop.seam.customer()
    await shop.seam.said(customer, "吊牌剪了还收不收")
    entries = await shop.seam.entries(customer)
    return next(dict(one.data["decision"]) for one in reversed(entries) if "decision" in (one.data or {}))


async def test_an_answer_names_its_group_score_and_article(shop: Shop) -> None:
    decision = await _decision(shop)
    assert decision["choice"] == "answer"
    promise = decision["promise"]
    assert (promise["group"], promise["state"], promise["article_id"]) == (GROUP, "conservative", str(shop.article_id))
    assert promise["score"] >= promise["threshold"]
    assert "certificate_id" not in promise


async def test_an_answer_under_a_certificate_names_it(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    standing = await shop.standing()
    promise = (await _decision(shop))["promise"]
    assert (promise["state"], promise["certificate_id"]) == ("certified", str(standing.certificate_id))


async def test_a_group_that_failed_its_test_is_not_answered(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified(judge=lambda _: Verdict.WRONG)
    assert (await shop.standing()).state == "person_only"
    decision = await _decision(shop)
    assert decision["choice"] != "answer"
    assert decision["promise"]["state"] == "person_only", "it still counts among what could be audited next"
