import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

interface Props {
  label: string;
  accept: string;
  onFile: (file: File | null) => void;
}

/** One file, in the words of the screen: the browser's own field speaks the browser's language. */
export function FileField({ label, accept, onFile }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      <div className="flex">
        <input
          ref={field}
          type="file"
          hidden
          accept={accept}
          aria-label={label}
          onChange={(event) => {
            const file = event.target.files?.[0] ?? null;
            setName(file?.name ?? "");
            onFile(file);
          }}
        />
        <button type="button" className="btn" onClick={() => field.current?.click()}>
          <Icon name="file" size="s" />
          {t("ui.file")}
        </button>
        <span className="cut muted" role="status">
          {name || t("ui.file.none")}
        </span>
      </div>
    </fieldset>
  );
}
