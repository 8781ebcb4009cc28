"""Files to entries: formats, encodings, ids, and a reason for each file that cannot be read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.knowledge.reading import MAX_FILE_BYTES, Unreadable, decode, read, slugify


def test_markdown_with_front_matter() -> None:
    front = "title: 退货\nquestions: [能退吗, 怎么退]\naudience: agents\nvalid_until: 2027-01-01\ntags: 售后"
    text = f"---\n{front}\n---\n# 别的\n\n七天内可退。"
    (entry,) = read("help/zh/returns.md", text.encode())
    assert (entry.slug, entry.language, entry.title, entry.body) == ("help/returns.zh", "zh", "退货", "七天内可退。")
    assert entry.questions == ("能退吗", "怎么退")
    assert (entry.audience, entry.collection, entry.valid_until) == ("agents", "售后", date(2027, 1, 1))


def test_the_first_heading_is_the_title() -> None:
    (entry,) = read("a.md", b"# Delivery times\n\nTwo days.\n\n## Abroad\n\nFive.")
    assert (entry.title, entry.body) == ("Delivery times", "Two days.\n\n## Abroad\n\nFive.")


def test_scripts_in_markdown_are_dropped() -> None:
    (entry,) = read("a.md", b"# T\n\nHello <script>alert(1)</script>world <!-- x --> end")
    assert "script" not in entry.body
    assert "world" in entry.body


def test_html_is_read_as_its_content() -> None:
    (entry,) = read("p.html", b"<html lang='en'><title>T</title><body><nav>n</nav><h1>Fees</h1><p>None.</p>")
    assert (entry.title, entry.body, entry.language) == ("Fees", "None.", "en")


def test_text_has_its_first_line_as_title() -> None:
    (entry,) = read("hours.txt", "营业时间\n\n每天九点到二十一点。".encode("gb18030"))
    assert (entry.title, entry.body, entry.slug) == ("营业时间", "每天九点到二十一点。", "hours.zh")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_tables_with_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    rows = [["问题", "答案", "标签"], ["怎么退货", "七天内可退", "售后"], ["怎么换货", "点申请换货", "售后"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    entries = read("faq.csv", text.encode(encoding))
    assert [(e.title, e.body, e.collection) for e in entries] == [
        ("怎么退货", "七天内可退", "售后"),
        ("怎么换货", "点申请换货", "售后"),
    ]
    assert entries[0].slug == "faq/怎么退货.zh"


def test_the_header_tells_the_delimiter_whatever_the_answers_hold() -> None:
    text = "question;answer\nHow long, on average, is it?;Two, sometimes three, days, never more.\n"
    assert [(e.title, e.body) for e in read("faq.csv", text.encode())] == [
        ("How long, on average, is it?", "Two, sometimes three, days, never more.")
    ]
    text = "常见问题,\n问题,答案\n怎么退;怎么换,七天内；十五天内\n"
    assert [(e.title, e.body) for e in read("faq.csv", text.encode("gbk"))] == [("怎么退;怎么换", "七天内；十五天内")]


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_chinese_that_does_not_say_its_encoding_is_recognised(encoding: str) -> None:
    text = "退貨規則\n\n七天內可以退貨，運費由我們負擔。謝謝您的支持。"
    assert read("a.txt", text.encode(encoding))[0].body == "七天內可以退貨，運費由我們負擔。謝謝您的支持。"


def test_a_page_saved_as_text_is_read_as_a_page() -> None:
    (entry,) = read("a.txt", "<!DOCTYPE html><title>退货</title><p>七天内</p><script>x</script>".encode())
    assert (entry.title, entry.body) == ("退货", "七天内")


def test_language_versions_of_a_jsonl_file_share_their_id() -> None:
    zh = read("kb_zh.jsonl", '{"id":"refund_time","title":"退款","text":"三天"}\n'.encode())
    en = read("kb_en.jsonl", b'{"id":"refund_time","title":"Refund","text":"3 days"}\n')
    assert (zh[0].slug, en[0].slug) == ("refund_time.zh", "refund_time.en")


@pytest.mark.parametrize(
    ("name", "data", "reason", "line"),
    [
        ("a.exe", b"MZ", "unknown_type", None),
        ("a.md", b"", "empty", None),
        ("a.md", b"  \n ", "empty", None),
        ("a.txt", b"\x00\x01\x02", "not_text", None),
        ("a.txt", b"\xff" * 50, "not_text", None),
        ("a.html", b"<html><script>x</script>", "empty", None),
        ("a.csv", b"x,y\n1,2\n", "no_columns", 1),
        ("a.csv", b"question,answer\nq,\n", "no_text", 2),
        ("a.jsonl", b'{"id":"a","title":"t","text":"x"}\n{broken\n', "broken", 2),
        ("a.jsonl", b"[1]\n", "broken", 1),
        ("a.md", b"---\na: [\n---\n# T\n\nx", "broken_front_matter", 1),
        ("a.md", b"---\nvalid_until: soon\n---\n# T\n\nx", "bad_date", None),
        ("a.md", b"# T\n\n" + b"x" * 300_000, "too_long", None),
        ("a.txt", b"x" * (MAX_FILE_BYTES + 1), "too_large", None),
    ],
)
def test_what_cannot_be_read_says_why(name: str, data: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(Unreadable) as caught:
        read(name, data)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_what_cannot_be_stored_is_taken_out() -> None:
    (entry,) = read("a.jsonl", b'{"id":"a","title":"t\\u0000","text":"x"}')
    assert entry.title == "t"


@given(st.text(max_size=300))
def test_a_slug_is_stable_and_storable(text: str) -> None:
    slug = slugify(text)
    assert 1 <= len(slug) <= 180
    assert slugify(slug) == slug or len(slug) == 180
    assert not set(slug) & set(" \n\t\"'<>\\")


@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.html", "a.txt", "a.csv", "a.jsonl"]))
def test_any_bytes_are_entries_or_a_reason(data: bytes, name: str) -> None:
    try:
        entries = read(name, data)
    except Unreadable:
        return
    assert entries


def test_declared_encoding_of_a_page_is_believed() -> None:
    assert "退" in decode('<meta charset="big5">退'.encode("big5"))
