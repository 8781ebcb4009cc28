import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { patch } from "../api/client";
import { queuesQuery } from "../api/names";
import { queryClient } from "../api/queries";
import { Both } from "../ui/Both";
import { CopyButton } from "../ui/Copy";
import { Icon } from "../ui/Icon";
import { ErrorLine } from "../ui/states";
import { toast } from "../ui/toast";
import { Guided } from "./Guided";
import { Hours } from "./Hours";
import { IdentityKeys } from "./IdentityKeys";
import type { InboxRow, InboxSettings } from "./inbox";

/** One inbox: the line for the page, where it may stand, what customers see, when people are there. */
export function InboxPage({ inbox, canWrite }: { inbox: InboxRow; canWrite: boolean }) {
  const { t } = useTranslation();
  const queues = useQuery(queuesQuery);
  const [base, setBase] = useState({ name: inbox.name, queue_id: inbox.queue_id, is_active: inbox.is_active });
  const [settings, setSettings] = useState<InboxSettings>(inbox.settings);
  const [origins, setOrigins] = useState(inbox.settings.allowed_origins.join("\n"));
  const set = <K extends keyof InboxSettings>(key: K, value: InboxSettings[K]) =>
    setSettings((held) => ({ ...held, [key]: value }));
  const next: InboxSettings = { ...settings, allowed_origins: origins.split(/\s+/).filter(Boolean) };
  const changed = Object.fromEntries(
    Object.entries(next).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(inbox.settings[key as keyof InboxSettings]),
    ),
  );
  const dirty =
    Object.keys(changed).length > 0 ||
    base.name !== inbox.name ||
    base.queue_id !== inbox.queue_id ||
    base.is_active !== inbox.is_active;
  const save = useMutation({
    mutationFn: () =>
      patch<InboxRow>(`/inboxes/${inbox.id}`, { ...base, ...(Object.keys(changed).length && { settings: changed }) }),
    onSuccess: (saved) => {
      setSettings(saved.settings);
      setOrigins(saved.settings.allowed_origins.join("\n"));
      queryClient.setQueryData<InboxRow[]>(["inboxes", "full"], (held) =>
        held?.map((each) => (each.id === saved.id ? saved : each)),
      );
      toast(t("state.saved"), { tone: "good" });
    },
  });
  return (
    <form
      className="narrow"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="flex">
        <Link
          className="btn quiet icon"
          to="/settings/{-$page}/{-$id}"
          params={{ page: "inboxes", id: undefined }}
          aria-label={t("ui.back")}
        >
          <Icon name="left" />
        </Link>
        <h2 className="grow cut">{inbox.name}</h2>
      </div>
      <Part title={t("inboxes.embed")}>
        <p className="muted">{t("inboxes.embed.hint")}</p>
        <code className="secret">{inbox.embed.snippet}</code>
        <div className="flex wrap">
          <CopyButton big text={inbox.embed.snippet} label={t("inboxes.embed.copy")} />
          <a className="btn" href={inbox.embed.page} target="_blank" rel="noopener noreferrer">
            {t("inboxes.embed.page")}
          </a>
        </div>
        <label className="field">
          <span>{t("inboxes.origins")}</span>
          <textarea
            className="input mono"
            rows={3}
            disabled={!canWrite}
            value={origins}
            placeholder="https://shop.example.com"
            onChange={(e) => setOrigins(e.target.value)}
          />
          <small>{t("inboxes.origins.hint")}</small>
        </label>
      </Part>
      <fieldset className="stack" disabled={!canWrite}>
        <Part title={t("inboxes.basic")}>
          <div className="pair grid">
            <label className="field">
              <span>{t("field.thing")}</span>
              <input
                className="input"
                required
                maxLength={80}
                value={base.name}
                onChange={(e) => setBase({ ...base, name: e.target.value })}
              />
            </label>
            <label className="field">
              <span>{t("inboxes.queue")}</span>
              <select
                className="input"
                value={base.queue_id ?? ""}
                onChange={(e) => setBase({ ...base, queue_id: e.target.value || null })}
              >
                <option value="">{t("inboxes.queue.default")}</option>
                {queues.data?.map((queue) => (
                  <option key={queue.id} value={queue.id}>
                    {queue.name}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>{t("inboxes.idle")}</span>
              <input
                className="input"
                type="number"
                min={1}
                max={10080}
                value={settings.idle_minutes}
                onChange={(e) => set("idle_minutes", Number(e.target.value))}
              />
            </label>
            <label className="field">
              <span>{t("inboxes.color")}</span>
              <span className="flex">
                <input
                  type="color"
                  aria-label={t("inboxes.color")}
                  value={settings.brand_color.toLowerCase()}
                  onChange={(e) => set("brand_color", e.target.value.toUpperCase())}
                />
                <input
                  className="input mono"
                  pattern="#[0-9A-Fa-f]{6}"
                  value={settings.brand_color}
                  onChange={(e) => set("brand_color", e.target.value)}
                />
              </span>
            </label>
          </div>
          <label className="tick">
            <input
              type="checkbox"
              checked={settings.rating_enabled}
              onChange={(e) => set("rating_enabled", e.target.checked)}
            />
            {t("inboxes.rating")}
          </label>
          <label className="tick">
            <input
              type="checkbox"
              checked={settings.translation}
              onChange={(e) => set("translation", e.target.checked)}
            />
            <span>
              {t("inboxes.translation")}
              <small className="block muted">{t("inboxes.translation.hint")}</small>
            </span>
          </label>
          {settings.translation && (
            <label className="field">
              <span>{t("inboxes.staff_language")}</span>
              <select
                className="input"
                value={settings.staff_language}
                onChange={(e) => set("staff_language", e.target.value as InboxSettings["staff_language"])}
              >
                <option value="zh">{t("language.zh")}</option>
                <option value="en">{t("language.en")}</option>
              </select>
            </label>
          )}
          <label className="tick">
            <input
              type="checkbox"
              checked={base.is_active}
              onChange={(e) => setBase({ ...base, is_active: e.target.checked })}
            />
            {t("inboxes.active")}
          </label>
        </Part>
        <Part title={t("inboxes.words")}>
          <Both
            label={t("inboxes.shown")}
            most={80}
            value={settings.title}
            hints={{ zh: base.name, en: base.name }}
            onChange={(title) => set("title", title)}
          />
          <Both
            label={t("inboxes.persona")}
            value={settings.persona.name}
            onChange={(name) => set("persona", { ...settings.persona, name })}
          />
          <label className="field">
            <span>
              {t("inboxes.avatar")} · {t("ui.optional")}
            </span>
            <input
              className="input"
              value={settings.persona.avatar}
              placeholder="https://…"
              onChange={(e) => set("persona", { ...settings.persona, avatar: e.target.value })}
            />
          </label>
          <Both
            label={t("inboxes.welcome")}
            long
            value={settings.welcome}
            onChange={(welcome) => set("welcome", welcome)}
          />
          <Guided value={settings.guided_questions} onChange={(questions) => set("guided_questions", questions)} />
        </Part>
        <Part title={t("inboxes.hours")}>
          <Hours value={settings.hours} onChange={(hours) => set("hours", hours)} />
        </Part>
        <Part title={t("inboxes.identity")}>
          <p className="muted">{t("inboxes.identity.hint")}</p>
          <label className="tick">
            <input
              type="checkbox"
              checked={settings.enforce_identity}
              onChange={(e) => set("enforce_identity", e.target.checked)}
            />
            {t("inboxes.enforce")}
          </label>
          <IdentityKeys inbox={inbox} canWrite={canWrite} />
        </Part>
      </fieldset>
      {canWrite && (dirty || save.isError) && (
        <section className="savebar" aria-label={t("ui.save")}>
          <span className="grow">{save.isError ? <ErrorLine error={save.error} /> : t("inboxes.effect")}</span>
          <button type="submit" className="btn main" disabled={save.isPending}>
            {t("ui.save")}
          </button>
        </section>
      )}
    </form>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card">
      <div className="cardhead">
        <h3>{title}</h3>
      </div>
      <div className="cardbody">{children}</div>
    </section>
  );
}
