"""Which page addresses are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.contacts.pages import MAX_TITLE, MAX_URL, page


def test_a_page_is_kept_without_credentials_and_fragment() -> None:
    kept = page("https://a:b@shop.example:8443/p?id=1#token=x", " 商品\n ", "http://search.example/?q=鞋#a")
    assert kept is not None
    assert (kept.url, kept.title, kept.referrer) == (
        "https://shop.example:8443/p?id=1",
        "商品",
        "http://search.example/?q=鞋",
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JavaScript://shop.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//shop.example/",
        "/p",
        "https://",
        "https:///p",
        "https://[bad/",
        "https://shop.example/a b",
        "https://shop.example/\r\nX: y",
        "https://shop.example/\u202e",
        "https://shop.example/" + "x" * MAX_URL,
    ],
)
def test_other_addresses_are_not_kept(url: str) -> None:
    assert page(url) is None


def test_a_referrer_that_does_not_qualify_is_dropped_and_a_title_is_cut() -> None:
    kept = page("https://shop.example/", "t" * 1000, "android-app://com.example")
    assert kept is not None
    assert kept.referrer == ""
    assert len(kept.title) == MAX_TITLE


@given(st.text(max_size=200), st.text(), st.text(max_size=200))
def test_whatever_comes_in_is_kept_safely_or_not_at_all(url: str, title: str, referrer: str) -> None:
    kept = page(url, title, referrer)
    assert kept is None or kept.url.startswith(("http://", "https://"))
