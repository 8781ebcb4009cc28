"""The examples of docs/how-to/verify-customers.md make tokens that are accepted."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tongxi.contacts.identity import Identity, IdentityKey, verify

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [DOCS / "how-to/verify-customers.md", DOCS / "zh/how-to/verify-customers.md"]
SECRET = "shown once; 43 characters in the real world"


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_the_python_example_signs_what_we_accept(page: Path) -> None:
    found = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1], names)
    token = names["identity_token"](SECRET, "shop-zh", "u_1", name="李雷")
    verified = verify(token, keys=[IdentityKey("k1", SECRET)], audience="shop-zh", at=datetime.now(UTC))
    assert verified == Identity("u_1", name="李雷")


def test_both_languages_show_the_same_code_and_reasons() -> None:
    def parts(page: Path) -> tuple[list[str], list[str]]:
        text = page.read_text(encoding="utf-8")
        return re.findall(r"```\w+\n(.*?)```", text, re.DOTALL), re.findall(r"^\| `(\w+)`", text, re.MULTILINE)

    assert parts(PAGES[0]) == parts(PAGES[1])
