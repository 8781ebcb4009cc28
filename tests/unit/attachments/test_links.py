"""Signed addresses of attachments."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.attachments.links import Links, for_agent

AT = datetime(2026, 11, 20, 9, 59, 59, tzinfo=UTC)
FILE, CONTACT = UUID(int=1), UUID(int=2)
LINKS = Links("secret of the installation")


def signed(url: str) -> str:
    return parse_qs(urlsplit(url).query)["s"][0]


def test_a_link_names_its_reader() -> None:
    url = LINKS.for_contact(FILE, CONTACT, AT)
    assert url.startswith(f"/api/v1/widget/attachments/{FILE}?s=")
    assert LINKS.reader(FILE, signed(url), AT) == CONTACT
    assert LINKS.signer(CONTACT, AT)(str(FILE)) == url


def test_a_link_lives_for_one_to_two_hours_and_is_the_same_meanwhile() -> None:
    url = LINKS.for_contact(FILE, CONTACT, AT)
    assert LINKS.for_contact(FILE, CONTACT, AT - timedelta(minutes=59)) == url
    assert LINKS.reader(FILE, signed(url), AT + timedelta(hours=1)) == CONTACT
    assert LINKS.reader(FILE, signed(url), AT + timedelta(hours=1, seconds=1)) is None


def test_another_file_reader_time_or_key_does_not_fit() -> None:
    mark = signed(LINKS.for_contact(FILE, CONTACT, AT))
    expires, _, mac = mark.split(".")
    assert LINKS.reader(uuid4(), mark, AT) is None
    assert LINKS.reader(FILE, f"{int(expires) + 3600}.{CONTACT.hex}.{mac}", AT) is None
    assert LINKS.reader(FILE, f"{expires}.{uuid4().hex}.{mac}", AT) is None
    assert Links("another secret").reader(FILE, mark, AT) is None


@pytest.mark.parametrize(
    "mark", ["", ".", "..", "1.2.3", "x.y.z", "-1." + "0" * 32 + ".a", "9" * 40 + "." + "0" * 32 + "."]
)
def test_nonsense_is_no_link(mark: str) -> None:
    assert LINKS.reader(FILE, mark, AT) is None


@given(st.text())
def test_no_text_is_a_link(mark: str) -> None:
    assert LINKS.reader(FILE, mark, AT) is None


def test_a_link_to_media_opens_no_attachment_and_the_other_way_round() -> None:
    sent, shown = LINKS.for_contact(FILE, CONTACT, AT), LINKS.for_contact(FILE, CONTACT, AT, "media")
    assert shown.startswith(f"/api/v1/widget/media/{FILE}?s=")
    assert LINKS.reader(FILE, signed(shown), AT, "media") == CONTACT
    assert LINKS.reader(FILE, signed(shown), AT) is None
    assert LINKS.reader(FILE, signed(sent), AT, "media") is None


def test_agents_read_by_their_sign_in() -> None:
    assert for_agent(FILE) == f"/api/v1/attachments/{FILE}"
    assert for_agent(FILE, "media") == f"/api/v1/media/{FILE}"
