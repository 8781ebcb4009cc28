import { expect, test } from "vitest";
import { insertAfter, neighbour, type Step, swapped, without } from "./model";

const SOURCE = "steps:\n  - ask: a\n  - read: b\n    tool: t\n  - end: done\n";
const step = (number: number, line: number, last: number): Step => ({
  kind: "ask",
  depth: 0,
  place: `steps.${number}`,
  text: "",
  line,
  last,
});
const [ask, read, end] = [step(0, 2, 2), step(1, 3, 4), step(2, 5, 5)] as [Step, Step, Step];

test("a snippet is put behind a step, as deep as it", () => {
  expect(insertAfter(SOURCE, read, "- say: x\n  y: z")).toBe(
    "steps:\n  - ask: a\n  - read: b\n    tool: t\n  - say: x\n    y: z\n  - end: done\n",
  );
});

test("a step is taken out with all its lines", () => {
  expect(without(SOURCE, read)).toBe("steps:\n  - ask: a\n  - end: done\n");
});

test("neighbours change places", () => {
  expect(swapped(SOURCE, ask, read)).toBe("steps:\n  - read: b\n    tool: t\n  - ask: a\n  - end: done\n");
  expect(neighbour([ask, read, end], read, 1)).toBe(end);
  expect(neighbour([ask, read, end], ask, -1)).toBeUndefined();
});
