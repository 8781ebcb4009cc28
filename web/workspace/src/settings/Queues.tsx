import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { post } from "../api/client";
import { presenceQuery, type Queue, queuesQuery, skillsQuery } from "../api/names";
import { queryClient } from "../api/queries";
import { Field, values } from "../auth/Gate";
import { may } from "../auth/session";
import { Seat } from "../ui/Icon";
import { Empty, ErrorLine, Failure, Skeleton } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { QueueDialog } from "./QueueDialog";

export function Queues({ me }: { me: Me }) {
  const { t } = useTranslation();
  const writes = may(me, "queues.write");
  const queues = useQuery(queuesQuery);
  const skills = useQuery(skillsQuery);
  const team = useQuery(presenceQuery);
  const [editing, setEditing] = useState<Queue | "new" | null>(null);
  const names = Object.fromEntries((team.data ?? []).map((each) => [each.user.id, each.user.name]));
  const people = (queue: Queue) => {
    if (!queue.members.length) return t("queues.everyone");
    const known = queue.members.flatMap((id) => names[id] ?? []);
    const others = queue.members.length - known.length;
    return [...known, ...(others ? [t("queues.others", { n: others })] : [])].join(t("list.comma"));
  };
  const skillOf = (queue: Queue) => skills.data?.find((each) => each.code === queue.skill)?.name ?? queue.skill ?? null;
  const columns: Column<Queue>[] = [
    {
      key: "name",
      title: t("field.thing"),
      by: (queue) => queue.name,
      cell: (queue) => (
        <>
          <Seat of="queue" /> <b>{queue.name}</b>{" "}
          {queue.is_default && <span className="chip">{t("queues.default")}</span>}
        </>
      ),
    },
    { key: "skill", title: t("queues.skill"), by: skillOf, cell: (queue) => skillOf(queue) ?? "—" },
    { key: "members", title: t("queues.members"), cell: people },
    {
      key: "assignment",
      title: t("queues.assignment"),
      className: "nowrap",
      cell: (queue) => t(`queues.assignment.${queue.assignment}`),
    },
    {
      key: "promise",
      title: t("queues.promise"),
      className: "nowrap",
      by: (queue) => queue.promise_minutes,
      cell: (queue) => t("clock.minutes", { n: queue.promise_minutes }),
    },
    {
      key: "",
      title: "",
      className: "r",
      cell: (queue) =>
        writes && (
          <button
            type="button"
            className="btn s"
            aria-label={`${t("ui.edit")} ${queue.name}`}
            onClick={() => setEditing(queue)}
          >
            {t("ui.edit")}
          </button>
        ),
    },
  ];
  return (
    <div className="stack">
      <section className="card">
        <div className="cardhead">
          <h2 className="grow">{t("settings.queues.title")}</h2>
          {writes && (
            <button type="button" className="btn main" onClick={() => setEditing("new")}>
              {t("queues.new")}
            </button>
          )}
        </div>
        <Table
          label={t("settings.queues.title")}
          columns={columns}
          query={queues}
          rows={queues.data}
          keyOf={(queue) => queue.id}
          empty={t("queues.none")}
        />
      </section>
      <Skills writes={writes} />
      {editing && <QueueDialog queue={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

function Skills({ writes }: { writes: boolean }) {
  const { t } = useTranslation();
  const skills = useQuery(skillsQuery);
  const add = useMutation({
    mutationFn: ({ form }: { form: HTMLFormElement }) => post("/skills", values<"code" | "name">(form)),
    onSuccess: (_, { form }) => {
      form.reset();
      void queryClient.invalidateQueries({ queryKey: ["skills"] });
    },
  });
  return (
    <section className="card">
      <div className="cardhead">
        <h2>{t("users.skills")}</h2>
      </div>
      {skills.isPending && <Skeleton lines={2} />}
      {skills.isError && <Failure inline error={skills.error} retry={() => void skills.refetch()} />}
      {skills.data && !skills.data.length && <Empty text={t("skills.none")} />}
      <ul>
        {skills.data?.map((skill) => (
          <li key={skill.code} className="flex line">
            <b>{skill.name}</b>
            <span className="mono faint grow">{skill.code}</span>
            {skill.people !== undefined && <small className="muted">{t("skills.people", { n: skill.people })}</small>}
          </li>
        ))}
      </ul>
      {writes && (
        <form
          className="cardbody pair"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate({ form: event.currentTarget });
          }}
        >
          <Field label={t("field.thing")} name="name" autoComplete="off" />
          <label className="field">
            <span>{t("skills.code")}</span>
            <input
              className="input"
              name="code"
              required
              pattern="[a-z0-9][a-z0-9_.\-]{0,39}"
              placeholder="refunds"
              autoComplete="off"
            />
          </label>
          <div>
            <button type="submit" className="btn" disabled={add.isPending}>
              {t("skills.add")}
            </button>
          </div>
          <ErrorLine error={add.error} />
        </form>
      )}
    </section>
  );
}
