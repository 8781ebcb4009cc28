"""What a file is, told from its bytes."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.files import docx, pdf, picture, xlsx, zipped
from tongxi.attachments import kinds
from tongxi.attachments.kinds import UploadRefused, UploadTooLarge, kind_of
from tongxi.attachments.service import check
from tongxi.kit import packages


def refusal(data: bytes, extension: str = "") -> str:
    with pytest.raises(UploadRefused) as caught:
        kind_of(data, extension)
    return str(caught.value.fields["reason"])


@pytest.mark.parametrize(
    ("data", "extension", "kind"),
    [
        (picture("PNG"), "png", kinds.PNG),
        (picture("JPEG"), "", kinds.JPEG),
        (picture("GIF"), "jpg", kinds.GIF),
        (picture("WEBP"), "exe", kinds.WEBP),
        (pdf(), "pdf", kinds.PDF),
        (docx(), "docx", kinds.DOCX),
        (xlsx(), "docx", kinds.XLSX),
        ("您好\n".encode(), "txt", kinds.TXT),
        ("您好".encode("gb18030"), "txt", kinds.TXT),
        ("\ufeff您好".encode("utf-16"), "txt", kinds.TXT),
        (b"\xef\xbb\xbfa,b\r\n1,<2\r\n", "csv", kinds.CSV),
        (b"if a < b then c", "txt", kinds.TXT),
        (b"<3 this shop", "txt", kinds.TXT),
        (b"<Mei> hello\n<Li> hi", "txt", kinds.TXT),
    ],
)
def test_the_bytes_say_what_it_is(data: bytes, extension: str, kind: kinds.Kind) -> None:
    assert kind_of(data, extension) is kind


@pytest.mark.parametrize("extension", ["txt", "csv", "svg", "html", "png", "jpg", "pdf", "docx", ""])
@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><p>x",
        b"  \r\n\xef\xbb\xbf<html><script>alert(1)</script>",
        b"<script>alert(1)</script>",
        b"<!-- --><svg>",
        b"<img src=x onerror=alert(1)>",
        "\ufeff<html>".encode("utf-16"),
        b"MZ\x90\x00\x03\x00",
        b"\x7fELF\x02\x01\x01",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"BM\x00\x00",
        b"\x00\x00\x01\x00",
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf'\x1c",
        b"\x1f\x8b\x08",
        b"text with \x00 in it",
        b"text with \x1b[31m colours",
        b"\xff\xff\xff",
    ],
)
def test_everything_else_is_refused_whatever_it_is_called(data: bytes, extension: str) -> None:
    assert refusal(data, extension) == "type"


@pytest.mark.parametrize("extension", ["html", "svg", "js", "md", "json", "", "txt "])
def test_text_needs_the_name_of_a_text(extension: str) -> None:
    assert refusal(b"alert(1)", extension) == "type"


def test_nothing_is_refused() -> None:
    assert refusal(b"", "txt") == "empty"


def test_a_cut_off_pdf_is_refused() -> None:
    assert refusal(pdf()[:40], "pdf") == "damaged"


@given(st.binary(max_size=400), st.sampled_from(["txt", "png", "docx", ""]))
def test_no_bytes_make_it_fail_otherwise(data: bytes, extension: str) -> None:
    for prefix in (b"", b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"RIFF....WEBP"):
        with suppress(UploadRefused):
            check(prefix + data, f"x.{extension}")


def test_more_than_20_mb_are_refused() -> None:
    with pytest.raises(UploadTooLarge):
        check(b"a" * (kinds.MAX_BYTES + 1), "a.txt")


# ── DOCX and XLSX ──


def test_a_plain_zip_is_refused() -> None:
    assert refusal(zipped({"a.txt": b"x"}), "docx") == "type"
    assert refusal(zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"x"}), "docx") == "type"


def test_macros_are_refused() -> None:
    assert refusal(docx({"word/vbaProject.bin": b"x"}), "docx") == "macros"
    assert refusal(docx(mark="application/vnd.ms-word.document.macroEnabled.main+xml"), "docx") == "macros"


def test_a_bomb_is_refused_by_its_sizes() -> None:
    assert refusal(docx({"word/media/image1.png": b"\0" * 40_000_000}), "docx") == "bomb"


def test_too_many_entries_are_refused() -> None:
    assert refusal(docx({f"word/{n}.xml": b"" for n in range(packages.MAX_ENTRIES)}), "docx") == "bomb"


def test_false_sizes_do_not_hide_a_bomb() -> None:
    data = bytearray(docx({"word/media/a.png": b"\0" * 3_000_000}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")  # expanded size, in the directory only
    assert refusal(bytes(data), "docx") in ("bomb", "damaged")


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(docx({"word/a.bin": bytes(range(256)) * 400, "word/b.bin": bytes(range(256)) * 400}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 20 : directory + 24] = len(data).to_bytes(4, "little")
    assert refusal(bytes(data), "docx") in ("bomb", "damaged")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "word\\..\\..\\x", "C:/x", "word/../../x", "\\\\server\\x"]
)
def test_paths_out_of_the_archive_are_refused(name: str) -> None:
    assert refusal(docx({name: b"x"}), "docx") == "damaged"


def test_encrypted_entries_are_refused() -> None:
    data = bytearray(docx())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refusal(bytes(data), "docx") == "encrypted"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"PK\x03\x04 and something else " + data,
        lambda data: data + b"<script>alert(1)</script>",
        lambda data: data[: len(data) // 2],
        lambda data: data[:200] + bytes(len(data) - 200),
    ],
)
def test_polyglots_and_ruins_are_refused(spoil: Callable[[bytes], bytes]) -> None:
    assert refusal(spoil(docx()), "docx") == "damaged"


def test_a_comment_that_could_hide_something_is_refused() -> None:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"<html>"
    assert refusal(out.getvalue(), "docx") == "damaged"
