"""Articles cut into passages."""

from hypothesis import given
from hypothesis import strategies as st

from tongxi.knowledge.chunks import MAX_CHARS, passages


def test_a_heading_starts_a_passage_and_names_it() -> None:
    cut = passages("Intro.\n\n## Fees\n\nNone.\n\n### Abroad\nTen euro.")
    assert [(p.section, p.text) for p in cut] == [("", "Intro."), ("Fees", "None."), ("Abroad", "Ten euro.")]


def test_a_hash_inside_a_fence_is_no_heading() -> None:
    assert [p.section for p in passages("```\n# not a heading\n\nmore\n```")] == [""]


def test_a_long_section_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {i}. " + "x" * 300 for i in range(10)]
    cut = passages("## Long\n\n" + "\n\n".join(paragraphs))
    assert len(cut) > 3
    assert {p.section for p in cut} == {"Long"}
    assert "\n\n".join(p.text for p in cut) == "\n\n".join(paragraphs)


@given(st.text(max_size=5000))
def test_no_passage_is_much_too_long(body: str) -> None:
    assert all(len(p.text) <= 3 * MAX_CHARS for p in passages(body))


def test_a_million_characters_without_a_break_are_cut() -> None:
    cut = passages("长" * 1_000_000)
    assert sum(len(p.text) for p in cut) == 1_000_000
    assert max(len(p.text) for p in cut) <= 3 * MAX_CHARS
