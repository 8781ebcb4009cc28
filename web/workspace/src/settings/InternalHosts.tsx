import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, put } from "../api/client";
import { queryClient } from "../api/queries";
import { ErrorLine, Failure, Skeleton } from "../ui/states";
import { toast } from "../ui/toast";

interface Egress {
  version: number;
  allowed_hosts: string[];
}

/** Hosts of one's own network that may be reached although their addresses are not public. */
export function InternalHosts({ writes }: { writes: boolean }) {
  const { t } = useTranslation();
  const held = useQuery({ queryKey: ["egress"], queryFn: ({ signal }) => get<Egress>("/egress", {}, signal) });
  return (
    <section className="card">
      <div className="cardhead">
        <h2>{t("egress.title")}</h2>
      </div>
      {held.isPending && <Skeleton lines={2} />}
      {held.isError && !held.data && <Failure inline error={held.error} retry={() => void held.refetch()} />}
      {held.data && <Hosts key={held.data.version} held={held.data} writes={writes} />}
    </section>
  );
}

function Hosts({ held, writes }: { held: Egress; writes: boolean }) {
  const { t } = useTranslation();
  const [text, setText] = useState(held.allowed_hosts.join("\n"));
  const hosts = text.split(/\s+/).filter(Boolean);
  const save = useMutation({
    mutationFn: () => put<Egress>("/egress", { version: held.version, allowed_hosts: hosts }),
    onSuccess: (saved) => {
      queryClient.setQueryData(["egress"], saved);
      toast(t("state.saved"), { tone: "good" });
    },
  });
  return (
    <form
      className="cardbody stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <label className="field">
        <span>{t("egress.hosts")}</span>
        <textarea
          className="input mono"
          rows={Math.max(2, Math.min(8, hosts.length + 1))}
          disabled={!writes}
          value={text}
          placeholder={"erp.intern\n10.0.0.12:8080"}
          onChange={(e) => setText(e.target.value)}
        />
        <small>{t("egress.hint")}</small>
      </label>
      <ErrorLine error={save.error} />
      {writes && (
        <div>
          <button
            type="submit"
            className="btn"
            disabled={save.isPending || hosts.join(" ") === held.allowed_hosts.join(" ")}
          >
            {t("ui.save")}
          </button>
        </div>
      )}
    </form>
  );
}
