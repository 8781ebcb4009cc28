// The Markdown subset of articles: headings, lists, quotes, code, bold, emphasis, links,
// pictures. Pure; gives a tree, never HTML.

export type Inline =
  | { kind: "text" | "strong" | "em" | "code"; text: string }
  | { kind: "link"; text: string; url: string }
  | { kind: "picture"; text: string; id: string; caption: string };

export type Block =
  | { kind: "heading"; level: 2 | 3 | 4; inline: Inline[] }
  | { kind: "paragraph" | "quote"; inline: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "code"; text: string }
  | { kind: "rule" };

const INLINE =
  /!\[([^[\]\n]*)\]\(media:([0-9a-fA-F-]{36})(?:\s+"([^"\n]*)")?\s*\)|\*\*(.+?)\*\*|\*([^*\s][^*]*?)\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

export function inline(text: string): Inline[] {
  const parts: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push({ kind: "text", text: text.slice(at, match.index) });
    const [whole, alt, media, caption, strong, em, code, label, url] = match;
    if (media) parts.push({ kind: "picture", text: alt ?? "", id: media.toLowerCase(), caption: caption ?? "" });
    else if (strong) parts.push({ kind: "strong", text: strong });
    else if (em) parts.push({ kind: "em", text: em });
    else if (code) parts.push({ kind: "code", text: code });
    else if (label && url && /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(url))
      parts.push({ kind: "link", text: label, url });
    else parts.push({ kind: "text", text: whole });
    at = match.index + whole.length;
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

export function blocks(source: string): Block[] {
  const out: Block[] = [];
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length) out.push({ kind: "paragraph", inline: inline(paragraph.join("\n")) });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = ITEM.exec(line);
    if (line.startsWith("```")) {
      flush();
      const code: string[] = [];
      while (++i < lines.length && !lines[i]?.startsWith("```")) code.push(lines[i] ?? "");
      out.push({ kind: "code", text: code.join("\n") });
    } else if (!line.trim()) flush();
    else if (heading) {
      flush();
      const level = Math.min(4, (heading[1]?.length ?? 1) + 1) as 2 | 3 | 4;
      out.push({ kind: "heading", level, inline: inline(heading[2] ?? "") });
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      flush();
      out.push({ kind: "rule" });
    } else if (item) {
      flush();
      const ordered = item[1] !== undefined;
      const last = out.at(-1);
      if (last?.kind === "list" && last.ordered === ordered && lines[i - 1]?.trim())
        last.items.push(inline(item[2] ?? ""));
      else out.push({ kind: "list", ordered, items: [inline(item[2] ?? "")] });
    } else if (line.startsWith(">")) {
      flush();
      out.push({ kind: "quote", inline: inline(line.replace(/^>\s?/, "")) });
    } else paragraph.push(line);
  }
  flush();
  return out;
}
