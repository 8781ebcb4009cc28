"""`tongxi tune`: articles and confirmed answers teach the search; the next start uses what was learnt."""

from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tongxi.cli import main
from tongxi.commands.tune import confirmed
from tongxi.encoder import own, shipped
from tongxi.encoder.encoder import own_weights
from tongxi.house import House
from tongxi.knowledge.importing import import_files
from tongxi.knowledge.queries import published
from tongxi.knowledge.teaching import meanings, teach

PUMP = "---\ntitle: 增压泵嗡嗡响\nquestions: [泵体异响, 水锤声]\n---\n先关阀门再排气。"
FILTER = "---\ntitle: 滤芯更换周期\nquestions: [滤网多久一换, 出水变小]\n---\n半年一换。"


async def imported(house: House) -> None:
    files = [("pump.zh.md", PUMP.encode()), ("filter.zh.md", FILTER.encode())]
    keep = partial(house.shelf.keep, author=None)
    await import_files(house.db, files, publish=True, author=None, keep=keep)


async def test_articles_and_confirmed_questions_become_weights_of_this_installation(
    house: House, tmp_path: Path
) -> None:
    await imported(house)
    async with house.db.transaction() as tx:
        articles, questions = await published(tx), await confirmed(tx)
    assert questions == []
    pump = next(article.id for article in articles if "泵" in article.title)
    assert teach(articles, [(pump, "机组蜂鸣")], tmp_path)
    a, b, c = own(tmp_path).encode(["机组蜂鸣", "增压泵嗡嗡响", "滤芯更换周期"])
    assert a @ b > a @ c + 0.2


async def test_a_question_that_people_judged_rightly_answered_is_learnt_from(house: House) -> None:
    await imported(house)
    async with house.db.transaction() as tx:
        article = (await published(tx))[0]
        assert [
            m.name for m in meanings([article], [(article.id, "新说法"), (uuid4(), "别处"), (article.id, "长" * 999)])
        ]
        texts = list(meanings([article], [(article.id, "新说法"), (article.id, "长" * 999)])[0].texts())
    assert "新说法" in texts
    assert "长" * 999 not in texts


def test_too_little_to_learn_from_leaves_the_shipped_weights(tmp_path: Path) -> None:
    assert not teach([], [(UUID(int=1), "x")], tmp_path)
    assert own(tmp_path) is shipped()


def test_weights_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    own_weights(tmp_path).write_bytes(b"not weights")
    assert own(tmp_path) is shipped()


def test_forgetting_removes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TONGXI_DATA", str(tmp_path))
    own_weights(tmp_path).write_bytes(b"x")
    assert main(["tune", "--forget"]) == 0
    assert not own_weights(tmp_path).exists()
    assert "come with the product" in capsys.readouterr().out
