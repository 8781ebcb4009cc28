import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment } from "../../../../contract/agent";
import { post } from "../../api/client";
import { errorText } from "../../ui/states";
import { toast } from "../../ui/toast";

/** The server refuses larger files; said before the upload. */
const LARGEST = 20 * 1024 * 1024;
const MOST = 10;

export interface Upload {
  key: string;
  name: string;
  done: Attachment | null;
}

/** Files on their way into the next reply. */
export function useFiles() {
  const { t } = useTranslation();
  const [files, setFiles] = useState<Upload[]>([]);
  const add = useCallback(
    (list: Iterable<File>) => {
      for (const file of [...list].slice(0, MOST)) {
        if (file.size > LARGEST) {
          toast(t("composer.file.toobig", { name: file.name, mb: 20 }), { tone: "warn" });
          continue;
        }
        const key = `${file.name}-${file.size}-${Math.random()}`;
        setFiles((held) => [...held, { key, name: file.name, done: null }]);
        const form = new FormData();
        form.append("file", file);
        post<Attachment>("/attachments", form).then(
          (done) => setFiles((held) => held.map((each) => (each.key === key ? { ...each, done } : each))),
          (error: unknown) => {
            setFiles((held) => held.filter((each) => each.key !== key));
            toast(`${file.name}：${errorText(t, error)}`, { tone: "warn" });
          },
        );
      }
    },
    [t],
  );
  const drop = useCallback((key: string) => setFiles((held) => held.filter((each) => each.key !== key)), []);
  const clear = useCallback(() => setFiles([]), []);
  return { files, add, drop, clear };
}
