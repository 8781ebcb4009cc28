"""Pictures as files have them: named, inside of the text, in tags, in Word documents, in archives."""

import io
from base64 import b64encode

import docx
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.support import files
from tongxi.knowledge import archives, word
from tongxi.knowledge.embedded import Carried, in_markdown, in_page
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.html import to_markdown
from tongxi.knowledge.reading import read

PICTURE = files.picture()
DATA = "data:image/png;base64," + b64encode(PICTURE).decode()


def test_every_way_of_markdown_becomes_a_mark() -> None:
    carried = Carried()
    text = (
        f'![in]({DATA})\n\n![ref][plan]\n\n<img src="a b.png" alt="tag" width="300">\n\n[plan]: plan.png "The plan"\n'
    )
    made = in_markdown(text, carried)
    assert "![in](embedded:1)" in made
    assert '![ref](plan.png "The plan")' in made
    assert "![tag](a%20b.png)" in made
    assert [one.data for one in carried.pictures] == [PICTURE]


@pytest.mark.parametrize(
    "ornament",
    ["<img src=a.png alt=''>", "<img src=a.png width=16 alt=x>", "<img src=a.png role=presentation>", "<img alt=x>",
     "<img src='data:image/png;base64,%%%' alt=x>"],
)  # fmt: skip
def test_ornaments_of_pages_stay_away(ornament: str) -> None:
    assert "![" not in to_markdown(f"<p>Text {ornament}</p>")[1]


def test_pictures_of_a_page_stand_where_they_stood() -> None:
    carried = Carried()
    title, body = to_markdown(
        "<h1>Label <img src=logo.png alt=logo></h1><p>Before.</p><figure><img src=label.png alt='A [label]'>"
        '<figcaption>Back of the "kettle"</figcaption></figure>'
        f"<p><a href='https://x.example'><img src='{DATA}' alt=lid></a></p>"
        "<ul><li>One <img data-src='one.webp' src='blank.gif' alt=one></li></ul>",
        carried,
    )
    assert title == "Label"
    assert body == (
        'Before.\n\n![A (label)](label.png "Back of the ”kettle”")\n\n![lid](embedded:1)\n\n- One ![one](one.webp)'
    )
    assert [one.data for one in carried.pictures] == [PICTURE]


def test_a_page_of_many_pictures_is_read_without_harm() -> None:
    tree = LexborHTMLParser("<p>" + f"<img src='{DATA}' alt=x>" * 500)
    carried = Carried()
    in_page(tree, carried)
    assert len(carried.pictures) == 120


def test_word_documents_bring_pictures_with_alternative_text_and_caption() -> None:
    made = docx.Document()
    made.add_heading("Where the number stands", 1)
    made.add_paragraph("Turn it over.")
    made.add_picture(io.BytesIO(PICTURE))
    made.paragraphs[-1]._p.xpath(".//wp:docPr")[0].set("descr", "The label")
    made.add_paragraph("Figure 1: the label", style="Caption")
    out = io.BytesIO()
    made.save(out)
    found = word.docx(out.getvalue())
    assert found.body == 'Turn it over.\n\n![The label](embedded:1 "Figure 1: the label")'
    assert [one.data for one in found.pictures] == [PICTURE]
    [entry] = read("serial.docx", out.getvalue())
    assert [one.data for one in entry.pictures] == [PICTURE]


def test_an_archive_is_the_folder_that_was_packed() -> None:
    packed = files.zipped(
        {"help/a.md": b"# A\n\nx", "help/a.png": PICTURE, "__MACOSX/help/._a.md": b"x", ".DS_Store": b""}
    )
    assert [path for path, _ in archives.files(packed, max_file=100)] == ["help/a.md", "help/a.png"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"PK\x03\x04 nonsense", "broken"), (b"no zip", "broken"), (files.zipped({}), "empty"),
     (files.zipped({f"{n}.md": b"x" for n in range(2_001)}), "too_many_files"),
     (files.zipped({f"{n}": bytes(21_000_000) for n in range(10)}), "bomb")],
)  # fmt: skip
def test_bad_archives_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        archives.files(data, max_file=20_000_000)
    assert error.value.reason == reason
