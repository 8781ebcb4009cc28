// A fact of the log in words. Pure.
import type { TFunction } from "i18next";
import type { Entry } from "../../../../contract/agent";
import { minutes, when } from "../../ui/time";

interface Names {
  person: (id: unknown) => string | undefined;
  queue: (id: unknown) => string | undefined;
}

/** The head says what happened; the rest are its circumstances. */
export function eventWords(entry: Entry, t: TFunction, names: Names): { head: string; rest: string[] } {
  const data = entry.data ?? {};
  const someone = t("holder.someone");
  const actor = entry.by.name ?? someone;
  const agent = names.person(data.agent_id) ?? (entry.by.kind === "agent" ? actor : someone);
  switch (entry.type) {
    case "handed_off": {
      const from = names.person(data.from_agent) ?? (entry.by.kind === "agent" ? actor : someone);
      const cause =
        data.cause === "transfer" || data.cause === "agent_left"
          ? t(`event.handed_off.${data.cause}`, { name: from })
          : "";
      const queue = names.queue(data.queue_id);
      const to = names.person(data.to_agent);
      return {
        head: t("event.handed_off"),
        rest: [cause, to ? `→ ${to}` : queue ? `→ ${queue}` : "", place(data, t), band(data, t)],
      };
    }
    case "assigned":
      return { head: t("event.assigned", { name: agent }), rest: [waited(data, t)] };
    case "claimed": {
      const from = names.person(data.from_agent) ?? someone;
      const key =
        data.from_holder === "bot"
          ? "event.claimed.bot"
          : data.from_holder === "agent"
            ? "event.claimed.agent"
            : "event.claimed";
      return { head: t(key, { name: agent, from }), rest: [data.from_holder === "queue" ? waited(data, t) : ""] };
    }
    case "ended":
      return { head: t("event.ended"), rest: [t(`event.ended.${data.cause}`, { defaultValue: "" })] };
    case "wrapped_up":
      return {
        head: t("event.wrapped_up"),
        rest: [
          data.cause && data.cause !== "agent"
            ? t(`event.wrapped_up.${data.cause}`, { defaultValue: "" })
            : entry.by.kind === "agent"
              ? actor
              : "",
          data.outcome ? t(`outcome.${data.outcome}`, { defaultValue: String(data.outcome) }) : "",
          typeof data.disposition === "string" && data.disposition !== data.outcome
            ? t(`disposition.${data.disposition}`, { defaultValue: data.disposition })
            : "",
        ],
      };
    case "reopened":
      return { head: t("event.reopened", { n: Number(data.episode ?? 1) }), rest: [] };
    case "follow_up_promised":
      return {
        head: t("event.follow_up_promised", {
          number: String(data.number ?? ""),
          time: when(String(data.promised_at ?? "")),
        }),
        rest: [typeof data.kind === "string" ? t(`followup.kind.${data.kind}`, { defaultValue: data.kind }) : ""],
      };
    case "rated":
      return {
        head: t("event.rated"),
        rest: data.skipped
          ? [t("event.rated.skipped")]
          : [
              data.resolved === true
                ? t("event.rated.resolved")
                : data.resolved === false
                  ? t("event.rated.unresolved")
                  : "",
              typeof data.csat === "number" ? t("event.rated.csat", { n: data.csat }) : "",
            ],
      };
    case "answer_rated":
      return { head: t(data.helpful ? "event.answer_rated.yes" : "event.answer_rated.no"), rest: [] };
    case "turn_failed":
      return { head: t("event.turn_failed"), rest: [] };
    case "flow_confirmed":
      return { head: t("event.flow_confirmed", { name: flowName(data, t) }), rest: [] };
    case "flow_written":
      return { head: t(`event.flow_written.${data.outcome}`, { name: flowName(data, t) }), rest: [] };
    case "slot_set": {
      const code = String(data.code ?? "");
      const name = t(`fact.${code}`, { defaultValue: code });
      return { head: t(data.is_removed ? "event.slot_removed" : "event.slot_set", { name }), rest: [actor] };
    }
    case "given_back":
      return { head: t("event.given_back"), rest: [entry.by.kind === "agent" ? actor : ""] };
    default:
      return { head: t(`event.${entry.type}`, { defaultValue: entry.type }), rest: [] };
  }
}

function flowName(data: Record<string, unknown>, t: TFunction): string {
  const code = String(data.flow ?? "");
  return t(`flow.${code}`, { defaultValue: code });
}

function waited(data: Record<string, unknown>, t: TFunction): string {
  return typeof data.waited_seconds === "number" ? t("event.waited", { time: minutes(data.waited_seconds) }) : "";
}

function place(data: Record<string, unknown>, t: TFunction): string {
  return typeof data.place === "number" ? t("event.place", { n: data.place }) : "";
}

function band(data: Record<string, unknown>, t: TFunction): string {
  const [low, high] = Array.isArray(data.band_seconds) ? (data.band_seconds as number[]) : [];
  if (low === undefined || high === undefined) return "";
  return t("event.band", { low: Math.max(1, Math.floor(low / 60)), high: Math.max(1, Math.ceil(high / 60)) });
}
