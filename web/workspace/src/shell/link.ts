// Opens the socket for the signed-in user and tells what its frames mean to them.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Row } from "../../../contract/agent";
import { queryClient } from "../api/queries";
import { may } from "../auth/session";
import { outbox } from "../live/outbox";
import { socket } from "../live/socket";
import { live } from "../live/store";
import { play } from "../ui/sound";
import { toast } from "../ui/toast";
import { nameOf } from "../ui/names";

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
          play("turn");
          const row = live().rows[frame.conversation];
          const open = (to: Row) => void navigate({ to: "/inbox/$number", params: { number: String(to.number) } });
          if (row && location.pathname === "/inbox") open(row);
          else if (row)
            toast(t("inbox.assigned", { name: nameOf(row.contact, t) }), {
              tone: "good",
              action: {
                label: t("inbox.open"),
                run: () => open(row),
              },
            });
          else void queryClient.invalidateQueries({ queryKey: ["rows"] });
        }
        if (frame.t === "entry" && frame.entry.by.kind === "customer" && document.hidden) {
          const row = live().rows[frame.conversation];
          if (row?.holder.id === me.id) play("turn");
        }
      }),
    [me.id, navigate, t],
  );
}
