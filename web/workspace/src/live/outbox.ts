// What we wrote and the server has not acknowledged: kept over reloads, sent again with the same id.
import type { Attachment, ClientFrame, Media, Problem } from "../../../contract/agent";
import type { Pending } from "./state";
import { dispatch, live } from "./store";

const KEY = "tongxi.outbox";

interface Sender {
  send(frame: ClientFrame): boolean;
}

export interface Draft {
  conversation: string;
  note: boolean;
  text: string;
  epoch: number;
  attachments: Attachment[];
  media?: Media[];
}

class Outbox {
  private owner = "";

  /** Takes up what an earlier tab of the same user left behind. */
  load(owner: string): void {
    this.owner = owner;
    let kept: Pending[] = [];
    try {
      kept = JSON.parse(localStorage.getItem(`${KEY}.${owner}`) ?? "[]") as Pending[];
    } catch {
      // A damaged store holds nothing that could be sent.
    }
    for (const pending of kept)
      dispatch({ t: "written", pending: { ...pending, status: pending.status === "failed" ? "failed" : "waiting" } });
  }

  save(): void {
    if (!this.owner) return;
    const open = live().pending;
    if (open.length) localStorage.setItem(`${KEY}.${this.owner}`, JSON.stringify(open));
    else localStorage.removeItem(`${KEY}.${this.owner}`);
  }

  forget(): void {
    this.owner = "";
  }

  write(draft: Draft, sender: Sender): Pending {
    const pending: Pending = {
      ...draft,
      id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`,
      at: new Date().toISOString(),
      status: "waiting",
    };
    dispatch({ t: "written", pending });
    this.save();
    sender.send(frame(pending));
    return pending;
  }

  flush(sender: Sender): void {
    for (const pending of live().pending) if (pending.status !== "failed") sender.send(frame(pending));
  }

  again(pending: Pending, sender: Sender): void {
    const row = live().rows[pending.conversation];
    dispatch({ t: "written", pending: { ...pending, epoch: row?.epoch ?? pending.epoch, status: "waiting" } });
    this.save();
    sender.send(frame({ ...pending, epoch: row?.epoch ?? pending.epoch }));
  }

  withdraw(pending: Pending): void {
    dispatch({ t: "withdrawn", id: pending.id });
    this.save();
  }
}

function frame(pending: Pending): ClientFrame {
  const { id, conversation, text, epoch, attachments, media = [] } = pending;
  if (pending.note) return { t: "note", id, conversation, text };
  const files = attachments.map((file) => file.id);
  return {
    t: "send",
    id,
    conversation,
    epoch,
    text,
    ...(files.length ? { attachments: files } : {}),
    ...(media.length ? { media: media.map((file) => file.id) } : {}),
  };
}

export const outbox = new Outbox();
/** Refusals after which the text is kept as a note. */
export function lostHold(problem: Problem | undefined): boolean {
  return ["not_holder", "stale_epoch", "illegal_move"].includes(problem?.code ?? "");
}
