// Opens the socket for the signed-in user and tells what its frames mean to them.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Me, Row } from "../../../contract/agent";
import { get } from "../api/client";
import { ApiError } from "../api/problem";
import { queryClient } from "../api/queries";
import { may } from "../auth/session";
import { outbox } from "../live/outbox";
import { NEXT } from "../live/useNext";
import { socket } from "../live/socket";
import { dispatch, live } from "../live/store";
import { play } from "../ui/sound";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { nameOf } from "../ui/names";

/** Given away again before we could look: the list says so itself. */
const ignore = () => undefined;

/** The row of a conversation, known or read; its thread is left to whoever opens it. */
async function rowOf(id: string): Promise<Row> {
  const known = live().rows[id];
  if (known) return known;
  const { entries: _, more: __, capabilities: ___, ...row } = await get<Conversation>(`/conversations/${id}`);
  dispatch({ t: "rows", rows: [row] });
  return row;
}

export function useLink(me: Me): void {
  const navigate = useNavigate();
  const { t } = useTranslation();
  const connects = may(me, "conversations.list");
  useEffect(() => {
    if (!connects) return;
    outbox.load(me.id);
    socket.open();
    return () => socket.close();
  }, [me.id, connects]);
  useEffect(
    () =>
      socket.listen((frame) => {
        if (frame.t === "ready") void queryClient.invalidateQueries({ queryKey: ["rows"] });
        if (frame.t === "error" && frame.code === "unauthenticated" && !frame.id) {
          queryClient.clear();
          void navigate({ to: "/login", search: { next: `${location.pathname}${location.search}` } });
        }
        if (frame.t === "assigned") {
          // Whom we asked for ourselves comes without news.
          if (queryClient.isMutating({ mutationKey: NEXT })) return;
          play("turn");
          void rowOf(frame.conversation).then((row) => {
            if (location.pathname === `/inbox/${row.number}`) return;
            const open = () => void navigate({ to: "/inbox/$number", params: { number: String(row.number) } });
            // An empty desk opens it; whoever is at something else is told.
            if (location.pathname === "/inbox") open();
            else
              toast(t("inbox.assigned", { name: nameOf(row.contact, t) }), {
                tone: "good",
                about: row.id,
                action: { label: t("inbox.open"), run: open },
              });
          }, ignore);
        }
        if (frame.t === "error" && frame.id) {
          const refused = live().pending.find((each) => each.id === frame.id && each.status === "failed");
          if (refused)
            void rowOf(refused.conversation).then((row) => {
              if (location.pathname !== `/inbox/${row.number}`)
                toast(`#${row.number} · ${t("thread.failed", { why: errorText(t, new ApiError(0, frame)) })}`, {
                  tone: "warn",
                  about: row.id,
                  action: {
                    label: t("inbox.open"),
                    run: () => void navigate({ to: "/inbox/$number", params: { number: String(row.number) } }),
                  },
                });
            }, ignore);
        }
        if (frame.t === "entry" && frame.entry.by.kind === "customer" && document.hidden) {
          const row = live().rows[frame.conversation];
          if (row?.holder.id === me.id) play("turn");
        }
      }),
    [me.id, navigate, t],
  );
}
