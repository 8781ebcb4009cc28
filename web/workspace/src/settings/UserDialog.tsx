import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Role } from "../../../contract/agent";
import { patch } from "../api/client";
import { queuesQuery, skillsQuery } from "../api/names";
import { queryClient } from "../api/queries";
import { Dialog } from "../ui/Dialog";
import { DialogEnd } from "../ui/DialogEnd";
import { ErrorLine } from "../ui/states";
import { toast } from "../ui/toast";
import { grantable } from "./InviteDialog";
import { PasswordDialog } from "./PasswordDialog";
import type { User } from "./Users";

/** One account: name, title, role, seats, skills, queues, in use or not. */
export function UserDialog({ user, me, onClose }: { user: User; me: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const skills = useQuery(skillsQuery);
  const queues = useQuery(queuesQuery);
  const [form, setForm] = useState({
    name: user.name,
    title: user.title,
    role: user.role,
    capacity: user.capacity,
    is_active: user.is_active,
    skills: user.skills,
    queues: user.queues,
  });
  const set = <K extends keyof typeof form>(key: K, value: (typeof form)[K]) =>
    setForm((held) => ({ ...held, [key]: value }));
  const save = useMutation({
    mutationFn: () => {
      const before: Record<string, unknown> = { ...user };
      const changes = Object.fromEntries(
        Object.entries(form).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key])),
      );
      return Object.keys(changes).length ? patch<User>(`/users/${user.id}`, changes) : Promise.resolve(user);
    },
    onSuccess: () => {
      toast(t("state.saved"), { tone: "good" });
      void queryClient.invalidateQueries({ queryKey: ["users"] });
      if (user.id === me.id) void queryClient.invalidateQueries({ queryKey: ["me"] });
      onClose();
    },
  });
  const [resetting, setResetting] = useState(false);
  const roles = grantable(me);
  return (
    <Dialog
      title={user.email}
      onClose={onClose}
      footer={<DialogEnd form="user" onClose={onClose} disabled={save.isPending || !form.name.trim()} />}
    >
      <form
        id="user"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <label className="field">
          <span>{t("field.name")}</span>
          <input
            className="input"
            required
            maxLength={80}
            value={form.name}
            onChange={(e) => set("name", e.target.value)}
          />
        </label>
        <label className="field">
          <span>{t("field.title")}</span>
          <input className="input" maxLength={80} value={form.title} onChange={(e) => set("title", e.target.value)} />
        </label>
        <div className="pair grid">
          <label className="field">
            <span>{t("field.role")}</span>
            <select className="input" value={form.role} onChange={(e) => set("role", e.target.value as Role)}>
              {(roles.includes(form.role) ? roles : [form.role, ...roles]).map((role) => (
                <option key={role} value={role}>
                  {t(`role.${role}`)}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>{t("users.capacity")}</span>
            <input
              className="input"
              type="number"
              min={0}
              max={500}
              value={form.capacity}
              onChange={(e) => set("capacity", Number(e.target.value))}
            />
          </label>
        </div>
        {!!skills.data?.length && (
          <fieldset className="field">
            <legend>{t("users.skills")}</legend>
            {skills.data.map((skill) => {
              const held = form.skills.find((each) => each.skill === skill.code);
              const others = form.skills.filter((each) => each.skill !== skill.code);
              return (
                <div key={skill.code} className="flex">
                  <label className="tick grow">
                    <input
                      type="checkbox"
                      checked={!!held}
                      onChange={(e) =>
                        set("skills", e.target.checked ? [...others, { skill: skill.code, level: 3 }] : others)
                      }
                    />
                    {skill.name}
                  </label>
                  {held && (
                    <select
                      className="input level"
                      aria-label={t("users.level", { name: skill.name })}
                      value={held.level}
                      onChange={(e) => set("skills", [...others, { skill: skill.code, level: Number(e.target.value) }])}
                    >
                      {[1, 2, 3, 4, 5].map((level) => (
                        <option key={level}>{level}</option>
                      ))}
                    </select>
                  )}
                </div>
              );
            })}
          </fieldset>
        )}
        {!!queues.data?.length && (
          <fieldset className="field">
            <legend>{t("users.queues")}</legend>
            {queues.data.map((queue) => (
              <label key={queue.id} className="tick">
                <input
                  type="checkbox"
                  checked={form.queues.includes(queue.id)}
                  onChange={(e) =>
                    set(
                      "queues",
                      e.target.checked ? [...form.queues, queue.id] : form.queues.filter((id) => id !== queue.id),
                    )
                  }
                />
                {queue.name}
              </label>
            ))}
            <small>{t("users.queues.hint")}</small>
          </fieldset>
        )}
        <label className="tick">
          <input type="checkbox" checked={form.is_active} onChange={(e) => set("is_active", e.target.checked)} />
          {t("users.active")}
        </label>
        {user.id !== me.id && (
          <div>
            <button type="button" className="btn s" onClick={() => setResetting(true)}>
              {t("users.password.set")}
            </button>
          </div>
        )}
        {(form.role !== user.role || form.is_active !== user.is_active) && (
          <p className="c-warn small">{t("users.effect")}</p>
        )}
        <ErrorLine error={save.error} />
      </form>
      {resetting && <PasswordDialog user={user} onClose={() => setResetting(false)} />}
    </Dialog>
  );
}
