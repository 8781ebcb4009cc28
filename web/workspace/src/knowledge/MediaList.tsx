import { useTranslation } from "react-i18next";
import { bytes, Files } from "../ui/Files";
import { Icon } from "../ui/Icon";
import { MAX_MEDIA, type MediaFile, marks, moved, removed, reworded } from "./media";
import type { Uploads } from "./useUploads";

interface Props {
  body: string;
  files: Map<string, MediaFile>;
  uploads: Uploads;
  onChange: (body: string) => void;
  onAdd: () => void;
}

/** What stands in the text, in its order: what it shows, what is written under it, and where. */
export function MediaList({ body, files, uploads, onChange, onAdd }: Props) {
  const { t } = useTranslation();
  const all = marks(body);
  return (
    <section className="media" aria-label={t("knowledge.media")}>
      <div className="flex wrap">
        <b className="grow">
          {t("knowledge.media")} {all.length > 0 && <span className="faint plain">{all.length}</span>}
        </b>
        <button type="button" className="btn s" disabled={all.length >= MAX_MEDIA} onClick={onAdd}>
          <Icon name="upload" size="s" /> {t("knowledge.media.add")}
        </button>
      </div>
      <small className="faint">{t("knowledge.media.hint")}</small>
      <ul>
        {all.map((mark, place) => {
          const file = files.get(mark.id);
          const name = file?.name ?? t("knowledge.media.unknown");
          const shows = file?.mime.startsWith("image/") || file?.mime.startsWith("video/");
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same file may stand in two places
            <li key={`${mark.id}-${place}`}>
              <div className="thumb">
                {file && shows ? (
                  <Files files={[{ ...file, alt: mark.alt }]} />
                ) : (
                  <Icon name={file ? "file" : "warn"} size="l" />
                )}
              </div>
              <div className="words">
                <label className="field">
                  <span>{t(shows ? "knowledge.media.alt" : "knowledge.media.title")}</span>
                  <input
                    className="input"
                    value={mark.alt}
                    maxLength={300}
                    placeholder={shows ? t("knowledge.media.alt.place") : ""}
                    onChange={(e) => onChange(reworded(body, place, { alt: e.target.value }))}
                  />
                </label>
                <label className="field">
                  <span>
                    {t("knowledge.media.caption")} · {t("ui.optional")}
                  </span>
                  <input
                    className="input"
                    value={mark.caption}
                    maxLength={300}
                    onChange={(e) => onChange(reworded(body, place, { caption: e.target.value }))}
                  />
                </label>
                <div className="flex">
                  <small className="faint cut grow">
                    {name}
                    {file && ` · ${bytes(file.size)}`}
                  </small>
                  <button
                    type="button"
                    className="btn quiet icon"
                    disabled={place === 0}
                    aria-label={t("knowledge.media.up", { name: mark.alt || name })}
                    onClick={() => onChange(moved(body, place, -1))}
                  >
                    <Icon name="up" size="s" />
                  </button>
                  <button
                    type="button"
                    className="btn quiet icon"
                    disabled={place === all.length - 1}
                    aria-label={t("knowledge.media.down", { name: mark.alt || name })}
                    onClick={() => onChange(moved(body, place, 1))}
                  >
                    <span className="flip">
                      <Icon name="up" size="s" />
                    </span>
                  </button>
                  <button
                    type="button"
                    className="btn quiet icon"
                    aria-label={t("knowledge.media.remove", { name: mark.alt || name })}
                    onClick={() => onChange(removed(body, place))}
                  >
                    <Icon name="trash" size="s" />
                  </button>
                </div>
              </div>
            </li>
          );
        })}
        {uploads.busy.map((each) => (
          <li key={each.key}>
            <div className="thumb">
              <Icon name="clock" size="l" />
            </div>
            <span className="cut" role="status">
              {t("composer.uploading", { name: each.name })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
