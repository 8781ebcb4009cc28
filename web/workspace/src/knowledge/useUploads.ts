import type { TFunction } from "i18next";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { ApiError } from "../api/problem";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { inserted, type MediaFile, remember } from "./media";

/** The server refuses larger files; said before the upload. */
const LARGEST = 20 * 1024 * 1024;
export const TYPES = "image/png,image/jpeg,image/webp,image/gif,video/mp4,video/webm,application/pdf";

export interface Uploads {
  /** Names of files on their way. */
  busy: { key: number; name: string }[];
  /** Upload, and put each where the cursor was. */
  add: (files: Iterable<File>, at: number) => Promise<void>;
}

/** Pictures, videos and files on their way into an article's text. */
export function useUploads(edit: (change: (body: string) => string) => void): Uploads {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<Uploads["busy"]>([]);
  const last = useRef(0);
  const add = useCallback(
    async (files: Iterable<File>, at: number) => {
      const sent = [...files].map(async (file) => {
        const key = ++last.current;
        setBusy((held) => [...held, { key, name: file.name }]);
        try {
          return await upload(file);
        } catch (error) {
          toast(t("knowledge.media.refused", { name: file.name, why: refusal(t, error) }), { tone: "warn" });
          return null;
        } finally {
          setBusy((held) => held.filter((each) => each.key !== key));
        }
      });
      const done = (await Promise.all(sent)).filter((file) => file !== null);
      for (const file of done) remember(file);
      // All at the cursor, in the order they were chosen.
      if (done.length) edit((body) => done.reduceRight((text, file) => inserted(text, at, file.id), body));
    },
    [t, edit],
  );
  return { busy, add };
}

function upload(file: File): Promise<MediaFile> {
  if (file.size > LARGEST) return Promise.reject(new ApiError(413, { code: "too_large" }));
  const form = new FormData();
  form.append("file", file, file.name);
  return post<MediaFile>("/media", form);
}

function refusal(t: TFunction, error: unknown): string {
  const reason = error instanceof ApiError ? (error.problem as { reason?: string }).reason : undefined;
  const words = errorText(t, error);
  return reason ? t(`knowledge.media.refused.${reason}`, { defaultValue: words }) : words;
}
