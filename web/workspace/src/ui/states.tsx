// What a screen shows when there is nothing, not yet, or not any more.
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, codeOf } from "../api/problem";
import { CopyButton } from "./Copy";
import { Icon } from "./Icon";
import { holderName } from "./names";

export function Empty({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="state">
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Lines where the content will be; appears after 150 ms only. */
export function Skeleton({ lines = 3, gap = 8 }: { lines?: number; gap?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeleton" role="status" style={{ gap }}>
      <span className="hidden-text">{t("state.loading")}</span>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <i key={i} style={{ width: `${[46, 88, 64, 76][i % 4]}%` }} />
      ))}
    </div>
  );
}

export function Failure({ error, retry, inline = false }: { error: unknown; retry?: () => void; inline?: boolean }) {
  const { t } = useTranslation();
  const code = codeOf(error);
  return (
    <div className={inline ? "state inline" : "state"} role="alert">
      <p className="flex">
        <span className="c-warn">
          <Icon name="warn" size="s" />
        </span>
        <span>{errorText(t, error)}</span>
      </p>
      <div className="flex wrap">
        {retry && (
          <button type="button" className="btn s" onClick={retry}>
            {t("state.retry")}
          </button>
        )}
        <CopyButton text={code} label={code} />
      </div>
    </div>
  );
}

/** The line under a form: why it was not done, and which fields the server would not take, unless `text` says it. */
export function ErrorLine({ error, text }: { error: unknown; text?: string }) {
  const { t } = useTranslation();
  if (!error) return null;
  const fields = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const named = fields.map(({ loc, msg }) => [Array.isArray(loc) ? loc.at(-1) : "", msg].filter(Boolean).join(": "));
  return (
    <p className="errortext grow" role="alert">
      {text ?? [errorText(t, error), ...named].join(" · ")}
    </p>
  );
}

/** A sentence for any failure: by its code, else the server's own detail. */
export function errorText(t: TFunction, error: unknown): string {
  const code = codeOf(error);
  const problem = error instanceof ApiError ? error.problem : undefined;
  const seconds = problem?.retry_after ?? 0;
  return t(`error.${code}`, {
    defaultValue: problem?.detail || t("error.unexpected"),
    name: holderName(problem?.holder, t),
    seconds: Math.ceil(seconds),
    minutes: Math.max(1, Math.ceil(seconds / 60)),
  });
}
