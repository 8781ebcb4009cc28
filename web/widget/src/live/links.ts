// Addresses of files work for an hour or two; a window stays open longer, and the last screen is kept for days.
import type { Entry, EntryPage } from "../../../contract/widget.ts";
import type { Shell } from "../shell/shell.ts";
import type { Action, Talk } from "./state.ts";

const FRESH_MS = 50 * 60_000;
const AT_ONCE = 20;

export class Links {
  private readonly since = new WeakMap<Entry, number>();

  constructor(
    private readonly shell: Shell,
    private readonly talk: () => Talk,
    private readonly apply: (action: Action) => void,
  ) {}

  /** These entries have just come from the server. */
  arrived(entries: Entry[]): void {
    for (const entry of entries) this.since.set(entry, Date.now());
  }

  /** Get new addresses where the old ones have aged, the newest messages first. */
  async renew(): Promise<void> {
    const { view, entries, synced } = this.talk();
    if (!view || !synced) return;
    const aged = entries.filter(
      (it) => (it.content.attachments ?? it.content.media)?.length && Date.now() - (this.since.get(it) ?? 0) > FRESH_MS,
    );
    for (const { seq } of aged.slice(-AT_ONCE).reverse()) {
      const path = `conversations/${view.id}/entries?after=${seq - 1}&limit=1`;
      const page = await this.shell.request<EntryPage>("GET", path).catch(() => null);
      if (!page) return;
      this.apply({ t: "fresh", conversation: view.id, entries: page.entries.filter((it) => it.seq === seq) });
    }
  }
}
