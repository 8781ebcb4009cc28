import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post } from "../api/client";
import { presenceQuery, type Queue, skillsQuery } from "../api/names";
import { queryClient } from "../api/queries";
import { Dialog } from "../ui/Dialog";
import { DialogEnd } from "../ui/DialogEnd";
import { ErrorLine } from "../ui/states";

export function QueueDialog({ queue, onClose }: { queue: Queue | null; onClose: () => void }) {
  const { t } = useTranslation();
  const skills = useQuery(skillsQuery);
  const team = useQuery(presenceQuery);
  const [form, setForm] = useState({
    name: queue?.name ?? "",
    skill: queue?.skill ?? "",
    promise_minutes: queue?.promise_minutes ?? 30,
    assignment: queue?.assignment ?? ("auto" as const),
    is_default: queue?.is_default ?? false,
    members: queue?.members ?? [],
  });
  const set = <K extends keyof typeof form>(key: K, value: (typeof form)[K]) =>
    setForm((held) => ({ ...held, [key]: value }));
  const save = useMutation({
    mutationFn: () => {
      const body = { ...form, skill: form.skill || null };
      return queue ? patch(`/queues/${queue.id}`, body) : post("/queues", body);
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["queues"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={queue ? queue.name : t("queues.new")}
      onClose={onClose}
      footer={<DialogEnd form="queue" onClose={onClose} disabled={save.isPending} />}
    >
      <form
        id="queue"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <label className="field">
          <span>{t("field.thing")}</span>
          <input
            className="input"
            required
            maxLength={80}
            value={form.name}
            onChange={(e) => set("name", e.target.value)}
          />
        </label>
        <div className="pair grid">
          <label className="field">
            <span>{t("queues.skill")}</span>
            <select className="input" value={form.skill} onChange={(e) => set("skill", e.target.value)}>
              <option value="">{t("queues.skill.any")}</option>
              {skills.data?.map((skill) => (
                <option key={skill.code} value={skill.code}>
                  {skill.name}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>{t("queues.assignment")}</span>
            <select
              className="input"
              value={form.assignment}
              onChange={(e) => set("assignment", e.target.value as Queue["assignment"])}
            >
              <option value="auto">{t("queues.assignment.auto")}</option>
              <option value="pull">{t("queues.assignment.pull")}</option>
            </select>
          </label>
        </div>
        <label className="field">
          <span>{t("queues.promise.long")}</span>
          <input
            className="input"
            type="number"
            min={1}
            max={43200}
            value={form.promise_minutes}
            onChange={(e) => set("promise_minutes", Number(e.target.value))}
          />
        </label>
        <fieldset className="field">
          <legend>{t("queues.members")}</legend>
          {team.data?.map(({ user: { id, name } }) => {
            return (
              <label key={id} className="tick">
                <input
                  type="checkbox"
                  checked={form.members.includes(id)}
                  onChange={(e) =>
                    set(
                      "members",
                      e.target.checked ? [...form.members, id] : form.members.filter((each) => each !== id),
                    )
                  }
                />
                {name}
              </label>
            );
          })}
          <small>{t("queues.members.hint")}</small>
        </fieldset>
        <label className="tick">
          <input
            type="checkbox"
            checked={form.is_default}
            disabled={queue?.is_default}
            onChange={(e) => set("is_default", e.target.checked)}
          />
          {t("queues.default.long")}
        </label>
        <ErrorLine error={save.error} />
      </form>
    </Dialog>
  );
}
