"""The pictures of PDF pages: those that say something come with the text, where they stand."""

from __future__ import annotations

import pytest

from tests.support import files
from tongxi.knowledge import pdf, pdf_pictures
from tongxi.knowledge.reading import read

LONG = "Press the button for five seconds until the light goes out, then let it rest."
DRAWING = files.picture("JPEG", (400, 300))
OTHER = files.picture("JPEG", (300, 200))
LOGO = files.picture("JPEG", (90, 60))
SIZE = (200, 150)


def test_a_picture_stands_behind_the_line_it_follows_with_its_caption() -> None:
    (entry,) = read(
        "manual.pdf",
        files.pages([[("Resetting", 24), LONG, (DRAWING, SIZE), "Figure 1: the button", "Then wait a minute in all."]]),
    )
    assert entry.title == "Resetting"
    assert entry.body == f'{LONG}\n\n![](embedded:1 "Figure 1: the button")\n\nThen wait a minute in all.'
    assert [len(one.data) > 100 for one in entry.pictures] == [True]


def test_ornaments_logos_backgrounds_and_slices_are_left_out() -> None:
    head: list[files.PageLine] = [(LOGO, (90, 60))]
    made = pdf.pdf(
        files.pages(
            [
                [*head, LONG, (DRAWING, (20, 15)), (OTHER, (500, 8))],
                [*head, "The second page says something else.", (DRAWING, (590, 800))],
                [
                    *head,
                    "And so does the third one.",
                    (files.picture("JPEG", (400, 301)), (300, 60)),
                    (files.picture("JPEG", (400, 302)), (300, 60)),
                ],
            ]
        )
    )
    assert "![" not in made.body
    assert made.pictures == ()


def test_the_same_picture_twice_is_kept_once() -> None:
    made = pdf.pdf(
        files.pages([[LONG, (DRAWING, SIZE)], ["Once more:", (DRAWING, SIZE), (OTHER, (150, 90)), "And so on."]])
    )
    assert len(made.pictures) == 2
    assert made.body.count("![](embedded:1)") == 2
    assert made.body.index("![](embedded:2)") < made.body.index("And so on.")


def test_a_picture_that_cannot_be_decoded_is_told_later_and_the_text_stays() -> None:
    made = pdf.pdf(files.pages([[LONG, (b"no picture at all", SIZE), LONG]]))
    assert made.body.startswith(LONG)
    assert made.body.count("![](embedded:1)") == 1
    assert len(made.pictures) == 1


def test_pictures_have_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pictures, "MAX_BYTES", 10)
    made = pdf.pdf(files.pages([[LONG, (DRAWING, SIZE), LONG, (OTHER, SIZE)]]))
    assert len(made.pictures) == 1
