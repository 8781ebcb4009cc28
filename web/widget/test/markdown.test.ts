import { describe, expect, test } from "vitest";
import { type Inline, parse, plain, safeHref } from "../src/text/markdown.ts";

function links(nodes: Inline[]): [string, string][] {
  return nodes.flatMap((it) => (it.type === "link" ? [[it.text, it.href] as [string, string]] : []));
}

function text(nodes: Inline[]): string {
  return nodes.map((it) => (it.type === "bold" ? text(it.children) : it.type === "break" ? "\n" : it.text)).join("");
}

describe("parse", () => {
  test("lists, bold, line breaks", () => {
    expect(parse("Do this:\n1. open **My orders**\n2. choose\n\n- a\n* b\nafter")).toEqual([
      { type: "paragraph", children: [{ type: "text", text: "Do this:" }] },
      {
        type: "list",
        ordered: true,
        start: 1,
        items: [
          [
            { type: "text", text: "open " },
            { type: "bold", children: [{ type: "text", text: "My orders" }] },
          ],
          [{ type: "text", text: "choose" }],
        ],
      },
      { type: "list", ordered: false, start: 1, items: [[{ type: "text", text: "a" }], [{ type: "text", text: "b" }]] },
      { type: "paragraph", children: [{ type: "text", text: "after" }] },
    ]);
  });

  test("a list that goes on after other text keeps its number", () => {
    expect(parse("3. three")[0]).toMatchObject({ type: "list", start: 3 });
  });

  test.each([
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html,<script>)",
    "[click](/relative)",
    "**not closed",
    "2 * 3 * 4 and a_b_c",
    "![picture](x)",
  ])("%s stays text", (source) => {
    const [block] = parse(source);
    expect(block).toEqual({ type: "paragraph", children: [{ type: "text", text: source }] });
  });

  test("named links go where they say", () => {
    const [block] = parse("see [the page](https://shop.example/a?b=1#c).");
    expect(block?.type === "paragraph" && links(block.children)).toEqual([
      ["the page", "https://shop.example/a?b=1#c"],
    ]);
  });

  test("long repetitive text is parsed in reasonable time", () => {
    const started = performance.now();
    parse("**a ".repeat(2000));
    parse("[".repeat(8000));
    parse("https://a".repeat(800));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("plain", () => {
  test("an address ends where Chinese text or punctuation begins", () => {
    expect(links(plain("请看https://shop.example/a，谢谢 https://shop.example/b."))).toEqual([
      ["https://shop.example/a", "https://shop.example/a"],
      ["https://shop.example/b", "https://shop.example/b"],
    ]);
  });

  test("what a customer writes is never Markdown", () => {
    expect(text(plain("**a** [b](https://c.example)\n- d"))).toBe("**a** [b](https://c.example)\n- d");
    expect(plain("**a**")).toEqual([{ type: "text", text: "**a**" }]);
  });
});

test("only the web, mail and telephone may be followed", () => {
  expect(safeHref("https://a.example")).toBe("https://a.example/");
  expect(safeHref("tel:+8613800000000")).toBe("tel:+8613800000000");
  expect(safeHref("mailto:a@b.example")).toBe("mailto:a@b.example");
  for (const bad of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " data:text/html,x",
    "vbscript:x",
    "file:///x",
    "//x",
    "x",
  ]) {
    expect(safeHref(bad)).toBeNull();
  }
});
