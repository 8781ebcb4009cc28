/// <reference types="node" />
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import zh from "./zh.json";

const ROOT = join(import.meta.dirname, "..");
const words: Record<string, Record<string, string>> = { zh, en };

function sources(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sources(join(folder, entry.name))
      : /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.")
        ? [readFileSync(join(folder, entry.name), "utf8")]
        : [],
  );
}
const code = sources().join("\n");
/** The key as the screens name it; English has a second text for one. */
const plain = (key: string) => key.replace(/_(one|other)$/, "");
const slots = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort();

describe("texts", () => {
  it("are complete in both languages, with the same values in them", () => {
    expect([...new Set(Object.keys(zh).map(plain))].sort()).toEqual([...new Set(Object.keys(en).map(plain))].sort());
    for (const [key, text] of Object.entries(zh)) expect(slots(text), key).toEqual(slots(words.en?.[key] ?? ""));
  });

  it("exist for every key the screens name", () => {
    const known = new Set(Object.keys(zh).flatMap((key) => [key, plain(key)]));
    const named = [...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1] as string);
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((key) => !known.has(key))).toEqual([]);
  });

  it("are all used", () => {
    const families = [...code.matchAll(/`([a-z_.]+)\$\{/g)].map((m) => m[1] as string);
    const unused = Object.keys(zh).filter(
      (key) => !code.includes(`"${plain(key)}"`) && !families.some((f) => key.startsWith(f)),
    );
    expect(unused).toEqual([]);
  });

  it("name every reason the server gives", () => {
    const server = JSON.parse(readFileSync(join(ROOT, "../../../src/tongxi/locales/zh.json"), "utf8")) as Record<
      string,
      string
    >;
    const reasons = Object.keys(server).filter((key) => key.startsWith("reason."));
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter((key) => !(key in zh))).toEqual([]);
  });
});
