"""Pictures in a text: found, exchanged, taken out; and what a passage keeps of them."""

from hypothesis import given
from hypothesis import strategies as st

from tongxi.knowledge import marks
from tongxi.knowledge.chunks import passages
from tongxi.knowledge.marks import Mark, mark

ONE = "0190f6a0-0000-7000-8000-000000000001"
TWO = "0190f6a0-0000-7000-8000-000000000002"
BODY = f"""Intro.

## Measure

Lay it flat.

![A tape across the chest](media:{ONE} "Two centimetres below the sleeve")

1. Chest ![chest](media:{TWO})
2. ![only a picture](media:{TWO})
3. Length

## Wash

Cold.

```
![code](media:{ONE})
```
"""


def test_a_picture_belongs_to_the_passage_it_stands_in() -> None:
    intro, measure, wash = passages(BODY)
    assert intro.media == () == wash.media
    assert [one.alt for one in measure.media] == ["A tape across the chest", "chest", "only a picture"]
    assert measure.text == "Lay it flat.\n\n1. Chest\n3. Length"
    assert "![code]" in wash.text, "what stands in a fence is code"


def test_what_a_picture_shows_is_among_the_words_of_its_passage() -> None:
    measure = passages(BODY)[1]
    assert "Two centimetres below the sleeve" in measure.words
    assert "A tape" in measure.words
    assert "sleeve" not in measure.text


def test_a_passage_of_nothing_but_a_picture_says_what_it_shows() -> None:
    [only] = passages(f'## Label\n\n![](media:{ONE} "Back of the kettle")')
    assert (only.section, only.text, len(only.media)) == ("Label", "Back of the kettle", 1)
    [bare] = passages(f"![](media:{ONE})")
    assert (bare.text, len(bare.media)) == ("", 1)


def test_ids_are_told_once_and_only_ours() -> None:
    assert [str(one) for one in marks.ids(BODY)] == [ONE, TWO]
    assert marks.ids("![x](a.png) ![y](media:nonsense) ![z](https://x.example/a.png)") == []


def test_targets_as_files_write_them() -> None:
    text = '![a](<my plan.png>) ![b](x_(1).png "Title") ![c](  d.png  )'
    assert [(one.target, one.caption) for one in marks.marks(text)] == [
        ("my plan.png", ""), ("x_(1).png", "Title"), ("d.png", ""),
    ]  # fmt: skip


def test_a_mark_left_out_takes_its_empty_line_along() -> None:
    text = "One.\n\n![x](x.png)\n\nTwo ![y](y.png) three.\n\n- ![z](z.png)\n- kept"
    assert marks.replaced(text, lambda _: None) == "One.\n\nTwo three.\n\n- kept"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_break_a_mark(alt: str, caption: str) -> None:
    [read] = marks.marks(mark(f"media:{ONE}", alt, caption))
    assert str(read.id) == ONE
    again = mark(read.target, read.alt, read.caption)
    assert marks.marks(again) == [read]


@given(st.text(alphabet='![]()"a :\n`media', max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    marks.replaced(text, lambda one: Mark(one.target, "b"))
    passages(text)
