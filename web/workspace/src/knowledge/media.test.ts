import { describe, expect, it } from "vitest";
import { inserted, marks, moved, readable, removed, reworded, written } from "./media";

const ONE = "0190f6a0-0000-7000-8000-000000000001";
const TWO = "0190f6a0-0000-7000-8000-000000000002";
const BODY = `First.\n\n![a](media:${ONE} "under a")\n\nSecond ![b](media:${TWO}) goes on.`;

describe("pictures in an article's text", () => {
  it("are found with their words", () => {
    expect(marks(BODY).map(({ id, alt, caption }) => [id, alt, caption])).toEqual([
      [ONE, "a", "under a"],
      [TWO, "b", ""],
    ]);
  });

  it("keep their place when their words change, whatever is typed", () => {
    const next = reworded(BODY, 0, { alt: 'a [lid] "up"', caption: 'say "x"\n' });
    expect(marks(next)[0]).toMatchObject({ id: ONE, alt: 'a (lid) "up"', caption: "say ”x” " });
    expect(next.startsWith("First.\n\n![")).toBe(true);
    expect(marks(next)).toHaveLength(2);
  });

  it("leave no gap behind when they go", () => {
    expect(removed(BODY, 0)).toBe(`First.\n\nSecond ${written(TWO, "b")} goes on.`);
    expect(removed(BODY, 1)).toBe(`First.\n\n${written(ONE, "a", "under a")}\n\nSecond goes on.`);
    expect(removed(BODY, 5)).toBe(BODY);
  });

  it("change places", () => {
    expect(marks(moved(BODY, 0, 1)).map(({ id }) => id)).toEqual([TWO, ONE]);
    expect(moved(moved(BODY, 0, 1), 1, -1)).toBe(BODY);
    expect(moved(BODY, 0, -1)).toBe(BODY);
  });

  it("come in as a paragraph of their own", () => {
    expect(inserted("One.\n\nTwo.", 2, ONE)).toBe(`One.\n\n${written(ONE)}\n\nTwo.`);
    expect(inserted("", 0, ONE)).toBe(written(ONE));
    expect(inserted("One.", 99, ONE)).toBe(`One.\n\n${written(ONE)}`);
  });

  it("are told by name where versions are compared", () => {
    const file = { id: ONE, name: "label.png", mime: "image/png", size: 1, url: "" };
    expect(readable(BODY, [file])).toContain('![a](label.png "under a")');
  });
});
