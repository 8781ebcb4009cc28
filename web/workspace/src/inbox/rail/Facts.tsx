import type { TFunction } from "i18next";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Briefing, Row } from "../../../../contract/agent";
import { put } from "../../api/client";
import { may, useMe } from "../../auth/session";
import { errorText } from "../../ui/states";
import { toast } from "../../ui/toast";
import { Ref } from "./Ref";

/** Facts of the case a colleague may write; those of the contact are the contact's. */
const CODES = ["order", "product", "problem", "address", "date"];
const OF_CONTACT = ["name", "phone", "email", "tier", "external_id", "order_status"];
/** Native fields for what a flow of the bot asked for. */
const INPUTS: Record<string, { type?: string; mode?: "tel" | "email" | "decimal" }> = {
  date: { type: "date" },
  phone: { mode: "tel" },
  email: { mode: "email" },
  amount: { mode: "decimal" },
};
const LONGEST = 500;

/** A code of the shop in words, anything else as it is. */
function valueText({ code, value }: Briefing["known"][number], t: TFunction): string {
  if (code === "tier") return t(`tier.${value}`, { defaultValue: value });
  return code === "order_status" ? t(`order.status.${value}`, { defaultValue: value }) : value;
}

/** What need not be asked again; a colleague corrects a fact or adds one in place, and everybody sees it. */
export function Facts({ row, known }: { row: Row; known: Briefing["known"] }) {
  const { t } = useTranslation();
  const mayWrite = may(useMe(), "conversations.answer");
  const [editing, setEditing] = useState<string | null>(null);
  const label = (code: string) => t(`fact.${code}`, { defaultValue: code });
  const free = CODES.filter((code) => !known.some((fact) => fact.code === code));
  if (!known.length && !mayWrite) return null;
  return (
    <section className="blk">
      <h3 className="sect">
        {t("brief.known")}
        <span className="grow" />
        {known.length > 0 && <small className="faint plain">{t("brief.dont_ask")}</small>}
      </h3>
      <dl className="facts">
        {known.map((fact) => (
          <div key={`${fact.code}-${fact.value}`}>
            <dt>{fact.label ?? label(fact.code)}</dt>
            {editing === fact.code ? (
              <dd className="span">
                <FactForm
                  row={row}
                  codes={[fact.code]}
                  value={fact.value}
                  kind={fact.kind ?? ""}
                  onDone={() => setEditing(null)}
                />
              </dd>
            ) : (
              <>
                <dd>
                  {valueText(fact, t)}{" "}
                  {mayWrite && (fact.kind || CODES.includes(fact.code)) && !OF_CONTACT.includes(fact.code) && (
                    <button
                      type="button"
                      className="ref"
                      aria-label={t("fact.edit_one", { name: fact.label ?? label(fact.code) })}
                      onClick={() => setEditing(fact.code)}
                    >
                      {t("fact.edit")}
                    </button>
                  )}
                </dd>
                <dd className="at">{fact.seq ? <Ref conversation={row.id} seq={fact.seq} /> : null}</dd>
              </>
            )}
          </div>
        ))}
      </dl>
      {mayWrite &&
        free.length > 0 &&
        (editing === "+" ? (
          <FactForm row={row} codes={free} value="" onDone={() => setEditing(null)} />
        ) : (
          <button type="button" className="ref" onClick={() => setEditing("+")}>
            {t("fact.add")}
          </button>
        ))}
    </section>
  );
}

interface FormProps {
  row: Row;
  /** One: it is corrected. Several: one is chosen. */
  codes: string[];
  value: string;
  /** Of the slot a flow filled. */
  kind?: string;
  onDone: () => void;
}

function FactForm({ row, codes, value, kind = "", onDone }: FormProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (fact: { code: string; value: string }) =>
      put(`/conversations/${row.id}/facts/${fact.code}`, { value: fact.value }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["briefing", row.id] });
      onDone();
    },
    onError: (error) => toast(errorText(t, error)),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate({ code: String(form.get("code") ?? codes[0]), value: String(form.get("value") ?? "").trim() });
  };
  return (
    <form className="factform" onSubmit={submit}>
      {codes.length > 1 && (
        <select name="code" className="input" aria-label={t("fact.which")}>
          {codes.map((code) => (
            <option key={code} value={code}>
              {t(`fact.${code}`, { defaultValue: code })}
            </option>
          ))}
        </select>
      )}
      <input
        name="value"
        className="input grow"
        type={INPUTS[kind]?.type ?? "text"}
        inputMode={INPUTS[kind]?.mode}
        defaultValue={value}
        maxLength={LONGEST}
        aria-label={t("fact.value")}
        // biome-ignore lint/a11y/noAutofocus: the field opens by the reader's own click
        autoFocus
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onDone();
          }
        }}
      />
      <button type="submit" className="btn s" disabled={save.isPending}>
        {t("ui.save")}
      </button>
    </form>
  );
}
