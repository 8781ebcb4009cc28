import { useMutation } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { ErrorLine } from "../ui/states";
import { batches, isPicture, pathOf } from "./batches";
import { filesOf } from "./dropped";
import type { Report } from "./model";
import "./documents.css";

/** A larger file is not even sent. */
const FILE_BYTES = 20_000_000;

/** Files or a whole folder; afterwards what became of each file, never silent. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [publish, setPublish] = useState(true);
  const [over, setOver] = useState(false);
  const [progress, setProgress] = useState<[number, number]>([0, 0]);
  const run = useMutation({
    mutationFn: async (list: File[]) => {
      const large = list.filter((file) => file.size > FILE_BYTES);
      const skipped = large.map((file) => ({ file: pathOf(file), reason: "too_large" }));
      const total: Report = { created: 0, updated: 0, skipped, files: [], pictures: [] };
      const sent = list.filter((file) => file.size <= FILE_BYTES);
      const shown = new Set<string>();
      let done = large.length;
      for (const { files: batch, texts } of await batches(sent)) {
        const form = new FormData();
        for (const file of batch) form.append("files", file, pathOf(file));
        const report = await post<Report>(`/articles/import?publish=${publish}`, form);
        const unused = new Set(report.skipped.filter(isUnused).map((each) => each.file));
        for (const file of batch) if (isPicture(file) && !unused.has(pathOf(file))) shown.add(pathOf(file));
        total.created += report.created;
        total.updated += report.updated;
        total.skipped.push(...report.skipped.filter((each) => !isUnused(each)));
        total.files?.push(...(report.files ?? []));
        total.pictures?.push(...(report.pictures ?? []));
        done += texts;
        setProgress([done, list.length]);
      }
      for (const file of sent) {
        if (isPicture(file) && !shown.has(pathOf(file)))
          total.skipped.push({ file: pathOf(file), reason: "unused_picture" });
      }
      setProgress([list.length, list.length]);
      return total;
    },
    onMutate: (list) => setProgress([0, list.length]),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["articles"] }),
  });
  const take = (list: Iterable<File>) => {
    const wanted = [...list].filter((file) => !file.name.startsWith("."));
    if (wanted.length) run.mutate(wanted);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void filesOf(event.dataTransfer).then(take);
  };
  const report = run.data;
  return (
    <Dialog
      title={t("knowledge.import")}
      kind="wide"
      onClose={onClose}
      footer={
        report && (
          <button type="button" className="btn main" onClick={onClose}>
            {t("ui.done")}
          </button>
        )
      }
    >
      <div className="body">
        <section
          aria-label={t("knowledge.import.drop")}
          className={`dropzone${over ? " over" : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Icon name="upload" size="l" />
          <p>{t("knowledge.import.drop")}</p>
          <small className="faint">{t("knowledge.import.types")}</small>
          <div className="flex wrap">
            <input ref={files} type="file" multiple hidden onChange={(e) => take(e.target.files ?? [])} />
            <input
              ref={folder}
              type="file"
              multiple
              hidden
              {...{ webkitdirectory: "" }}
              onChange={(e) => take(e.target.files ?? [])}
            />
            <button type="button" className="btn" disabled={run.isPending} onClick={() => files.current?.click()}>
              {t("knowledge.import.files")}
            </button>
            <button type="button" className="btn" disabled={run.isPending} onClick={() => folder.current?.click()}>
              {t("knowledge.import.folder")}
            </button>
          </div>
          <label className="tick">
            <input
              type="checkbox"
              checked={publish}
              disabled={run.isPending}
              onChange={(e) => setPublish(e.target.checked)}
            />
            {t("knowledge.import.publish")}
          </label>
        </section>
        <div role="status" aria-live="polite">
          {run.isPending && <p>{t("knowledge.import.running", { n: progress[0], total: progress[1] })}</p>}
          <ErrorLine error={run.error} />
          {report && (
            <p>
              {t("knowledge.import.done", {
                files: progress[1],
                created: report.created,
                updated: report.updated,
                skipped: report.skipped.length,
              })}
            </p>
          )}
        </div>
        {report && (
          <ul className="report">
            {report.skipped.map((each, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one file may be named several times
              <li key={i} className="flex">
                <span className={each.reason === "unchanged" ? "faint" : "c-warn"}>
                  <Icon name={each.reason === "unchanged" ? "check" : "warn"} size="s" />
                </span>
                <span className="cut grow">{each.file}</span>
                <span className="muted nowrap">
                  {t(`knowledge.import.reason.${each.reason}`, { defaultValue: each.reason })}
                  {each.line ? ` · ${t("knowledge.import.line", { n: each.line })}` : ""}
                </span>
              </li>
            ))}
            {!!report.pictures?.length && <li className="flex muted">{t("knowledge.import.pictures")}</li>}
            {report.pictures?.map((each, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one picture may be missed several times
              <li key={`p${i}`} className="flex">
                <span className="c-warn">
                  <Icon name="warn" size="s" />
                </span>
                <span className="cut grow">
                  {each.file} · {each.picture}
                </span>
                <span className="muted nowrap">
                  {t(`knowledge.import.picture.${each.reason}`, { defaultValue: each.reason })}
                  {each.line ? ` · ${t("knowledge.import.line", { n: each.line })}` : ""}
                </span>
              </li>
            ))}
            {report.files
              ?.filter((each) => each.created || each.updated)
              .map((each) => (
                <li key={each.file} className="flex">
                  <span className="c-good">
                    <Icon name="check" size="s" />
                  </span>
                  <span className="cut grow">{each.file}</span>
                  <span className="muted nowrap">
                    {t("knowledge.import.took", { created: each.created, updated: each.updated })}
                  </span>
                </li>
              ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function isUnused({ reason }: { reason: string }): boolean {
  return reason === "unused_picture";
}
