// A small part of Markdown as a tree: paragraphs, line breaks, lists, bold, links. Whatever else stands in the text
// stays text; nothing ever becomes HTML.

export type Inline =
  | { type: "text"; text: string }
  | { type: "bold"; children: Inline[] }
  | { type: "link"; href: string; text: string }
  | { type: "break" };

export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "list"; ordered: boolean; start: number; items: Inline[][] };

const ITEM = /^\s{0,3}(?:([-*•])|(\d{1,3})[.)、])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const URL_TAIL = /[.,;:!?'"。，；：！？、）)\]】》」]+$/;
// Bare addresses end where Chinese text begins.
const TOKEN =
  /\*\*(?=\S)([\s\S]+?\S?)\*\*|\[([^\]\n]{1,300})\]\(([^()\s]{1,2000})\)|((?:https?:\/\/|mailto:|tel:)[^\s<>"'`\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]{2,2000})/g;

/** Parse a text of the bot or of an agent. */
export function parse(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length) blocks.push({ type: "paragraph", children: withBreaks(lines) });
    lines = [];
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const item = ITEM.exec(line);
    if (item) {
      flush();
      const ordered = item[2] !== undefined;
      const last = blocks.at(-1);
      const children = inline(item[3] ?? "");
      if (last?.type === "list" && last.ordered === ordered) last.items.push(children);
      else blocks.push({ type: "list", ordered, start: Number(item[2] ?? 1), items: [children] });
    } else if (!line.trim()) {
      flush();
    } else {
      const heading = HEADING.exec(line);
      lines.push(heading ? `**${heading[1]}**` : line);
    }
  }
  flush();
  return blocks;
}

/** Only addresses in plain text become links: what a customer writes. */
export function plain(text: string): Inline[] {
  return withBreaks(text.split("\n"), false);
}

/** The address if it may be followed, else null: only the web, mail and telephone. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function withBreaks(lines: string[], markdown = true): Inline[] {
  return lines.flatMap((line, at) => [...(at ? [{ type: "break" } as const] : []), ...inline(line, markdown)]);
}

function inline(text: string, markdown = true): Inline[] {
  const found: Inline[] = [];
  let from = 0;
  const put = (until: number): void => {
    if (until > from) found.push({ type: "text", text: text.slice(from, until) });
  };
  for (const match of text.matchAll(TOKEN)) {
    const [whole, bold, label, target, bare] = match;
    if (bare !== undefined) {
      const address = bare.replace(URL_TAIL, "");
      const href = safeHref(address);
      if (!href) continue;
      put(match.index);
      found.push({ type: "link", href, text: address.replace(/^(mailto|tel):/, "") });
      from = match.index + address.length;
    } else if (markdown) {
      const href = target === undefined ? null : safeHref(target);
      if (target !== undefined && !href) continue;
      put(match.index);
      found.push(href ? { type: "link", href, text: label ?? href } : { type: "bold", children: inline(bold ?? "") });
      from = match.index + whole.length;
    }
  }
  put(text.length);
  return found;
}
