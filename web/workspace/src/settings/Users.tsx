import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Page, Role } from "../../../contract/agent";
import { get, remove } from "../api/client";
import { skillsQuery } from "../api/names";
import { may } from "../auth/session";
import { Avatar } from "../ui/parts";
import { Empty, errorText, Failure, Skeleton } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import { InviteDialog } from "./InviteDialog";
import { UserDialog } from "./UserDialog";

export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  title: string;
  is_active: boolean;
  capacity: number;
  created_at: string;
  presence: string;
  skills: { skill: string; level: number }[];
  queues: string[];
}

interface Invitation {
  id: string;
  email: string;
  role: Role;
  invited_by: string | null;
  expires_at: string;
}

export function Users({ me }: { me: Me }) {
  const { t } = useTranslation();
  const manages = may(me, "users.write");
  const [inviting, setInviting] = useState(false);
  const [editing, setEditing] = useState<User | null>(null);
  const users = useInfiniteQuery({
    queryKey: ["users"],
    queryFn: ({ pageParam, signal }) => get<Page<User>>("/users", { cursor: pageParam, limit: 100 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const skills = useQuery(skillsQuery);
  const names = new Map(skills.data?.map((each) => [each.code, each.name]));
  const list = users.data?.pages.flatMap((page) => page.items);
  const columns: Column<User>[] = [
    {
      key: "name",
      title: t("field.name"),
      cell: (user) => (
        <span className="flex">
          <Avatar name={user.name} size="s" />
          <span className="grow">
            <b className="block cut">{user.name}</b>
            <small className="muted cut block">{[user.email, user.title].filter(Boolean).join(" · ")}</small>
          </span>
        </span>
      ),
    },
    {
      key: "role",
      title: t("field.role"),
      className: "nowrap",
      cell: (user) => (
        <>
          {t(`role.${user.role}`)} {!user.is_active && <span className="chip">{t("users.inactive")}</span>}
        </>
      ),
    },
    {
      key: "skills",
      title: t("users.skills"),
      cell: (user) => (
        <span className="flex tight wrap">
          {user.skills.map((each) => (
            <span key={each.skill} className="chip">
              {names.get(each.skill) ?? each.skill} {each.level}
            </span>
          ))}
        </span>
      ),
    },
    { key: "capacity", title: t("users.capacity"), isFigure: true, cell: (user) => user.capacity },
    { key: "since", title: t("users.since"), className: "nowrap muted", cell: (user) => when(user.created_at) },
    {
      key: "",
      title: "",
      className: "r",
      cell: (user) =>
        manages &&
        (user.role !== "owner" || may(me, "owners.write")) && (
          <button
            type="button"
            className="btn s"
            aria-label={`${t("ui.edit")} ${user.name}`}
            onClick={() => setEditing(user)}
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
          <h2 className="grow">{t("settings.users")}</h2>
          {manages && (
            <button type="button" className="btn main" onClick={() => setInviting(true)}>
              {t("users.invite")}
            </button>
          )}
        </div>
        <Table
          label={t("settings.users")}
          columns={columns}
          query={users}
          rows={list}
          keyOf={(user) => user.id}
          rowClass={(user) => (user.is_active ? undefined : "inactive")}
        />
      </section>
      {manages && <Invitations />}
      {inviting && <InviteDialog me={me} onClose={() => setInviting(false)} />}
      {editing && <UserDialog user={editing} me={me} onClose={() => setEditing(null)} />}
    </div>
  );
}

function Invitations() {
  const { t } = useTranslation();
  const open = useQuery({
    queryKey: ["invitations"],
    queryFn: ({ signal }) => get<Page<Invitation>>("/invitations", { limit: 100 }, signal),
  });
  const withdraw = useMutation({
    mutationFn: (id: string) => remove(`/invitations/${id}`),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void open.refetch(),
  });
  return (
    <section className="card">
      <div className="cardhead">
        <h2>{t("users.invitations")}</h2>
      </div>
      {open.isPending && <Skeleton lines={2} />}
      {open.isError && <Failure inline error={open.error} retry={() => void open.refetch()} />}
      {open.data && !open.data.items.length && <Empty text={t("users.invitations.none")} />}
      <ul>
        {open.data?.items.map((each) => (
          <li key={each.id} className="flex line">
            <span className="grow cut">
              {each.email} <span className="chip">{t(`role.${each.role}`)}</span>
            </span>
            <small className="muted nowrap">{t("users.invitation.until", { time: when(each.expires_at) })}</small>
            <button
              type="button"
              className="btn s"
              disabled={withdraw.isPending}
              onClick={() => withdraw.mutate(each.id)}
            >
              {t("users.invitation.withdraw")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
