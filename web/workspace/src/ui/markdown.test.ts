import { expect, it } from "vitest";
import { blocks, inline } from "./markdown";

it("reads headings, lists and paragraphs", () => {
  expect(blocks("# 退货\n\n第一句\n第二句\n\n- 一\n- 二\n\n1. 甲\n2. 乙").map((b) => b.kind)).toEqual([
    "heading",
    "paragraph",
    "list",
    "list",
  ]);
});

it("links only go to safe addresses", () => {
  expect(inline("[a](https://x.cn) [b](javascript:alert(1)) [c](//evil)").filter((p) => p.kind === "link")).toEqual([
    { kind: "link", text: "a", url: "https://x.cn" },
  ]);
});

it("keeps HTML as text", () => {
  expect(blocks("<img onerror=x>")).toEqual([
    { kind: "paragraph", inline: [{ kind: "text", text: "<img onerror=x>" }] },
  ]);
});

it("loses no characters of plain text", () => {
  const text = "价格 3 * 4 = 12，见 [说明] 与 `代码`";
  expect(
    inline(text)
      .map((p) => p.text)
      .join(""),
  ).toBe("价格 3 * 4 = 12，见 [说明] 与 代码");
});
