"""File names people can read and no system trips over."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.attachments.kinds import CSV, DOCX, JPEG, KINDS, PNG, TXT, Kind
from tongxi.attachments.names import MAX_LENGTH, disposition, extension_of, fitting


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("发票 2026年11月.png", PNG, "发票 2026年11月.png"),
        ("photo.JPEG", JPEG, "photo.JPEG"),
        ("photo.png", JPEG, "photo.jpg"),
        ("photo", PNG, "photo.png"),
        ("invoice.html", PNG, "invoice.html.png"),
        ("../../etc/passwd", TXT, "passwd.txt"),
        ("C:\\Users\\me\\a.csv", CSV, "a.csv"),
        ("/", PNG, "file.png"),
        ("", PNG, "file.png"),
        ("...", PNG, "file.png"),
        (".htaccess", TXT, "htaccess.txt"),
        ("a\r\nSet-Cookie: x=1.txt", TXT, "a Set-Cookie: x=1.txt"),
        ("a\0.txt", TXT, "a.txt"),
        ("photo_\u202egnp.exe", PNG, "photo_gnp.exe.png"),
        ("\u2066a\u2069\u200b.txt", TXT, "a.txt"),
        ("<img src=x onerror=alert(1)>.png", PNG, "<img src=x onerror=alert(1)>.png"),
        ('a"b;c.docx', DOCX, 'a"b;c.docx'),
        ("naïve😀.txt", TXT, "naïve😀.txt"),
        ("cafe\u0301.txt", TXT, "café.txt"),
        ("x. .txt", TXT, "x.txt"),
        ("CON.txt", TXT, "CON.txt"),
    ],
)
def test_the_name_stays_readable_and_tells_the_truth(name: str, kind: Kind, kept: str) -> None:
    assert fitting(name, kind) == kept


def test_a_long_name_keeps_its_extension() -> None:
    assert fitting("很" * 500 + ".docx", DOCX) == "很" * (MAX_LENGTH - 5) + ".docx"


@given(st.text(), st.sampled_from(KINDS))
def test_any_name_becomes_a_harmless_one(name: str, kind: Kind) -> None:
    kept = fitting(name, kind)
    assert len(kept) <= MAX_LENGTH
    assert not {"/", "\\", "\0", "\n", "\r"} & set(kept)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in kept)
    assert extension_of(kept) in kind.extensions
    assert not kept.startswith(".")
    assert fitting(kept, kind) == kept


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_disposition_is_one_header_line(name: str) -> None:
    header = disposition(fitting(name, PNG), inline=False)
    header.encode("latin-1")
    assert "\n" not in header
    assert header.count('"') == 2


def test_a_disposition_names_the_file_in_both_ways() -> None:
    assert disposition("图.png", inline=True) == "inline; filename=\"_.png\"; filename*=UTF-8''%E5%9B%BE.png"
