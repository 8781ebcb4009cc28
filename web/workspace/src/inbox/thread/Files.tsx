import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment } from "../../../../contract/agent";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";

const BOX = { width: 200, height: 140 };

/** Pictures keep their place before they are loaded; one click shows them large. Other files are links. */
export function Files({ files }: { files: Attachment[] }) {
  const { t } = useTranslation();
  const [large, setLarge] = useState<Attachment | null>(null);
  return (
    <div className="files">
      {files.map((file) =>
        file.mime.startsWith("image/") ? (
          <button key={file.id} type="button" className="photo" style={frame(file)} onClick={() => setLarge(file)}>
            <img src={file.url} alt={t("thread.image", { name: file.name })} loading="lazy" />
          </button>
        ) : (
          <a
            key={file.id}
            className="filelink"
            href={file.url}
            download={file.name}
            target="_blank"
            rel="noopener noreferrer"
          >
            <Icon name="file" />
            <span className="cut">{file.name}</span>
            <small className="faint nowrap">{bytes(file.size)}</small>
          </a>
        ),
      )}
      {large && (
        <Dialog title={large.name} kind="wide" onClose={() => setLarge(null)}>
          <div className="body lightbox">
            <img src={large.url} alt={t("thread.image", { name: large.name })} />
          </div>
        </Dialog>
      )}
    </div>
  );
}

function frame({ width, height }: Attachment): { width: number; height: number } {
  if (!width || !height) return { width: 112, height: 84 };
  const scale = Math.min(1, BOX.width / width, BOX.height / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

export function bytes(size: number): string {
  return size < 1024 * 1024 ? `${Math.max(1, Math.round(size / 1024))} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}
