import { createElement, Fragment, type ReactNode } from "react";
import { type Block, blocks, type Inline } from "./markdown";

/** Shows a file of the text; without one its words stand in its place. */
type Picture = (id: string, alt: string, caption: string) => ReactNode;

/** The Markdown subset as elements; there is no way for HTML in the source to become HTML. */
export function Markdown({ source, picture }: { source: string; picture?: Picture }) {
  return (
    <div className="prose">
      {blocks(source).map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place in the text
        <Fragment key={i}>{render(block, picture)}</Fragment>
      ))}
    </div>
  );
}

function render(block: Block, picture: Picture | undefined) {
  switch (block.kind) {
    case "heading":
      return createElement(`h${block.level}`, {}, <Spans of={block.inline} picture={picture} />);
    case "paragraph":
      // A picture is a block: it may not stand in a <p>.
      return createElement(
        block.inline.some((part) => part.kind === "picture") ? "div" : "p",
        {},
        <Spans of={block.inline} picture={picture} />,
      );
    case "quote":
      return (
        <blockquote>
          <Spans of={block.inline} picture={picture} />
        </blockquote>
      );
    case "code":
      return <pre>{block.text}</pre>;
    case "rule":
      return <hr />;
    case "list":
      return createElement(
        block.ordered ? "ol" : "ul",
        {},
        block.items.map((item, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item is its place in the list
          <li key={i}>
            <Spans of={item} picture={picture} />
          </li>
        )),
      );
  }
}

function Spans({ of, picture }: { of: Inline[]; picture: Picture | undefined }) {
  return of.map((part, i) => {
    const key = `${i}-${part.kind}`;
    if (part.kind === "link")
      return (
        <a key={key} href={part.url} target="_blank" rel="noopener noreferrer">
          {part.text}
        </a>
      );
    if (part.kind === "picture")
      return (
        <Fragment key={key}>{picture?.(part.id, part.text, part.caption) ?? (part.caption || part.text)}</Fragment>
      );
    if (part.kind === "text") return <Fragment key={key}>{part.text}</Fragment>;
    return createElement(part.kind, { key }, part.text);
  });
}
