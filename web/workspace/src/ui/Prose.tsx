import { createElement, Fragment } from "react";
import { type Block, blocks, type Inline } from "./markdown";

/** The Markdown subset as elements; there is no way for HTML in the source to become HTML. */
export function Markdown({ source }: { source: string }) {
  return (
    <div className="prose">
      {blocks(source).map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place in the text
        <Fragment key={i}>{render(block)}</Fragment>
      ))}
    </div>
  );
}

function render(block: Block) {
  switch (block.kind) {
    case "heading":
      return createElement(`h${block.level}`, {}, <Spans of={block.inline} />);
    case "paragraph":
      return (
        <p>
          <Spans of={block.inline} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Spans of={block.inline} />
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
            <Spans of={item} />
          </li>
        )),
      );
  }
}

function Spans({ of }: { of: Inline[] }) {
  return of.map((part, i) => {
    const key = `${i}-${part.kind}`;
    if (part.kind === "link")
      return (
        <a key={key} href={part.url} target="_blank" rel="noopener noreferrer">
          {part.text}
        </a>
      );
    if (part.kind === "text") return <Fragment key={key}>{part.text}</Fragment>;
    return createElement(part.kind, { key }, part.text);
  });
}
