"""Files become articles: again only what changed, and one bad file stops nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import orjson
import pytest

from tests.support import files
from tests.support.local_http import Reply, local_http
from tongxi.cli import main
from tongxi.configuration import store
from tongxi.configuration.egress import NAME, EgressSettings
from tongxi.kit.db import Database
from tongxi.knowledge import reader_process
from tongxi.knowledge.importing import ImportReport, import_files
from tongxi.knowledge.index import Knowledge

pytestmark = pytest.mark.anyio

ZH = (
    '{"id":"refund","title":"退款多久到账","text":"三天。"}\n'
    '{"id":"invoice","title":"如何开发票","text":"发票中心。"}\n'
)
EN = '{"id":"refund","title":"How long does a refund take?","text":"Three days."}\n'


async def run(db: Database, *given: tuple[str, str | bytes], publish: bool = True) -> ImportReport:
    contents = [(name, data.encode() if isinstance(data, str) else data) for name, data in given]
    return await import_files(db, contents, publish=publish, author=None, keep=no_pictures)


async def no_pictures(data: bytes, name: str, *, source: str = "") -> NoReturn:
    raise AssertionError(f"{name}: {len(data)} bytes from {source!r}, but there is no picture in these files")


async def value(db: Database, sql: str) -> object:
    async with db.transaction() as tx:
        return await tx.value(sql)


async def test_the_same_files_again_change_nothing(db: Database) -> None:
    first = await run(db, ("kb_zh.jsonl", ZH), ("kb_en.jsonl", EN))
    assert (first.created, first.updated) == (3, 0)
    again = await run(db, ("kb_zh.jsonl", ZH), ("kb_en.jsonl", EN))
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    assert [one["reason"] for one in again.data()["skipped"]] == ["unchanged", "unchanged"]
    assert await value(db, "select count(*) from article_version") == 3


async def test_a_changed_entry_gets_a_new_version(db: Database) -> None:
    await run(db, ("kb_zh.jsonl", ZH))
    changed = await run(db, ("kb_zh.jsonl", ZH.replace("三天", "五天")))
    assert (changed.updated, changed.unchanged) == (1, 1)
    assert await value(db, "select version from article where slug = 'refund.zh'") == 2
    assert await value(db, "select body from article_version where version = 1 and title like '退款%%'") == "三天。"


async def test_one_bad_file_stops_nothing(db: Database) -> None:
    report = await run(
        db,
        ("a.md", "# 配送\n\n两天。"),
        ("b.pdf", b"%PDF"),
        ("c.jsonl", '{"id":"x","title":"t","text":"y"}\nbroken'),
        ("d.txt", b"\x00\x00"),
        ("e.md", "# Returns\n\nSeven days."),
    )
    assert report.created == 2
    assert report.data()["skipped"] == [
        {"file": "b.pdf", "reason": "broken"},
        {"file": "c.jsonl", "reason": "broken", "line": 2},
        {"file": "d.txt", "reason": "not_text"},
    ]


async def test_of_two_files_that_would_be_one_article_the_first_is_taken_and_the_other_told(db: Database) -> None:
    report = await run(db, ("returns.txt", "七天内可以退货。"), ("returns.md", "# 退货\n\n十天内可以退货。"))
    assert (report.created, report.updated) == (1, 0)
    assert [one["reason"] for one in report.data()["skipped"]] == ["same_id"]
    assert await value(db, "select body from article where slug = 'returns.zh'") == "七天内可以退货。"
    same = await run(db, ("returns.txt", "七天内可以退货。"), ("./returns.txt", "七天内可以退货。"))
    assert same.unchanged == 2


async def test_drafts_are_not_found_until_published(db: Database) -> None:
    knowledge = Knowledge()
    await run(db, ("kb_zh.jsonl", ZH), publish=False)
    await knowledge.load(db)
    assert knowledge.search("退款多久到账", "zh") == []
    published = await run(db, ("kb_zh.jsonl", ZH))
    assert published.updated == 2
    await knowledge.load(db)
    assert knowledge.search("退款多久到账", "zh")[0].slug == "refund.zh"


async def test_an_archived_article_stays_archived(db: Database) -> None:
    await run(db, ("kb_zh.jsonl", ZH))
    async with db.transaction() as tx:
        await tx.execute("update article set status = 'archived' where slug = 'refund.zh'")
    await run(db, ("kb_zh.jsonl", ZH.replace("三天", "五天")))
    assert await value(db, "select status from article where slug = 'refund.zh'") == "archived"


async def test_an_entry_twice_in_a_file_is_one_article(db: Database) -> None:
    report = await run(db, ("kb_zh.jsonl", ZH + ZH.replace("三天", "五天")))
    assert (report.created, report.updated, report.unchanged) == (2, 1, 1)
    assert await value(db, "select body from article where slug = 'refund.zh'") == "五天。"


async def test_another_process_sees_what_was_published(db: Database) -> None:
    knowledge = Knowledge()
    await knowledge.load(db)
    assert await knowledge.refresh(db) is False
    await run(db, ("kb_zh.jsonl", ZH))
    assert await knowledge.refresh(db) is True
    assert len(knowledge) == 2
    assert await knowledge.refresh(db) is False
    await run(db, ("kb_zh.jsonl", ZH.replace("三天", "五天")))
    assert await knowledge.refresh(db) is True
    assert "五天" in knowledge.search("退款多久到账", "zh")[0].text


def test_the_command_imports_a_folder(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TONGXI_DATABASE_URL", database_url)
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "hours.md").write_text("# 营业时间\n\n九点。", encoding="utf-8")
    (tmp_path / ".hidden.md").write_text("# Hidden\n\nNo.", encoding="utf-8")
    assert main(["import", str(tmp_path)]) == 0
    assert "1 articles created" in capsys.readouterr().out
    (tmp_path / "bad.pdf").write_bytes(b"%PDF")
    assert main(["import", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "bad.pdf: broken" in told.err
    assert "1 unchanged" in told.out
    assert main(["import", str(tmp_path / "none")]) == 2


async def test_documents_become_articles_that_are_found(db: Database) -> None:
    handbook = files.word([("Title", "Handbook"), ("Heading 2", "Warranty"), ("", "The warranty lasts for 24 months.")])
    prices = files.sheets({"FAQ": [["问题", "答案"], ["怎么开发票", "在订单页申请，当天开出。"]]})
    report = await run(db, ("handbook.docx", handbook), ("faq.xlsx", prices), ("plain.pdf", files.pages([["Hi."]])))
    assert (report.created, report.data()["skipped"]) == (2, [{"file": "plain.pdf", "reason": "no_text"}])
    knowledge = Knowledge()
    await knowledge.load(db)
    assert knowledge.search("how long is the warranty", "en")[0].section == "Warranty"
    assert knowledge.search("怎么开发票", "zh")[0].source == "faq.xlsx"


async def test_a_parser_that_runs_away_costs_one_file(monkeypatch: pytest.MonkeyPatch, db: Database) -> None:
    monkeypatch.setattr(reader_process.Readers.__init__, "__kwdefaults__", {"max_seconds": 0.001})
    report = await run(db, ("slow.pdf", files.pages([["x" * 60] * 40] * 50)), ("a.md", "# 配送\n\n两天。"))
    assert report.data()["skipped"] == [{"file": "slow.pdf", "reason": "too_heavy"}]
    assert report.created == 1


async def test_an_article_is_used_from_its_first_day_to_its_last(db: Database) -> None:
    def entry(slug: str, **days: str) -> str:
        return orjson.dumps({"id": slug, "title": f"{slug} sale", "text": f"The {slug} sale is on.", **days}).decode()

    today = datetime.now(UTC).date()
    earlier, later = str(today - timedelta(days=2)), str(today + timedelta(days=2))
    rows = [entry("past", valid_until=earlier), entry("present", valid_from=earlier, valid_until=later),
            entry("future", valid_from=later)]  # fmt: skip
    await run(db, ("sales_en.jsonl", "\n".join(rows)))
    knowledge = Knowledge()
    await knowledge.load(db)
    assert [hit.slug for hit in knowledge.search("sale", "en")] == ["present.en"]
    await run(db, ("sales_en.jsonl", entry("never", valid_from="soon")))
    assert await value(db, "select count(*) from article") == 3


async def test_the_command_imports_an_address(database_url: str, db: Database) -> None:
    async def command(*arguments: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "import sys; from tongxi.cli import main; sys.exit(main())", "import", *arguments,
            env=os.environ | {"TONGXI_DATABASE_URL": database_url},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await process.communicate()
        return process.returncode, told.decode()

    page = Reply(b"<html lang=en><h1>Fees</h1><p>There are none at all.</p></html>", kind="text/html")
    async with local_http(lambda _: page) as site:
        code, told = await command(f"{site.url}/fees")
        assert (code, site.asked) == (1, [])
        assert "may not be opened" in told
        allowed = EgressSettings(allowed_hosts=(f"127.0.0.1:{site.port}",))
        async with db.transaction() as tx:
            await store.save(tx, NAME, allowed, author_id=None, after=0)
        code, told = await command(f"{site.url}/fees")
        assert code == 0, told
        assert "1 articles created" in told
        assert await value(db, "select source from article") == f"{site.url}/fees"


async def test_the_author_is_kept(db: Database) -> None:
    author = UUID(int=7)
    async with db.transaction() as tx:
        await tx.execute(
            "insert into app_user (id, email, name, role) values (%s, 'e@x.example', 'Editor', 'editor')", (author,)
        )
    await import_files(db, [("a.md", "# 配送\n\n两天。".encode())], publish=True, author=author, keep=no_pictures)
    assert await value(db, "select created_by from article") == author
    assert await value(db, "select data->>'created' from audit_entry where action = 'articles.imported'") == "1"
