"""What the demo says: complete in both languages, consistent with the catalogue, labelled where it is simulated."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

from tongxi.configuration import InboxSettings
from tongxi.demo import seed
from tongxi.demo.people import AGENTS, load
from tongxi.demo.shop.data import catalogue_customers
from tongxi.knowledge.marks import marks, parted
from tongxi.knowledge.service import NewArticle

ENTRIES = list(seed._entries())
STEPS = {"1", "2", "3", "4"}
"""Figures that are also numbers of steps, or words in one of the languages."""
IDS = [entry["slug"] for _, entry in ENTRIES]


def test_enough_knowledge_each_entry_once() -> None:
    assert len(ENTRIES) >= 60
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize(("collection", "entry"), ENTRIES, ids=IDS)
def test_each_entry_is_whole_in_both_languages(collection: str, entry: dict[str, Any]) -> None:
    for language in ("zh", "en"):
        article = NewArticle(
            language=language, slug=f"{entry['slug']}.{language}", collection=collection, **entry[language]
        )
        assert 3 <= len(article.questions) <= 12
        has_han = re.search(r"[\u4e00-\u9fff]", article.title + article.body)
        assert bool(has_han) == (language == "zh")
        assert not re.search(r"[\U0001f300-\U0001faff！!亲]", parted(article.body)[0])


def test_every_picture_is_there_described_and_small() -> None:
    folder = files("tongxi.demo") / "knowledge" / "pictures"
    named = {one for _, entry in ENTRIES for language in ("zh", "en") for one in marks(entry[language]["body"])}
    assert {one.target for one in named} == {one.name for one in folder.iterdir()}
    assert all(one.alt and one.caption for one in named)
    assert all(len((folder / one.target).read_bytes()) < 30_000 for one in named)


@pytest.mark.parametrize(("collection", "entry"), ENTRIES, ids=IDS)
def test_both_languages_name_the_same_figures(collection: str, entry: dict[str, Any]) -> None:
    """A price or a deadline that differs between the languages is an error in one of them."""

    def figures(text: str) -> set[str]:
        return {one.replace(",", "") for one in re.findall(r"\d[\d,]*(?:[.:]\d+)?", text)} - {
            "1",
            "2",
            "3",
            "4",
        }  # these are also steps and words

    assert figures(entry["zh"]["body"]) == figures(entry["en"]["body"])


def test_the_inbox_settings_are_valid() -> None:
    settings = InboxSettings.model_validate(seed._load("house.yaml")["settings"], extra="forbid")
    assert len(settings.guided_questions) >= 4
    assert all(question.label.zh and question.label.en for question in settings.guided_questions)


def test_simulated_people_are_labelled() -> None:
    personas, _ = load()
    customers = catalogue_customers()
    for persona in personas:
        if persona.who != "guest":
            assert "演示" in customers[persona.who]["zh"]
            assert "demo" in customers[persona.who]["en"]
    users = {one["email"]: one for one in seed._load("house.yaml")["users"]}
    for email in AGENTS:
        assert users[email]["simulated"]
        assert "演示" in users[email]["name"] or "demo" in users[email]["name"]


def test_personas_are_many_and_of_both_languages() -> None:
    personas, words = load()
    assert len(personas) >= 12
    assert {persona.language for persona in personas} == set(words) == {"zh", "en"}
    assert any(persona.person for persona in personas)
    assert {"guest"} < {persona.who for persona in personas}
