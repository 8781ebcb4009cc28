"""From the log to a certificate, and everything that ends one."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.integration.calibration.conftest import GROUP, Shop, wrong_below
from tongxi.calibration import labelled, presenting, service
from tongxi.calibration import plan as plans
from tongxi.calibration.agreement import Verdict
from tongxi.calibration.standing import CONSERVATIVE
from tongxi.kit.errors import NotFound

pytestmark = pytest.mark.anyio


async def test_without_an_audit_the_default_promises_nothing_and_says_so(shop: Shop) -> None:
    standing = await shop.standing()
    assert (standing.state, standing.certificate_id, standing.bound) == ("conservative", None, None)
    assert standing.threshold == shop.seam.house.bot.settings.limits.answer_at
    assert standing.labels_missing == 90
    assert 0 < CONSERVATIVE < 1


async def test_labelled_answers_make_a_certificate(shop: Shop) -> None:
    await shop.answers(120)
    plan = await shop.plan()
    assert (await shop.standing()).labels_missing == 2 * (120 + 12), "twelve planted errors with them"
    await shop.label_all()
    result = await shop.issue(plan)
    assert (result.threshold, result.answered, result.wrong) == (0.40, 120, 0)
    standing = await shop.standing()
    assert (standing.state, standing.threshold, standing.labels_missing) == ("certified", 0.40, 0)
    assert standing.certificate_id is not None
    assert standing.bound == pytest.approx(1 - 0.05 ** (1 / 120))
    assert standing.expires_at is not None
    assert (standing.expires_at - shop.now).days == 29
    assert await shop.actions() == ["calibration.planned", "calibration.certified"]


async def test_too_few_answers_make_no_plan(shop: Shop) -> None:
    await shop.answers(89)
    with pytest.raises(service.TooFewAnswers) as caught:
        await shop.plan()
    assert caught.value.fields == {"answers": 89, "needed": 90}
    assert await shop.seam.value("select count(*) from calibration_plan") == 0


async def test_a_threshold_that_fails_leaves_the_group_to_people(shop: Shop) -> None:
    await shop.answers(120)
    result = await shop.certified(judge=lambda _: Verdict.WRONG)
    assert result.threshold is None
    standing = await shop.standing()
    assert (standing.state, standing.threshold) == ("person_only", None)
    await shop.edit(shop.article_id)
    assert (await shop.standing()).state == "person_only", "an edit is no proof that it is better now"


async def test_the_loosest_threshold_that_holds_is_found(shop: Shop) -> None:
    await shop.answers(150, score=0.93)
    await shop.answers(60, score=0.5)
    result = await shop.certified(210, judge=wrong_below(0.6))
    assert result.threshold == 0.55, "the loosest that leaves the wrong ones out"
    assert result.coverage == pytest.approx(150 / 210)


async def test_answers_are_drawn_by_random_id_one_a_conversation(shop: Shop) -> None:
    await shop.answers(300, score=0.9)
    await shop.answers(50, score=0.39)
    plan = await shop.plan(150)
    drawn = await shop.seam.rows("select * from calibration_sample where kind = 'plan'")
    assert len(drawn) == len({row["conversation_id"] for row in drawn}) == 150 == plan.n
    assert {row["score"] for row in drawn} == {0.9}, "below the loosest threshold nothing is drawn"
    order = await shop.seam.rows("select id from conversation order by created_at, id")
    places = [i for i, row in enumerate(order) if row["id"] in {one["conversation_id"] for one in drawn}]
    assert places != list(range(places[0], places[0] + 150)), "not the newest or oldest 150"


async def test_what_the_bot_would_say_at_the_loosest_threshold_is_drawn_too(shop: Shop) -> None:
    await shop.answers(60, score=0.9)
    await shop.answers(60, score=0.45, sent=False)
    await shop.plan()
    rows = await shop.seam.rows("select was_sent, count(*) as n from calibration_sample where kind = 'plan' group by 1")
    assert {row["was_sent"]: row["n"] for row in rows} == {True: 60, False: 60}


async def test_answers_of_another_version_are_not_drawn(shop: Shop) -> None:
    await shop.answers(120)
    await shop.edit(shop.article_id)
    with pytest.raises(service.TooFewAnswers):
        await shop.plan()


async def test_changed_knowledge_ends_a_plan_before_its_test(shop: Shop) -> None:
    await shop.answers(120)
    plan = await shop.plan()
    await shop.label_all()
    await shop.edit(shop.article_id)
    with pytest.raises(plans.VersionsChanged):
        await shop.issue(plan)
    await shop.seam.house.calibration.tend(shop.seam.house.db)
    assert await shop.seam.value("select state || ':' || reason from calibration_plan") == "void:versions_changed"
    assert (await shop.standing()).state == "conservative"


async def test_changed_knowledge_ends_a_certificate(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    await shop.edit(shop.other_id)
    assert (await shop.standing()).state == "certified", "another topic"
    await shop.edit(shop.article_id)
    standing = await shop.standing()
    assert (standing.state, standing.certificate_id, standing.changed) == ("expired", None, ("knowledge",))
    assert standing.threshold is not None
    assert standing.threshold >= 0.40, "never looser than tested"


async def test_between_a_change_and_the_next_look_nothing_counts_as_certified(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    assert (await shop.standing()).state == "certified"
    await shop.seam.house.knowledge.load(shop.seam.house.db)
    assert shop.seam.house.calibration.standing(GROUP).state == "expired"
    assert (await shop.standing()).state == "certified", "looked: nothing of this topic had changed"


async def test_a_changed_policy_ends_a_certificate(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    await shop.seam.execute(
        "insert into configuration (name, version, value) values ('bot', 1, '{\"limits\": {\"answer_at\": 0.5}}')"
    )
    assert (await shop.standing()).changed == ("policy",)


async def test_a_new_voice_ends_none(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    await shop.seam.execute(
        "insert into configuration (name, version, value) values ('bot', 1, %s)",
        '{"limits": {}, "persona": {"formality": "familiar"}}',
    )
    assert (await shop.standing()).state == "certified"


async def test_a_certificate_expires(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    await shop.later(30)
    standing = await shop.standing()
    assert (standing.state, standing.changed, standing.certificate_id) == ("expired", (), None)


async def test_labels_are_tested_once(shop: Shop) -> None:
    await shop.answers(120)
    plan = await shop.plan()
    await shop.label_all()
    await shop.issue(plan)
    with pytest.raises(plans.PlanClosed):
        await shop.issue(plan)


async def test_a_part_of_the_labels_certifies_nothing(shop: Shop) -> None:
    await shop.answers(120)
    plan = await shop.plan()
    with pytest.raises(plans.LabelsMissing) as caught:
        await shop.issue(plan)
    assert caught.value.fields == {"missing": 120}


async def test_the_next_plan_uses_other_answers(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified()
    with pytest.raises(service.TooFewAnswers) as caught:
        await shop.plan()
    assert caught.value.fields["answers"] == 0


async def test_one_plan_at_a_time(shop: Shop) -> None:
    await shop.answers(240)
    await shop.plan()
    with pytest.raises(service.PlanOpen):
        await shop.plan()


async def test_the_database_itself_refuses_to_move_what_was_fixed(shop: Shop) -> None:
    await shop.answers(120)
    await shop.plan()
    with pytest.raises(psycopg.errors.RaiseException, match="fixed before the first label"):
        await shop.seam.execute("update calibration_plan set alpha = 0.2")
    with pytest.raises(psycopg.errors.RaiseException):
        await shop.seam.execute("update calibration_plan set grid = '{0.1}'")


async def test_erased_before_its_verdict_counts_as_wrong(shop: Shop) -> None:
    await shop.answers(120)
    plan = await shop.plan()
    await shop.seam.execute(
        "delete from conversation where id = (select conversation_id from calibration_sample where kind = 'plan'"
        " order by place limit 1)"
    )
    await shop.label_all()
    result = await shop.issue(plan)
    assert result.curve[-1].wrong == 1
    assert result.threshold is None, "120 answers carry no wrong one"


async def test_raters_who_overlook_planted_errors_are_noticed(shop: Shop) -> None:
    await shop.answers(120)
    await shop.certified(judge=lambda _: Verdict.RIGHT)
    row = (await shop.seam.rows("select kappa, planted, overlooked from calibration_certificate"))[0]
    assert row == {"kappa": None, "planted": 12, "overlooked": 12}


async def test_raters_who_disagree_certify_nothing(shop: Shop) -> None:
    third = await shop.seam.agent("小吴", online=False)
    shop.raters.append(third)
    await shop.answers(120)
    plan = await shop.plan()
    first, second = shop.raters[0].id, shop.raters[1].id
    for place, sample in enumerate(await shop.seam.rows("select id from calibration_sample order by place")):
        for user_id, wrong in ((first, place % 2 == 0), (second, place % 3 == 0), (third.id, False)):
            async with shop.transaction() as tx:
                try:
                    await service.label(
                        tx, sample["id"], user_id=user_id, verdict=Verdict.WRONG if wrong else Verdict.RIGHT,
                        via="queue", at=shop.now,
                    )  # fmt: skip
                except service.AlreadySettled:
                    break
    with pytest.raises(plans.RatersDisagree):
        await shop.issue(plan)


async def test_an_unknown_group_is_refused(shop: Shop) -> None:
    async with shop.transaction() as tx:
        with pytest.raises(service.UnknownGroup):
            await service.fix(
                tx, await shop.running(tx), "returns.en", alpha=0.05, delta=0.05, n=100, author=None, at=shop.now
            )


async def test_a_verdict_in_the_thread_counts_only_for_a_drawn_answer_judged_blind(shop: Shop) -> None:
    await shop.answers(120)
    conversation: UUID = await shop.seam.value("select id from conversation limit 1")
    agent, colleague = shop.raters

    async def judge(user_id: UUID, *, saw_score: bool = False) -> bool:
        async with shop.transaction() as tx:
            return await service.remark(
                tx, conversation, 2, user_id=user_id, verdict=Verdict.RIGHT, saw_score=saw_score, at=shop.now
            )

    assert not await judge(agent.id), "not drawn"
    await shop.plan()
    assert await shop.seam.value("select count(*) from calibration_label") == 0, "what was said before does not count"
    assert not await judge(agent.id, saw_score=True)
    assert await judge(agent.id)
    assert await judge(colleague.id)
    assert not await judge(colleague.id), "settled"
    assert await shop.seam.value("select count(*) from answer_verdict") == 2


async def test_another_model_ends_a_certificate_another_price_does_not(shop: Shop) -> None:
    rung = '{"provider": "00000000-0000-0000-0000-000000000001", "model": "small"}'
    save = "insert into configuration (name, version, value) values ('models', %s, %s)"
    await shop.seam.execute(save, 1, f'{{"ladders": {{"answer": [{rung}]}}}}')
    await shop.standing()
    await shop.answers(120)
    await shop.certified()
    await shop.seam.execute(save, 2, f'{{"ladders": {{"answer": [{rung}]}}, "per_day": "9.50"}}')
    assert (await shop.standing()).state == "certified"
    await shop.seam.execute(save, 3, f'{{"ladders": {{"answer": [{rung.replace("small", "large")}]}}}}')
    assert (await shop.standing()).changed == ("model",)


async def test_raters_may_work_on_a_sheet(shop: Shop, tmp_path: Path) -> None:
    await shop.answers(100)
    plan = await shop.plan(100)
    path = tmp_path / "sheet.csv"
    async with shop.transaction() as tx:
        labelled.write_sheet(path, await presenting.sheet(tx, GROUP))
    rows = labelled.rows_of("sheet.csv", path.read_bytes())
    assert len(rows) == 110
    assert "score" not in rows[0]
    assert {row["question"] for row in rows} == {"能退吗"}
    filled = [
        row | {"rater": f"{rater.id}@shop.example", "verdict": "wrong" if row["source"] == "发票" else "right"}
        for row in rows
        for rater in shop.raters
    ]
    async with shop.transaction() as tx:
        assert await service.import_ratings(tx, labelled.ratings("sheet.csv", filled), at=shop.now) == 220
    assert (await shop.issue(plan)).threshold == 0.40


async def test_a_sheet_with_a_stranger_changes_nothing(shop: Shop) -> None:
    await shop.answers(100)
    await shop.plan(100)
    sample = await shop.seam.value("select id from calibration_sample limit 1")
    given = [
        labelled.Rating(sample, f"{shop.raters[0].id}@shop.example", Verdict.RIGHT),
        labelled.Rating(sample, "nobody@shop.example", Verdict.RIGHT),
    ]
    with pytest.raises(NotFound, match="nobody@shop"):
        async with shop.transaction() as tx:
            await service.import_ratings(tx, given, at=shop.now)
    assert await shop.seam.value("select count(*) from calibration_label") == 0
