// Text as nodes: what people and models wrote is never handed to the browser as HTML.
import { useMemo } from "preact/hooks";
import { type Inline, parse, plain } from "../text/markdown.ts";

/** A text of the bot or of an agent, with the small Markdown of `text/markdown.ts`. */
export function Rich({ text }: { text: string }) {
  const blocks = useMemo(() => parse(text), [text]);
  return (
    <>
      {blocks.map((block, at) =>
        block.type === "paragraph" ? (
          <p key={at}>{inlines(block.children)}</p>
        ) : block.ordered ? (
          <ol key={at} start={block.start}>
            {block.items.map((item, n) => (
              <li key={n}>{inlines(item)}</li>
            ))}
          </ol>
        ) : (
          <ul key={at}>
            {block.items.map((item, n) => (
              <li key={n}>{inlines(item)}</li>
            ))}
          </ul>
        ),
      )}
    </>
  );
}

export function Plain({ text }: { text: string }) {
  const line = useMemo(() => plain(text), [text]);
  return <p>{inlines(line)}</p>;
}

export function Link({ href, children }: { href: string; children: preact.ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function inlines(nodes: Inline[]) {
  return nodes.map((node, at) => {
    switch (node.type) {
      case "text":
        return node.text;
      case "break":
        return <br key={at} />;
      case "bold":
        return <strong key={at}>{inlines(node.children)}</strong>;
      default:
        return (
          <Link key={at} href={node.href}>
            {node.text}
          </Link>
        );
    }
  });
}
