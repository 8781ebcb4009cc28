import { expect, it } from "vitest";
import { diff } from "./diff";

const signs = (a: string, b: string) => diff(a, b).map((line) => line.sign + line.text);

it("equal texts have no marks", () => {
  expect(signs("a\nb", "a\nb")).toEqual([" a", " b"]);
});

it("a changed line is taken out and put in", () => {
  expect(signs("a\nb\nc", "a\nx\nc")).toEqual([" a", "-b", "+x", " c"]);
});

it("applying the marks gives both texts back", () => {
  const a = "one\ntwo\nthree\nfour";
  const b = "zero\none\nthree\nfive\nfour";
  const lines = diff(a, b);
  expect(
    lines
      .filter((l) => l.sign !== "+")
      .map((l) => l.text)
      .join("\n"),
  ).toBe(a);
  expect(
    lines
      .filter((l) => l.sign !== "-")
      .map((l) => l.text)
      .join("\n"),
  ).toBe(b);
});
