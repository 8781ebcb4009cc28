import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import "./files.css";

const BOX = { width: 200, height: 140 };

/** Something that was sent, or that stands in an article with what it shows and a caption. */
export interface Shown {
  id: string;
  name: string;
  mime: string;
  size: number;
  width?: number | null;
  height?: number | null;
  url: string;
  alt?: string;
  caption?: string;
}

/** Pictures and videos keep their place before they are loaded; one click shows a picture large. Other files are links. */
export function Files({ files }: { files: Shown[] }) {
  const [large, setLarge] = useState<Shown | null>(null);
  return (
    <div className="files">
      {files.map((file) => (
        <One key={file.id} file={file} onZoom={setLarge} />
      ))}
      {large && (
        <Dialog title={large.alt || large.name} kind="wide" onClose={() => setLarge(null)}>
          <figure className="body lightbox">
            <img src={large.url} alt={large.alt || large.name} />
            {large.caption && <figcaption>{large.caption}</figcaption>}
          </figure>
        </Dialog>
      )}
    </div>
  );
}

function One({ file, onZoom }: { file: Shown; onZoom: (file: Shown) => void }) {
  const { t } = useTranslation();
  const [lost, setLost] = useState(false);
  const name = file.alt || file.name;
  const kind = file.mime.split("/")[0];
  if (kind !== "image" && kind !== "video")
    return (
      <a className="filelink" href={file.url} download={file.name} target="_blank" rel="noopener noreferrer">
        <Icon name="file" />
        <span className="cut">{name}</span>
        <small className="faint nowrap">{bytes(file.size)}</small>
      </a>
    );
  const seen = lost ? (
    <button type="button" className="photo lost" style={frame(file)} onClick={() => setLost(false)}>
      <span className="cut">{name}</span>
      <small>{t("files.lost")}</small>
    </button>
  ) : kind === "video" ? (
    // biome-ignore lint/a11y/useMediaCaption: a short film of an article comes without a track
    <video
      className="photo"
      style={frame(file)}
      src={file.url}
      controls
      playsInline
      preload="metadata"
      aria-label={name}
      onError={() => setLost(true)}
    />
  ) : (
    <button type="button" className="photo" style={frame(file)} onClick={() => onZoom(file)}>
      <img src={file.url} alt={t("thread.image", { name })} loading="lazy" onError={() => setLost(true)} />
    </button>
  );
  return file.caption ? (
    <figure>
      {seen}
      <figcaption>{file.caption}</figcaption>
    </figure>
  ) : (
    seen
  );
}

function frame({ width, height }: Shown): { width: number; height: number } {
  if (!width || !height) return { width: 112, height: 84 };
  const scale = Math.min(1, BOX.width / width, BOX.height / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

export function bytes(size: number): string {
  return size < 1024 * 1024 ? `${Math.max(1, Math.round(size / 1024))} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}
