// Translation: whom to ask in which order, a trial, and the words that are always translated the same way.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { get, post, put } from "../api/client";
import { queryClient } from "../api/queries";
import { may } from "../auth/session";
import { errorText, Failure, Skeleton } from "../ui/states";
import { toast } from "../ui/toast";
import { Glossary } from "./Glossary";

export interface TranslationOverview {
  version: number;
  engines: ("deepl" | "model")[];
  deepl_url: string;
  deepl_is_inside: boolean;
  has_key: boolean;
  key_last4: string;
  has_model: boolean;
  languages: string[];
  inboxes: { name: string; is_on: boolean }[];
  glossary: { id: string; source_language: string; target_language: string; source: string; target: string }[];
}

type Trial = { ok: true; text: string; engine: string | null } | { ok: false; code: string; message: string };

const ORDERS = ["", "deepl", "model", "deepl,model", "model,deepl"];

export function Translation({ me }: { me: Me }) {
  const overview = useQuery({
    queryKey: ["translation"],
    queryFn: ({ signal }) => get<TranslationOverview>("/translation", undefined, signal),
  });
  if (overview.isPending) return <Skeleton lines={8} gap={16} />;
  if (overview.isError) return <Failure error={overview.error} retry={() => void overview.refetch()} />;
  const { data } = overview;
  return (
    <div className="stack narrow">
      <Engines key={data.version} data={data} writes={may(me, "models.write")} />
      <Glossary data={data} writes={may(me, "knowledge.publish")} />
    </div>
  );
}

function Engines({ data, writes }: { data: TranslationOverview; writes: boolean }) {
  const { t } = useTranslation();
  const [order, setOrder] = useState(data.engines.join(","));
  const [url, setUrl] = useState(data.deepl_url);
  const [inside, setInside] = useState(data.deepl_is_inside);
  const [key, setKey] = useState("");
  const save = useMutation({
    mutationFn: () =>
      put<TranslationOverview>("/translation", {
        version: data.version,
        engines: order ? order.split(",") : [],
        deepl_url: url.trim(),
        deepl_is_inside: inside,
        ...(key && { key }),
      }),
    onSuccess: (saved) => {
      queryClient.setQueryData(["translation"], saved);
      toast(t("state.saved"), { tone: "good" });
    },
  });
  const on = data.inboxes.filter((inbox) => inbox.is_on).map((inbox) => inbox.name);
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("translation.engines")}</h2>
      </div>
      <form
        className="cardbody stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <p className="muted">{t("translation.engines.hint")}</p>
        <fieldset className="stack" disabled={!writes}>
          <label className="field">
            <span>{t("translation.order")}</span>
            <select className="input" value={order} onChange={(e) => setOrder(e.target.value)}>
              {ORDERS.map((each) => (
                <option key={each} value={each}>
                  {t(`translation.order.${each}`)}
                </option>
              ))}
            </select>
          </label>
          {order.includes("deepl") && (
            <>
              <label className="field">
                <span>{t("translation.key")}</span>
                <input
                  className="input mono"
                  type="password"
                  autoComplete="off"
                  maxLength={200}
                  value={key}
                  placeholder={data.has_key ? t("translation.key.kept", { last4: data.key_last4 }) : ""}
                  onChange={(e) => setKey(e.target.value)}
                />
                {!data.has_key && <small>{t("translation.nokey")}</small>}
              </label>
              <label className="field">
                <span>
                  {t("translation.url")} · {t("ui.optional")}
                </span>
                <input
                  className="input mono"
                  maxLength={500}
                  value={url}
                  placeholder="https://api.deepl.com"
                  onChange={(e) => setUrl(e.target.value)}
                />
                <small>{t("translation.url.hint")}</small>
              </label>
              <label className="tick">
                <input type="checkbox" checked={inside} onChange={(e) => setInside(e.target.checked)} />
                {t("translation.inside")}
              </label>
            </>
          )}
          {order.includes("model") && !data.has_model && <p className="muted">{t("translation.nomodel")}</p>}
        </fieldset>
        <p className="muted">
          {on.length ? t("translation.inboxes", { names: on.join(t("list.comma")) }) : t("translation.inboxes.none")}
        </p>
        {save.isError && (
          <p className="c-danger" role="alert">
            {errorText(t, save.error)}
          </p>
        )}
        {writes && (
          <div className="flex">
            <button type="submit" className="btn main" disabled={save.isPending}>
              {t("ui.save")}
            </button>
          </div>
        )}
      </form>
      {writes && <Trying />}
    </section>
  );
}

/** One real translation with the saved settings. */
function Trying() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const target = /[\u3400-\u9fff]/.test(text) ? "en" : "zh";
  const trial = useMutation({ mutationFn: () => post<Trial>("/translation/test", { text, target }) });
  return (
    <form
      className="cardbody stack"
      onSubmit={(event) => {
        event.preventDefault();
        trial.mutate();
      }}
    >
      <h3 className="sect">{t("translation.try")}</h3>
      <div className="flex">
        <input
          className="input grow"
          required
          maxLength={500}
          aria-label={t("translation.try.text")}
          placeholder={t("translation.try.text")}
          value={text}
          onChange={(e) => setText(e.target.value)}
        />
        <button type="submit" className="btn" disabled={trial.isPending}>
          {t("translation.try.do")}
        </button>
      </div>
      <div role="status">
        {trial.isError && <span className="c-danger">{errorText(t, trial.error)}</span>}
        {trial.data?.ok && <p className="said">{trial.data.text}</p>}
        {trial.data && !trial.data.ok && (
          <span className="c-danger">
            {t(`translation.code.${trial.data.code}`)}
            {trial.data.message && <small className="block muted">{trial.data.message}</small>}
          </span>
        )}
      </div>
    </form>
  );
}
