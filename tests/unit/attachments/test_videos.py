"""Films: told by their bytes, measured without decoding, and without what a telephone writes beside them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import files
from tongxi.attachments import media
from tongxi.attachments.kinds import MP4, PNG, WEBM, UploadRefused, media_kind_of
from tongxi.attachments.videos import clean


def test_the_kind_is_told_by_content() -> None:
    assert media_kind_of(files.mp4()) is MP4
    assert media_kind_of(files.webm()) is WEBM
    assert media_kind_of(files.picture()) is PNG


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "media_type"),
        (b"just words", "media_type"),
        (files.mp4().replace(b"isom", b"qt  "), "media_type"),
        (files.word([]), "media_type"),
    ],
)
def test_what_does_not_belong_in_an_article_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused) as error:
        media_kind_of(data)
    assert error.value.fields["reason"] == reason


def test_the_size_is_that_on_screen() -> None:
    assert (clean(files.mp4(1280, 720), MP4).width, clean(files.mp4(1280, 720), MP4).height) == (1280, 720)
    upright = clean(files.mp4(1280, 720, turned=True), MP4)
    assert (upright.width, upright.height) == (720, 1280)
    film = clean(files.webm(640, 360), WEBM)
    assert (film.width, film.height) == (640, 360)


def test_where_it_was_filmed_does_not_come_along() -> None:
    whole = files.mp4(about=b"\xa9xyz+31.2304+121.4737/")
    film = clean(whole, MP4)
    assert b"121.4737" not in film.data
    assert len(film.data) == len(whole), "offsets in the file stay true"


def test_a_matroska_file_is_no_webm() -> None:
    with pytest.raises(UploadRefused):
        clean(files.webm(doc_type=b"matroska"), WEBM)


@given(st.integers(0, 300), st.binary(max_size=40))
def test_broken_films_are_refused_never_a_crash(cut: int, noise: bytes) -> None:
    for whole, kind in ((files.mp4(), MP4), (files.webm(), WEBM)):
        for data in (whole[:cut], whole[:cut] + noise + whole[cut:]):
            with suppress(UploadRefused):
                clean(data, kind)


def test_a_name_tells_the_truth() -> None:
    assert media.check(files.mp4(), "film.html").name == "film.html.mp4"
