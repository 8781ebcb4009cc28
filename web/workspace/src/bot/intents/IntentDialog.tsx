// One intent: what it is called, what answers it, and the texts it is learnt from.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, patch, post, remove } from "../../api/client";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { errorText, Failure, Skeleton } from "../../ui/states";
import { toast } from "../../ui/toast";
import { flowsQuery } from "../flows/model";
import { refreshIntents } from "./IntentsPage";
import { type Example, type Intent, KINDS, type Kind, nameOf, type Whole } from "./model";

interface Props {
  intent: Intent | null;
  canTeach: boolean;
  onClose: () => void;
}

export function IntentDialog({ intent, canTeach, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const [form, setForm] = useState({
    code: intent?.code ?? "",
    name_zh: intent?.name_zh ?? "",
    name_en: intent?.name_en ?? "",
    kind: intent?.kind ?? ("question" as Kind),
    domain: intent?.domain ?? "",
    article: intent?.article ?? "",
    flow: intent?.flow ?? "",
  });
  const [texts, setTexts] = useState("");
  // Whoever teaches without seeing the configuration types the name.
  const flows = useQuery({ ...flowsQuery, retry: false });
  const set = (change: Partial<typeof form>) => setForm((held) => ({ ...held, ...change }));
  const lines = () =>
    texts
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  const save = useMutation({
    mutationFn: async () => {
      if (!intent) return post("/intents", { ...form, examples: lines() });
      const { code: _, ...change } = form;
      await patch(`/intents/${intent.id}`, change);
      return lines().length ? post(`/intents/${intent.id}/examples`, { texts: lines() }) : undefined;
    },
    onSuccess: () => {
      refreshIntents();
      toast(t("state.saved"), { tone: "good" });
      onClose();
    },
  });
  const failed = save.error;
  return (
    <Dialog
      kind="wide"
      title={intent ? nameOf(intent, i18n.language) : t("intents.new")}
      onClose={onClose}
      footer={
        canTeach && (
          <>
            {intent && (
              <Confirm
                label={t("intents.delete")}
                ask={t("intents.delete.ask", { name: nameOf(intent, i18n.language), n: intent.examples })}
                act={async () => {
                  await remove(`/intents/${intent.id}`);
                  refreshIntents();
                  onClose();
                }}
              />
            )}
            <span className="grow" />
            <button type="button" className="btn" onClick={onClose}>
              {t("ui.cancel")}
            </button>
            <button type="submit" form="intent" className="btn main" disabled={save.isPending}>
              {t("ui.save")}
            </button>
          </>
        )
      }
    >
      <form
        id="intent"
        className="body stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <fieldset className="stack" disabled={!canTeach}>
          <div className="pair grid">
            <label className="field">
              <span>{t("intents.name_zh")}</span>
              <input
                className="input"
                lang="zh"
                maxLength={100}
                required={!form.name_en}
                value={form.name_zh}
                onChange={(e) => set({ name_zh: e.target.value })}
              />
            </label>
            <label className="field">
              <span>{t("intents.name_en")}</span>
              <input
                className="input"
                lang="en"
                maxLength={100}
                required={!form.name_zh}
                value={form.name_en}
                onChange={(e) => set({ name_en: e.target.value })}
              />
            </label>
            <label className="field">
              <span>{t("intents.code")}</span>
              <input
                className="input"
                required
                disabled={Boolean(intent)}
                maxLength={100}
                pattern="[a-z][a-z0-9_]*"
                title={t("intents.code.hint")}
                value={form.code}
                onChange={(e) => set({ code: e.target.value })}
              />
            </label>
            <label className="field">
              <span>{t("intents.kind")}</span>
              <select className="input" value={form.kind} onChange={(e) => set({ kind: e.target.value as Kind })}>
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`intents.kind.${kind}`)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>
                {t("intents.article")} · {t("ui.optional")}
              </span>
              <input
                className="input"
                maxLength={200}
                value={form.article}
                onChange={(e) => set({ article: e.target.value })}
              />
              <small>{t("intents.article.hint")}</small>
            </label>
            <label className="field">
              <span>
                {t("intents.flow")} · {t("ui.optional")}
              </span>
              <input
                className="input"
                maxLength={200}
                list="flow-names"
                value={form.flow}
                onChange={(e) => set({ flow: e.target.value })}
              />
              <datalist id="flow-names">
                {flows.data?.map((flow) => (
                  <option key={flow.name} value={flow.name}>
                    {flow.title}
                  </option>
                ))}
              </datalist>
            </label>
          </div>
          {canTeach && (
            <label className="field">
              <span>{t("intents.examples.add")}</span>
              <textarea
                className="input"
                rows={4}
                value={texts}
                placeholder={t("intents.examples.hint")}
                onChange={(e) => setTexts(e.target.value)}
              />
            </label>
          )}
        </fieldset>
        {failed && (
          <p className="errortext" role="alert">
            {errorText(t, failed)}
          </p>
        )}
        {intent && <Examples intent={intent} canTeach={canTeach} />}
      </form>
    </Dialog>
  );
}

function Examples({ intent, canTeach }: { intent: Intent; canTeach: boolean }) {
  const { t } = useTranslation();
  const whole = useQuery({
    queryKey: ["intents", "one", intent.id],
    queryFn: ({ signal }) => get<Whole>(`/intents/${intent.id}`, undefined, signal),
  });
  const drop = useMutation({
    mutationFn: (example: Example) => remove(`/intents/${intent.id}/examples/${example.id}`),
    onSuccess: (_, { text }) => {
      refreshIntents();
      const back = () => post(`/intents/${intent.id}/examples`, { texts: [text] }).finally(refreshIntents);
      toast(t("intents.examples.removed", { text }), { action: { label: t("ui.undo"), run: () => void back() } });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  if (whole.isPending) return <Skeleton lines={4} gap={12} />;
  if (whole.isError) return <Failure inline error={whole.error} retry={() => void whole.refetch()} />;
  return (
    <section aria-label={t("intents.examples")}>
      <h3>{t("intents.examples.count", { n: whole.data.texts.length })}</h3>
      <ul className="examples">
        {whole.data.texts.map((example) => (
          <li key={example.id}>
            <span className="grow" lang={example.language}>
              {example.text}
            </span>
            {example.source !== "operator" && (
              <span className="chip line nowrap">{t(`intents.source.${example.source}`)}</span>
            )}
            {canTeach && (
              <button
                type="button"
                className="btn quiet icon s"
                aria-label={`${t("ui.remove")}: ${example.text}`}
                disabled={drop.isPending}
                onClick={() => drop.mutate(example)}
              >
                <Icon name="trash" size="s" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
