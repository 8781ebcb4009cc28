import { expect, test } from "vitest";
import { lastWins } from "./lastWins";

/** Requests that end when they are told to. */
function server() {
  const asked: boolean[] = [];
  const open: { end: () => void; fail: (error: Error) => void }[] = [];
  const ask = lastWins((value: boolean) => {
    asked.push(value);
    return new Promise<void>((end, fail) => open.push({ end, fail }));
  });
  return { asked, open, ask };
}

test("two quick clicks end in the state last asked for", async () => {
  const { asked, open, ask } = server();
  const first = ask(false);
  expect(await ask(true)).toBeUndefined();
  expect(asked).toEqual([false]);
  open[0]?.end();
  await Promise.resolve();
  open[1]?.end();
  expect(await first).toBe(true);
  expect(asked).toEqual([false, true]);
});

test("what was taken back while the request ran is not asked for again", async () => {
  const { asked, open, ask } = server();
  const first = ask(false);
  void ask(true);
  void ask(false);
  open[0]?.end();
  expect(await first).toBe(false);
  expect(asked).toEqual([false]);
});

test("a refusal is told once and the next click is tried anew", async () => {
  const { asked, open, ask } = server();
  const first = ask(false);
  void ask(true);
  open[0]?.fail(new Error("no"));
  await expect(first).rejects.toThrow("no");
  const second = ask(false);
  open[1]?.end();
  expect(await second).toBe(false);
  expect(asked).toEqual([false, false]);
});
