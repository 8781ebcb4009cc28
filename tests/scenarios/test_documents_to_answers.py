"""From a folder of documents to an answering bot: import, publish, ask. No model, no network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import files
from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role

pytestmark = pytest.mark.anyio

FOLDER = {
    "help/warranty.docx": files.word(
        [("Title", "Warranty"), ("Heading 2", "How long"), ("", "Kettles have a warranty of 24 months."),
         ("Heading 2", "Batteries"), ("", "Batteries are covered for 6 months.")]
    ),
    "help/delivery.pdf": files.pages(
        [[("Delivery times", 22), "Parcels within the country arrive after two working days.",
          "Islands take five working days because of the ferry."]]
    ),
    "help/常见问题.xlsx": files.sheets(
        {"问答": [["问题", "答案"], ["怎么开发票", "在订单详情页点击申请发票，当天开出电子发票。"]]}
    ),
    "help/zh/退货.md": "# 退货要多久\n\n签收后七天内可以申请退货。".encode(),
    "help/secret.pdf": files.pages([["Nobody knows the password of this one."]], password="x"),
    "help/macro.docm": b"x",
}  # fmt: skip


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


async def post(walk: Walk, role: Role, path: str, **options: Any) -> Any:
    async with walk.http() as http:
        answer = await http.post(f"/api/v1{path}", headers=await walk.cookie(role), **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_folder_of_documents_answers(walk: Walk) -> None:
    sent = [("files", (name, data, "application/octet-stream")) for name, data in FOLDER.items()]
    report = await post(walk, Role.EDITOR, "/articles/import", files=sent)
    assert report["created"] == 4
    assert report["skipped"] == [
        {"file": "help/secret.pdf", "reason": "encrypted"}, {"file": "help/macro.docm", "reason": "macros"},
    ]  # fmt: skip
    for language, question, fact, source in (
        ("en", "How long is the warranty of a kettle?", "24 months", "help/warranty.docx"),
        ("en", "How long does delivery take to islands?", "five working days", "help/delivery.pdf"),
        ("zh", "怎么开发票？", "当天开出电子发票", "help/常见问题.xlsx"),
        ("zh", "退货要多久", "七天内", "help/zh/退货.md"),
    ):
        hits = walk.house.knowledge.search(question, language)
        assert hits[0].source == source, question
        assert fact in hits[0].text
    told = await post(walk, Role.OWNER, "/bot/playground", json={"text": "怎么开发票？", "language": "zh"})
    assert "当天开出电子发票" in str(told), "the customer hears it"
