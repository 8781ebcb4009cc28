"""PDF, Word and Excel: their text with its headings, or a plain reason why not. Nothing in them is run."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date

import docx as word_files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pypdf import PdfWriter

from tests.support import files
from tongxi.knowledge import documents, entries, pdf, reading
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.reading import MAX_FILE_BYTES, is_heavy, read

LONG = "Every item may be sent back within 30 days, unused and in its own box, and the money is paid"


def test_a_pdf_with_headings_lists_and_running_heads() -> None:
    head = "Spruce internal paper"
    data = files.pages(
        [
            [head, ("Returns policy", 24), LONG, "in two days.", ("Exceptions", 16), "All sales are final.", "1"],
            [head, ("Costs", 16), "- Faulty items: we pay.", "- Changed mind: you pay.", "Ask us any- ", "way.", "2"],
            [head, ("Contact", 16), "Write to us at any time of the day.", "3"],
        ],
        title="export.docx",
    )  # fmt: skip
    (entry,) = read("help/returns.pdf", data)
    assert (entry.title, entry.language, entry.slug) == ("Returns policy", "en", "help/returns.en")
    assert entry.body.startswith(f"{LONG} in two days.\n\n## Exceptions\n\nAll sales are final.")
    assert "## Costs\n\n- Faulty items: we pay.\n- Changed mind: you pay.\n\nAsk us anyway." in entry.body
    assert head not in entry.body
    assert not entry.body.endswith("3")


def test_radicals_that_look_like_characters_become_characters() -> None:
    assert pdf._letters("⽆理由退货⻚⾯ ﬁt，（２）") == "无理由退货页面 fit，（２）"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (files.pages([[LONG]], password="secret"), "encrypted"),
        (files.pages([[]]), "no_text"),
        (files.pdf(), "broken"),
        (b"%PDF-1.7\n" + b"\xff" * 500, "broken"),
        (b"<html>no pdf</html>", "broken"),
        (b"", "empty"),
        (b"%PDF-" + b"0" * MAX_FILE_BYTES, "too_large"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("a.pdf", data)
    assert caught.value.reason == reason


def test_an_empty_password_is_none() -> None:
    data = files.pages([[LONG]])
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt("", owner_password="owner", algorithm="AES-128")
    out = io.BytesIO()
    writer.write(out)
    assert read("a.pdf", out.getvalue())[0].body == LONG


def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    data = files.word(
        [("Title", "配送说明"), ("Heading 1", "时效"), ("", "一般两天送到。"), ("List Bullet", "江浙沪：次日"),
         ("List Number", "其他：三天"), ("Heading 2", "费用")],
        [["地区", "运费"], ["江浙沪", "8 元"]],
    )  # fmt: skip
    (entry,) = read("zh/delivery.docx", data)
    assert (entry.title, entry.language) == ("配送说明", "zh")
    assert entry.body == (
        "## 时效\n\n一般两天送到。\n\n- 江浙沪：次日\n- 其他：三天\n\n## 费用\n\n"
        "| 地区 | 运费 |\n| --- | --- |\n| 江浙沪 | 8 元 |"
    )


def test_a_long_document_is_several_articles_without_a_gap() -> None:
    text = "\n\n".join(f"## Part {n}\n\n" + "word " * 5_000 for n in range(12))
    made = documents_of(text)
    assert [title for title, _ in made] == ["Manual", "Manual (2)"]
    assert "\n\n".join(body for _, body in made).split() == text.split()


def documents_of(text: str) -> list[tuple[str, str]]:
    made = reading._document(entries.Place.of("m.docx"), documents.Document("Manual", text.strip()))
    return [(entry.title, entry.body) for entry in made]


HEADER = ["问题", "答案", "相似问法", "有效期至"]


def test_a_workbook_is_read_sheet_by_sheet() -> None:
    data = files.sheets(
        {
            "说明": [["这一页没有问答"]],
            "常见问题": [
                HEADER,
                ["怎么退", "七天内可退", "能退吗;退货", date(2027, 1, 31)],
                [None] * 4,
                ["多少钱", 12.0],
            ],
            "English": [["question", "answer", "id"], ["When?", "At 9.", "when"]],
        }
    )
    assert [(e.title, e.body, e.questions, e.valid_until) for e in read("faq.xlsx", data)] == [
        ("怎么退", "七天内可退", ("能退吗", "退货"), date(2027, 1, 31)), ("多少钱", "12", (), None),
        ("When?", "At 9.", (), None),
    ]  # fmt: skip


def test_what_stands_above_the_header_and_merged_cells_are_understood() -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["常见问题（2026 版）"],
        ["分类", "问题", "答案"],
        ["售后", "怎么退", "七天内"],
        [None, None, "运费自理"],
        [None, "怎么换", "十五天内"],
    ):
        sheet.append(row)
    for merged in ("A1:C1", "A3:A5", "B3:B4", "E1:E60000"):
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    assert [(e.title, e.body, e.collection) for e in read("faq.xlsx", out.getvalue())] == [
        ("怎么退", "七天内\n\n运费自理", "售后"), ("怎么换", "十五天内", "售后"),
    ]  # fmt: skip


def test_merged_cells_tables_and_pictures_inside_a_word_table_come_once() -> None:
    document = word_files.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "尺寸"
    table.cell(1, 0).text = "小号"
    table.cell(1, 0).add_table(1, 1).cell(0, 0).text = "三十厘米"
    table.cell(1, 1).paragraphs[0].add_run().add_picture(io.BytesIO(files.picture(size=(80, 60))))
    out = io.BytesIO()
    document.save(out)
    (entry,) = read("size.docx", out.getvalue())
    assert entry.body == "| 尺寸 |  |\n| --- | --- |\n| 小号 三十厘米 |  |\n\n![](embedded:1)"
    assert len(entry.pictures) == 1


def test_a_formula_nobody_has_computed_has_no_value() -> None:
    with pytest.raises(Unreadable) as caught:
        read("faq.xlsx", files.sheets({"a": [HEADER, ["Where?", "=HYPERLINK(1)"]]}))
    assert (caught.value.reason, caught.value.line) == ("no_text", 2)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", files.sheets({"a": [["x"]]}), "wrong_type"),
        ("a.docx", files.pages([[LONG]]), "wrong_type"),
        ("a.pdf", files.word([("", LONG)]), "wrong_type"),
        ("a.txt", files.pages([[LONG]]), "wrong_type"),
        ("a.csv", files.sheets({"a": [["x"]]}), "wrong_type"),
        ("a.md", files.picture(), "wrong_type"),
        ("a.xlsx", files.word([("", "x")]), "wrong_type"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "encrypted"),
        ("a.docx", files.docx({"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", files.docx({"big.xml": b"\0" * 60_000_000}), "bomb"),
        ("a.docx", b"PK\x03\x04 cut", "broken"),
        ("a.docx", files.word([]), "no_text"),
        ("a.docx", files.docx(), "broken"),
        ("a.docm", b"x", "macros"),
        ("a.xlsm", b"x", "macros"),
        ("a.doc", b"x", "convert_first"),
        ("a.xlsx", files.sheets({"a": []}), "empty"),
        ("a.xlsx", files.sheets({"a": [["only", "words"]]}), "no_columns"),
    ],
)
def test_an_office_file_that_cannot_be_read_says_why(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(name, data)
    assert caught.value.reason == reason


def test_entities_in_a_word_document_are_not_expanded() -> None:
    data = io.BytesIO(files.word([("", "harmless")]))
    lol = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(data) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for item in before.infolist():
            content = before.read(item.filename)
            if item.filename == "word/document.xml":
                content = lol + content.split(b"?>", 1)[1].replace(b"harmless", b"before &x; after")
            after.writestr(item.filename, content)
    try:
        bodies = [entry.body for entry in read("a.docx", out.getvalue())]
    except Unreadable:
        bodies = []
    with open("/etc/hostname", encoding="utf-8") as file:  # noqa: PTH123
        secret = file.read().strip()
    assert all(secret not in body for body in bodies)


def test_only_slow_formats_need_a_process() -> None:
    assert [is_heavy(name) for name in ("a.PDF", "b.docx", "c.xlsx", "d.md", "e.csv")] == [
        True,
        True,
        True,
        False,
        False,
    ]


DAMAGED = {
    "a.pdf": files.pages([[LONG, "second line"], [("Heading", 20), LONG]], title="T"),
    "a.docx": files.word([("Heading 1", "A"), ("", LONG)], [["a", "b"]]),
    "a.xlsx": files.sheets({"a": [HEADER, ["x", "y"]]}),
}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(DAMAGED)), st.data())
def test_damage_is_a_reason_and_never_a_crash(name: str, data: st.DataObject) -> None:
    whole = bytearray(DAMAGED[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(1, 8))] = data.draw(st.binary(min_size=1, max_size=8))
    cut = bytes(whole[: data.draw(st.integers(20, len(whole)))])
    with suppress(Unreadable):
        assert all(entry.body for entry in read(name, cut))
