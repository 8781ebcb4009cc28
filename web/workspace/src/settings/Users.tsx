import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Page, Role } from "../../../contract/agent";
import { get, remove } from "../api/client";
import { may } from "../auth/session";
import { Avatar } from "../ui/parts";
import { Empty, errorText, Failure, Skeleton } from "../ui/states";
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
  const list = users.data?.pages.flatMap((page) => page.items) ?? [];
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
        {users.isPending && <Skeleton lines={6} gap={16} />}
        {users.isError && !users.data && <Failure error={users.error} retry={() => void users.refetch()} />}
        {list.length > 0 && (
          <div className="tablebox">
            <table>
              <thead>
                <tr>
                  <th>{t("field.name")}</th>
                  <th>{t("field.role")}</th>
                  <th>{t("users.skills")}</th>
                  <th className="r">{t("users.capacity")}</th>
                  <th>{t("users.since")}</th>
                  <th>
                    <span className="hidden-text">{t("ui.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.map((user) => (
                  <tr key={user.id} className={user.is_active ? "" : "inactive"}>
                    <td>
                      <span className="flex">
                        <Avatar name={user.name} size="s" />
                        <span className="grow">
                          <b className="block cut">{user.name}</b>
                          <small className="muted cut block">
                            {[user.email, user.title].filter(Boolean).join(" · ")}
                          </small>
                        </span>
                      </span>
                    </td>
                    <td className="nowrap">
                      {t(`role.${user.role}`)} {!user.is_active && <span className="chip">{t("users.inactive")}</span>}
                    </td>
                    <td>
                      <span className="flex tight wrap">
                        {user.skills.map((each) => (
                          <span key={each.skill} className="chip">
                            {each.skill} {each.level}
                          </span>
                        ))}
                      </span>
                    </td>
                    <td className="r">{user.capacity}</td>
                    <td className="nowrap muted">{when(user.created_at)}</td>
                    <td className="r">
                      {manages && (user.role !== "owner" || may(me, "owners.write")) && (
                        <button
                          type="button"
                          className="btn s"
                          aria-label={`${t("ui.edit")} ${user.name}`}
                          onClick={() => setEditing(user)}
                        >
                          {t("ui.edit")}
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {users.hasNextPage && (
          <button type="button" className="btn quiet more" onClick={() => void users.fetchNextPage()}>
            {t("ui.load_more")}
          </button>
        )}
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
