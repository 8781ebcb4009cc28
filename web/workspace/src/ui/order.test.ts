import { expect, test } from "vitest";
import { sorted, turned } from "./order";

test("a heading is pressed three times: up, down, as it came", () => {
  const up = turned(null, "name");
  const down = turned(up, "name");
  expect([up, down, turned(down, "name")]).toEqual([
    { key: "name", isDown: false },
    { key: "name", isDown: true },
    null,
  ]);
  expect(turned(down, "age")).toEqual({ key: "age", isDown: false });
});

test("Chinese words stand by their sound, figures by their size", () => {
  expect(sorted(["退款", "发票", "安装"], (word) => word, false, "zh")).toEqual(["安装", "发票", "退款"]);
  expect(sorted(["a10", "a9"], (word) => word, false, "en")).toEqual(["a9", "a10"]);
});

test("what has no value stands last, up and down", () => {
  const rows = [null, 2, 10];
  expect(sorted(rows, (row) => row, false, "en")).toEqual([2, 10, null]);
  expect(sorted(rows, (row) => row, true, "en")).toEqual([10, 2, null]);
});
