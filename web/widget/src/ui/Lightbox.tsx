import { useEffect, useRef } from "preact/hooks";
import { t } from "../text/words.ts";
import { named, type Shown } from "./Files.tsx";
import { Icon } from "./icons.tsx";
import { keepInside } from "./screen.ts";
import css from "./sheets.css?inline";
import { style } from "./styled.ts";

/** One picture, as large as the window allows. */
export function Lightbox({ image, url, onClose }: { image: Shown; url: string; onClose(): void }) {
  style(css);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = box.current?.getRootNode() as ShadowRoot;
    const before = root.activeElement as HTMLElement | null;
    box.current?.querySelector("button")?.focus();
    return () => before?.isConnected && before.focus({ preventScroll: true });
  }, []);
  return (
    <div
      ref={box}
      class="lightbox"
      role="dialog"
      aria-modal="true"
      aria-label={t("image", { name: named(image) })}
      onClick={onClose}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onClose();
        if (event.key === "Tab") keepInside(box.current, event);
      }}
    >
      <button type="button" class="ib" aria-label={t("close")}>
        <Icon name="close" />
      </button>
      <figure>
        <img src={url} alt={named(image)} width={image.width ?? undefined} height={image.height ?? undefined} />
        {image.caption && <figcaption>{image.caption}</figcaption>}
      </figure>
    </div>
  );
}
