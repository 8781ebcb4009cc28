"""What sentence vectors may add: never an answer, more where the local search agrees."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tongxi.encoder import shipped
from tongxi.knowledge.articles import Article
from tongxi.knowledge.library import Library
from tongxi.knowledge.nearness import ALONE, CEILING, Nearest, lifted
from tongxi.knowledge.query import Query

TODAY = date(2026, 11, 21)


def article(slug: str, title: str, body: str, *, audience: str = "everyone", until: date | None = None) -> Article:
    language = slug.rpartition(".")[2]
    return Article(uuid4(), slug, language, title, body, (), audience, "", datetime.now(UTC), until)


LIBRARY = Library(
    [
        article("refund.en", "Refund time", "Refunds arrive within five days."),
        article("refund.zh", "退款时间", "退款五天内到账。"),
        article("secret.en", "Internal note", "Ask Ms Lin for the keys.", audience="agents"),
        article("old.en", "Spring sale", "Everything is half price.", until=date(2026, 5, 1)),
        article("wash.en", "Care of wool", "Wash by hand.\n\n# Drying\n\nDry it flat."),
    ],
    shipped(),
)


def near(*texts: str) -> list[tuple[bytes, float]]:
    digests = {text: digest for digest, (text, _) in LIBRARY.texts.items()}
    return [(digests[text], 4.0) for text in texts]


def found(text: str, *texts: str, language: str = "en", agents: bool = False) -> list[tuple[str | None, float]]:
    query = Query.of(text, shipped())
    hits = LIBRARY.search_near(query, language, TODAY, near(*texts), agents=agents, k=5, ceiling=CEILING)
    return [(hit.article.slug, hit.score) for hit in hits]


def test_only_what_stands_out_among_all_texts_is_near() -> None:
    nearest = Nearest([b"a", b"b"], [0.62, 0.50], mean=0.40, deviation=0.05)
    assert [digest for digest, _ in nearest.standing_out()] == [b"a"]


def test_texts_that_are_all_alike_are_not_near() -> None:
    assert Nearest([b"a"], [0.9], mean=0.9, deviation=0.0).standing_out() == []


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("local_place", [None, 0, 1, 4])
def test_a_lift_never_lowers_and_never_passes_the_ceiling(place: int, local_place: int | None) -> None:
    assert lifted(0.0, place=place, local_place=local_place, ceiling=CEILING) <= CEILING
    assert lifted(0.9, place=place, local_place=local_place, ceiling=CEILING) == 0.9


def test_agreement_counts_more_than_vectors_alone() -> None:
    alone = lifted(0.0, place=0, local_place=None, ceiling=CEILING)
    both = lifted(0.0, place=0, local_place=0, ceiling=CEILING)
    assert alone == pytest.approx(CEILING * ALONE)
    assert alone < lifted(0.0, place=0, local_place=1, ceiling=CEILING) < both == CEILING


def test_an_entry_without_a_word_in_common_is_found_by_its_vector() -> None:
    slug, score = found("zzqx", "Care of wool")[0]
    assert slug == "wash.en"
    assert score == pytest.approx(CEILING * ALONE)


def test_it_comes_in_the_language_of_the_reader() -> None:
    assert found("zzqx", "Refund time", language="zh")[0][0] == "refund.zh"


def test_the_near_passage_is_shown() -> None:
    hits = LIBRARY.search_near(
        Query.of("zzqx", shipped()), "en", TODAY, near("Care of wool\nDrying\nDry it flat."),
        agents=False, k=5, ceiling=CEILING,
    )  # fmt: skip
    assert hits[0].passage.section == "Drying"


def test_what_is_for_agents_or_over_stays_hidden() -> None:
    assert "secret.en" not in [slug for slug, _ in found("zzqx", "Internal note")]
    assert found("zzqx", "Internal note", agents=True)[0][0] == "secret.en"
    assert "old.en" not in [slug for slug, _ in found("zzqx", "Spring sale")]


def test_an_unknown_digest_changes_nothing() -> None:
    query = Query.of("refund", shipped())
    local = LIBRARY.search(query, "en", TODAY, agents=False, k=5)
    same = LIBRARY.search_near(query, "en", TODAY, [(b"?", 9.0)], agents=False, k=5, ceiling=CEILING)
    assert same == local


def test_a_sure_local_hit_stays_first_with_its_confidence() -> None:
    query = Query.of("how long does a refund take", shipped())
    local = LIBRARY.search(query, "en", TODAY, agents=False, k=1)[0]
    fused = found("how long does a refund take", "Care of wool")
    assert local.score > CEILING, "the example has to be a sure one"
    assert fused[0] == (local.article.slug, local.score)
