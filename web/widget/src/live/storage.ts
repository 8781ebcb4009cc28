// What outlives the page in this browser: unsent messages, and the last screen. All under one prefix per inbox,
// so that sign-out can remove it. Storage that is off or full costs persistence, nothing else.
import type { ConversationView, Entry } from "../../../contract/widget.ts";
import type { Outgoing } from "./state.ts";

const KEPT = 20;
const STALE_MS = 7 * 24 * 3600_000;

export interface LastScreen {
  contact: string;
  history: string;
  view: ConversationView;
  entries: Entry[];
  /** What the customer has seen, where it could not be told to the server. */
  seen?: number;
}

export class Storage {
  private readonly prefix: string;

  constructor(inbox: string) {
    this.prefix = `tongxi:${inbox}:`;
  }

  /** Unsent messages of this contact, oldest first. One key a message: tabs do not overwrite one another. */
  outbox(contact: string): Outgoing[] {
    const found: Outgoing[] = [];
    for (const key of this.keys(`out:`)) {
      const kept = this.read<{ contact: string; message: Outgoing }>(key);
      const message = kept?.message;
      if (!message || kept.contact !== contact) continue;
      if (Date.now() - Date.parse(message.at) > STALE_MS) this.remove(key);
      else found.push(message);
    }
    return found.sort((a, b) => a.at.localeCompare(b.at));
  }

  keep(contact: string, message: Outgoing): void {
    this.write(`out:${message.id}`, { contact, message });
    // Read by the loader of the next page: there is something to send, whether or not the window is opened.
    this.setFlag("unsent", true);
  }

  drop(id: string): void {
    this.remove(`out:${id}`);
    if (!this.keys("out:").length) this.remove("unsent");
  }

  /** The id in a storage event of another tab that was sent from there, or null. */
  sentElsewhere(event: StorageEvent): string | null {
    const start = `${this.prefix}out:`;
    return event.key?.startsWith(start) && event.newValue === null ? event.key.slice(start.length) : null;
  }

  lastScreen(contact: string): LastScreen | null {
    const screen = this.read<LastScreen>("last");
    return screen?.contact === contact && screen.view && Array.isArray(screen.entries) ? screen : null;
  }

  saveScreen(screen: LastScreen): void {
    this.write("last", { ...screen, entries: screen.entries.slice(-KEPT) });
  }

  forgetScreen(): void {
    this.remove("last");
  }

  /** What was being written when the page went away. */
  get draft(): string {
    return this.read<string>("draft") ?? "";
  }

  set draft(text: string) {
    if (text) this.write("draft", text);
    else this.remove("draft");
  }

  /** The episode whose rating was last asked for. */
  get asked(): string {
    return this.read<string>("asked") ?? "";
  }

  set asked(episode: string) {
    this.write("asked", episode);
  }

  flag(name: string): boolean {
    return this.read(name) === true;
  }

  setFlag(name: string, on: boolean): void {
    if (on) this.write(name, true);
    else this.remove(name);
  }

  private keys(start: string): string[] {
    try {
      const full = this.prefix + start;
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(full))
        .map((key) => key.slice(this.prefix.length));
    } catch {
      return [];
    }
  }

  private read<T>(name: string): T | null {
    try {
      const text = localStorage.getItem(this.prefix + name);
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  }

  private write(name: string, value: unknown): void {
    try {
      localStorage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {}
  }

  private remove(name: string): void {
    try {
      localStorage.removeItem(this.prefix + name);
    } catch {}
  }
}
