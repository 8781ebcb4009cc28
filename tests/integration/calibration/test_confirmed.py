"""Answers that people judged right teach the search (`tongxi tune`)."""

from tests.integration.calibration.conftest import Shop, wrong_below
from tongxi.commands.tune import confirmed


async def test_only_questions_whose_answer_was_judged_right_are_learnt_from(shop: Shop) -> None:
    await shop.answers(80)
    await shop.answers(50, score=0.5)
    await shop.plan()
    async with shop.transaction() as tx:
        assert await confirmed(tx) == []
    await shop.label_all(wrong_below(0.7))
    async with shop.transaction() as tx:
        learnt = await confirmed(tx)
        right = await tx.value("select count(*) from calibration_sample where verdict = 'right' and kind <> 'planted'")
        wrong = await tx.value("select count(*) from calibration_sample where verdict = 'wrong'")
        articles = {row["id"] for row in await tx.dicts("select id from article")}
    assert right > 0
    assert wrong > 0
    assert len(learnt) == right
    assert all(article in articles and text for article, text in learnt)
