// Pictures, videos and files of a message.
import { useEffect, useState } from "preact/hooks";
import type { Attachment, Media } from "../../../contract/widget.ts";
import { size } from "../text/time.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";

/** Something that was sent, or that stands in an article. */
export type Shown = Attachment & Partial<Pick<Media, "alt" | "caption">>;

interface FileActions {
  /** Full address of a path the server gave. */
  url(path: string): string;
  zoom(image: Shown): void;
}

/** What it shows, else what it is called. */
export function named(file: Shown): string {
  return file.alt || file.name;
}

const WIDEST = 240;
const TALLEST = 260;

export function Files({ files, actions }: { files: Shown[] | undefined; actions: FileActions }) {
  return (
    <>
      {files?.map((file) => {
        const kind = file.mime.split("/")[0];
        if (kind !== "image" && kind !== "video")
          return (
            <a
              key={file.id}
              class="file"
              href={actions.url(file.url)}
              target="_blank"
              rel="noopener noreferrer nofollow"
              aria-label={t("file.open", { name: named(file) })}
            >
              <Icon name="file" />
              <span class="grow">
                <bdi>{named(file)}</bdi>
                <small>{size(file.size)}</small>
              </span>
            </a>
          );
        const seen = <Picture key={file.id} file={file} video={kind === "video"} actions={actions} />;
        return file.caption ? (
          <figure key={file.id}>
            {seen}
            <figcaption>{file.caption}</figcaption>
          </figure>
        ) : (
          seen
        );
      })}
    </>
  );
}

/** The place is taken before the picture is there, so nothing moves when it comes, nor when it does not. */
function Picture({ file, video, actions }: { file: Shown; video: boolean; actions: FileActions }) {
  const [tries, again] = useState(0);
  const [failed, fail] = useState(false);
  // A new address is a new chance.
  useEffect(() => fail(false), [file.url]);
  const full = { width: file.width || 240, height: file.height || 180 };
  const scale = Math.min(1, WIDEST / full.width, TALLEST / full.height);
  const width = Math.round(full.width * scale);
  const height = Math.round(full.height * scale);
  const name = named(file);
  const source = { key: tries, src: actions.url(file.url), width, height, onError: () => fail(true) };
  if (failed)
    return (
      <button
        type="button"
        class="pic lost"
        style={{ width: `${Math.max(width, 160)}px`, minHeight: `${height}px` }}
        onClick={() => {
          fail(false);
          again(tries + 1);
        }}
      >
        <bdi>{name}</bdi>
        {t("media.failed")}
      </button>
    );
  if (video) return <video {...source} class="pic" controls playsInline preload="metadata" aria-label={name} />;
  return (
    <button type="button" class="pic" aria-label={t("image.open", { name })} onClick={() => actions.zoom(file)}>
      <img {...source} alt="" loading="lazy" decoding="async" />
    </button>
  );
}
