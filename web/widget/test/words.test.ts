import { beforeAll, describe, expect, test } from "vitest";
import en from "../src/locales/en.json";
import zh from "../src/locales/zh.json";
import { age, band, moment } from "../src/text/time.ts";
import { speak, t } from "../src/text/words.ts";

describe("words", () => {
  test("both languages say the same things with the same blanks", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    const blanks = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(zh[key], key).not.toBe("");
      expect(blanks(en[key]), key).toEqual(blanks(zh[key]));
    }
  });

  test("blanks are filled once: a name that looks like one stays as it is", async () => {
    await speak("en");
    expect(t("typing.agent", { name: "{n}" })).toBe("{n} is typing");
  });
});

describe("time", () => {
  beforeAll(() => speak("zh"));

  test("data has an age", () => {
    const now = Date.parse("2026-11-20T08:30:00Z");
    expect(age("2026-11-20T08:29:30Z", now)).toBe("刚刚查询");
    expect(age("2026-11-20T08:24:00Z", now)).toBe("6 分钟前查询");
    expect(age("2026-11-20T05:30:00Z", now)).toBe("3 小时前查询");
    expect(age("2026-11-20T08:30:05Z", now)).toBe("刚刚查询");
  });

  test("waits are told in whole minutes, rounded against us", () => {
    expect(band([61, 170])).toEqual([1, 3]);
    expect(band([5, 20])).toEqual([1, 1]);
  });

  test("today needs no date", () => {
    const now = new Date(2026, 10, 20, 15, 0);
    expect(moment(new Date(2026, 10, 20, 14, 5), now)).toBe("14:05");
    expect(moment(new Date(2026, 10, 19, 14, 5), now)).toBe("11\u00a0月\u00a019\u00a0日 14:05");
  });
});
