// Pictures and files of a message.
import type { Attachment } from "../../../contract/widget.ts";
import { size } from "../text/time.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";

interface FileActions {
  /** Full address of a path the server gave. */
  url(path: string): string;
  zoom(image: Attachment): void;
}

const WIDEST = 240;
const TALLEST = 260;

export function Files({ files, actions }: { files: Attachment[] | undefined; actions: FileActions }) {
  return (
    <>
      {files?.map((file) =>
        file.mime.startsWith("image/") ? (
          <Picture key={file.id} file={file} actions={actions} />
        ) : (
          <a
            key={file.id}
            class="file"
            href={actions.url(file.url)}
            target="_blank"
            rel="noopener noreferrer nofollow"
            aria-label={t("file.open", { name: file.name })}
          >
            <Icon name="file" />
            <span class="grow">
              <bdi>{file.name}</bdi>
              <small>{size(file.size)}</small>
            </span>
          </a>
        ),
      )}
    </>
  );
}

/** The place is taken before the picture is there, so nothing moves when it comes. */
function Picture({ file, actions }: { file: Attachment; actions: FileActions }) {
  const width = file.width || 240;
  const height = file.height || 180;
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return (
    <button
      type="button"
      class="pic"
      aria-label={t("image.open", { name: file.name })}
      onClick={() => actions.zoom(file)}
    >
      <img
        src={actions.url(file.url)}
        alt=""
        loading="lazy"
        decoding="async"
        width={Math.round(width * scale)}
        height={Math.round(height * scale)}
      />
    </button>
  );
}
