// Where pictures, videos and files stand in an article's text: ![what it shows](media:<id> "caption"). Pure, but for
// what this tab remembers of files it has uploaded.

export interface MediaFile {
  id: string;
  name: string;
  mime: string;
  size: number;
  width?: number | null;
  height?: number | null;
  url: string;
}

export interface Mark {
  /** Where it begins and ends in the text. */
  at: number;
  end: number;
  id: string;
  alt: string;
  caption: string;
}

export const MAX_MEDIA = 30;
const MARK = /!\[([^[\]\n]*)\]\(media:([0-9a-fA-F-]{36})(?:\s+"([^"\n]*)")?\s*\)/g;
const KEY = "tongxi.media";

export function marks(body: string): Mark[] {
  return [...body.matchAll(MARK)].map((found) => ({
    at: found.index,
    end: found.index + found[0].length,
    alt: found[1] ?? "",
    id: (found[2] ?? "").toLowerCase(),
    caption: found[3] ?? "",
  }));
}

/** A mark as text; what would break it out of its brackets is exchanged. */
export function written(id: string, alt = "", caption = ""): string {
  const shown = alt.replaceAll("[", "(").replaceAll("]", ")").replace(/\s/g, " ");
  const under = caption.replaceAll('"', "”").replace(/\s/g, " ");
  return `![${shown}](media:${id}${under ? ` "${under}"` : ""})`;
}

/** The text with other words for the mark at this place among them. */
export function reworded(body: string, place: number, words: { alt?: string; caption?: string }): string {
  const mark = marks(body)[place];
  if (!mark) return body;
  const { id, alt, caption } = { ...mark, ...words };
  return body.slice(0, mark.at) + written(id, alt, caption) + body.slice(mark.end);
}

export function removed(body: string, place: number): string {
  const mark = marks(body)[place];
  if (!mark) return body;
  const before = body.slice(0, mark.at).replace(/[ \t]+$/, "");
  const after = body.slice(mark.end).replace(/^[ \t]+/, "");
  const alone = (!before || before.endsWith("\n")) && (!after || after.startsWith("\n"));
  return alone ? [before.trimEnd(), after.trimStart()].filter(Boolean).join("\n\n") : `${before} ${after}`;
}

/** The text with this mark and its neighbour in each other's place. */
export function moved(body: string, place: number, by: -1 | 1): string {
  const all = marks(body);
  const [first, second] = by < 0 ? [all[place - 1], all[place]] : [all[place], all[place + 1]];
  if (!first || !second) return body;
  const text = (mark: Mark) => body.slice(mark.at, mark.end);
  return (
    body.slice(0, first.at) + text(second) + body.slice(first.end, second.at) + text(first) + body.slice(second.end)
  );
}

/** The text with a new mark as a paragraph of its own at the cursor. */
export function inserted(body: string, at: number, id: string): string {
  // Not in the middle of a line: behind the paragraph the cursor stands in.
  const gap = body.indexOf("\n", Math.min(at, body.length));
  const until = at === 0 ? 0 : gap < 0 ? body.length : gap;
  return [body.slice(0, until).trimEnd(), written(id), body.slice(until).trimStart()].filter(Boolean).join("\n\n");
}

/** The text as people compare it: files by name instead of id. */
export function readable(body: string, files: readonly MediaFile[]): string {
  const names = new Map(files.map((file) => [file.id, file.name]));
  return body.replace(/\(media:([0-9a-fA-F-]{36})/g, (whole, id: string) => {
    const name = names.get(id.toLowerCase());
    return name ? `(${name}` : whole;
  });
}

/** Keep what is known of an upload while this tab lives: its text may not be saved yet. */
export function remember(file: MediaFile): void {
  sessionStorage.setItem(KEY, JSON.stringify({ ...remembered(), [file.id]: file }));
}

export function remembered(): Record<string, MediaFile> {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Record<string, MediaFile>;
  } catch {
    return {};
  }
}
