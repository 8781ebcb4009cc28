// What every list has: a search field, a way to the next rows, and a word when rows failed to come.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettled } from "./hooks";
import { Icon } from "./Icon";
import { errorText, Failure } from "./states";

/** Of a query, what a list shows. */
export interface Loading {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  fetchNextPage?: () => unknown;
}

/** The rows did not come; `inline` above those that came before. */
export function Trouble({ query, inline = false }: { query: Loading; inline?: boolean }) {
  const { t } = useTranslation();
  if (!inline) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return (
    <p className="notebar warn" role="status">
      <Icon name="warn" size="s" />
      <span className="grow">{t("state.old", { why: errorText(t, query.error) })}</span>
      <button type="button" className="btn s" onClick={() => void query.refetch()}>
        {t("state.retry")}
      </button>
    </p>
  );
}

/** The next page of a list, where there is one. */
export function More({ of }: { of: Loading }) {
  const { t } = useTranslation();
  if (!of.hasNextPage) return null;
  return (
    <button
      type="button"
      className="btn quiet more"
      disabled={of.isFetchingNextPage ?? false}
      onClick={() => void of.fetchNextPage?.()}
    >
      {t("ui.load_more")}
    </button>
  );
}

const REST_MS = 250;

/** A search field; tells what was typed once the typing rests. Escape empties it. */
export function Search({ label, value, onSearch }: { label: string; value: string; onSearch: (q: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const settled = useSettled(text.trim(), REST_MS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the words change, not when the listener does
  useEffect(() => {
    if (settled !== value) onSearch(settled);
  }, [settled]);
  return (
    <div className="search">
      <Icon name="search" size="s" />
      <input
        type="search"
        value={text}
        aria-label={label}
        placeholder={label}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !text) return;
          event.stopPropagation();
          setText("");
        }}
      />
      {text && (
        <button type="button" aria-label={t("ui.clear")} onClick={() => setText("")}>
          <Icon name="close" size="s" />
        </button>
      )}
    </div>
  );
}
