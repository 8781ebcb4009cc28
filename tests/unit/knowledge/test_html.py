"""Pages become Markdown; nothing that runs, frames or navigates comes along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.knowledge.html import to_markdown

PAGE = """<!doctype html><html lang="en"><head><title>Site – Returns</title><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><header>Menu</header>
<main><h1>Returns</h1><p>Within <b>7 days</b>, see <a href="https://shop.example/r">the form</a>.</p>
<h2>Steps</h2><ol><li>Open the order</li><li>Tap <em>Return</em><ul><li>pick a reason</li></ul></li></ol>
<table><tr><th>Card</th><th>Days</th></tr><tr><td>Visa</td><td>3|5</td></tr></table>
<script>alert(1)</script><p onclick="x()">Last<br>line</p><a href="javascript:alert(1)">click</a></main>
<footer>© us</footer></body></html>"""


def test_a_page_becomes_markdown() -> None:
    title, body = to_markdown(PAGE)
    assert title == "Returns"
    assert body == (
        "Within **7 days**, see [the form](https://shop.example/r).\n\n## Steps\n\n1. Open the order\n2. Tap *Return*\n"
        "  - pick a reason\n\n| Card | Days |\n| --- | --- |\n| Visa | 3/5 |\n\nLast\nline\n\nclick"
    )


@pytest.mark.parametrize("gone", ["alert", "onclick", "Home", "Menu", "©", "style", "javascript"])
def test_what_is_not_content_is_gone(gone: str) -> None:
    assert gone not in to_markdown(PAGE)[1]


def test_deep_nesting_is_text() -> None:
    _, body = to_markdown("<div>" * 3000 + "deep" + "</div>" * 3000)
    assert body.strip() == "deep"
    _, body = to_markdown("<ul><li>" * 3000 + "deep")
    assert "deep" in body


@given(st.text(max_size=300))
def test_no_text_is_an_error(text: str) -> None:
    to_markdown(text)
    to_markdown(f"<p>{text}<ul><li>{text}")
