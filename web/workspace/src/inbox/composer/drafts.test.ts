import { describe, expect, it } from "vitest";
import { asNote, asReply, type Draft } from "./drafts";

const writing: Draft = { reply: "我正在写", note: "常客", mode: "reply", kept: "" };

describe("a half-written reply", () => {
  it("is a note while somebody else holds the conversation, and a reply again afterwards", () => {
    const lost = asNote(writing);
    expect(lost).toEqual({ reply: "", note: "常客\n我正在写", mode: "note", kept: "我正在写" });
    expect(asReply(lost)).toEqual(writing);
  });

  it("stays a note once somebody has written on", () => {
    const lost = asNote({ ...writing, note: "" });
    expect(asReply({ ...lost, note: `${lost.note}。给同事` })).toEqual({
      reply: "",
      note: "我正在写。给同事",
      mode: "reply",
      kept: "",
    });
  });
});
