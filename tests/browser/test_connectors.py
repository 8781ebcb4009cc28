"""An owner looks at the connected systems, tests one and tries a tool of it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.people import People


def test_a_connected_system_is_tested_and_tried(people: People) -> None:
    page = people.agent("owner", "苏晴").page
    page.goto(f"{people.demo.url}/settings/connectors")
    page.get_by_role("button", name="工具", exact=True).click()  # the one with the fewest tools first
    expect(page.get_by_role("columnheader", name="工具")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody tr").first).to_contain_text("暖仓商品目录")
    row = page.get_by_role("row").filter(has_text="暖仓商品目录")
    row.get_by_role("button", name="测试连接").click()
    expect(page.get_by_text("暖仓商品目录：连接正常")).to_be_visible()
    page.get_by_role("link", name="暖仓商品目录").click()
    line = page.get_by_role("listitem").filter(has_text="catalogue__member")
    line.get_by_role("button", name="试用").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("店铺的顾客编号").fill("C1001")
    dialog.get_by_role("button", name="运行").click()
    expect(dialog.get_by_text('"tier"')).to_be_visible()
    dialog.get_by_label("店铺的顾客编号").fill("C1001/../C1002")
    dialog.get_by_role("button", name="运行").click()
    expect(dialog.get_by_text("没有这条记录")).to_be_visible()


def test_a_mapping_that_leaves_open_whose_data_it_gives_is_refused(people: People) -> None:
    page = people.agent("owner", "苏晴").page
    page.goto(f"{people.demo.url}/settings/connectors/new")
    mapping = page.get_by_label("映射文件（YAML）")
    mapping.fill(mapping.input_value().replace("/members/{contact}/points", "/points"))
    page.get_by_role("button", name="预览工具").click()
    expect(page.get_by_text("映射文件有误")).to_be_visible()
    expect(page.get_by_text("whose data")).to_be_visible()
