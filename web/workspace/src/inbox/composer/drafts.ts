// Drafts outlive reloads and lost sockets: one per conversation, in this browser.
import { useCallback, useEffect, useRef, useState } from "react";

export interface Draft {
  reply: string;
  note: string;
  mode: "reply" | "note";
  /** The reply that became the end of the note when the hold was lost. */
  kept: string;
}

const EMPTY: Draft = { reply: "", note: "", mode: "reply", kept: "" };
const WRITE_MS = 250;

const keyOf = (user: string, conversation: string) => `tongxi.draft.${user}.${conversation}`;

function read(key: string): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

function write(key: string, draft: Draft): void {
  if (draft.reply || draft.note) localStorage.setItem(key, JSON.stringify(draft));
  else localStorage.removeItem(key);
}

export function useDraft(user: string, conversation: string): [Draft, (change: (draft: Draft) => Draft) => void] {
  const key = keyOf(user, conversation);
  const [draft, setDraft] = useState(() => read(key));
  const held = useRef(draft);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const change = useCallback(
    (next: (draft: Draft) => Draft) => {
      held.current = next(held.current);
      setDraft(held.current);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => write(key, held.current), WRITE_MS);
    },
    [key],
  );
  useEffect(() => {
    const keep = () => write(key, held.current);
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      clearTimeout(timer.current);
      keep();
    };
  }, [key]);
  return [draft, change];
}

/** Both texts, one after the other. */
export function joined(first: string, second: string): string {
  return [first.trim(), second.trim()].filter(Boolean).join("\n");
}

/** Without the hold an unsent reply can only be a note. */
export function asNote(draft: Draft, reply = draft.reply): Draft {
  return { reply: "", note: joined(draft.note, reply), mode: "note", kept: reply.trim() };
}

/** With the hold back it is a reply again, unless somebody has written on. */
export function asReply({ reply, note, kept }: Draft): Draft {
  const own = kept !== "" && note.endsWith(kept);
  return {
    reply: own ? joined(kept, reply) : reply,
    note: own ? note.slice(0, -kept.length).trim() : note,
    mode: "reply",
    kept: "",
  };
}
