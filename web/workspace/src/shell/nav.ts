// What is where, and who sees it: the one list behind navigation, palette and the G keys.
import type { Me } from "../../../contract/agent";
import { may, type Permission } from "../auth/session";
import type { IconName } from "../ui/Icon";

export interface Place {
  to:
    | "/inbox"
    | "/live"
    | "/knowledge"
    | "/tickets"
    | "/labels"
    | "/intents"
    | "/bot/{-$page}/{-$id}"
    | "/settings/{-$page}/{-$id}";
  name: string;
  icon: IconName;
  key: string;
  needs: Permission[];
  /** Whoever may this has the place elsewhere. */
  unless?: Permission;
}

const PLACES: Place[] = [
  { to: "/inbox", name: "nav.inbox", icon: "inbox", key: "i", needs: ["conversations.read"] },
  { to: "/live", name: "nav.live", icon: "live", key: "l", needs: ["overview.read"] },
  { to: "/tickets", name: "nav.tickets", icon: "tickets", key: "t", needs: ["conversations.answer"] },
  { to: "/knowledge", name: "nav.knowledge", icon: "knowledge", key: "k", needs: ["knowledge.read"] },
  { to: "/labels", name: "nav.labels", icon: "check", key: "j", needs: ["conversations.answer"] },
  {
    to: "/intents",
    name: "bot.page.intents",
    icon: "bot",
    key: "b",
    needs: ["intents.write"],
    unless: "configuration.read",
  },
  { to: "/bot/{-$page}/{-$id}", name: "nav.bot", icon: "bot", key: "b", needs: ["configuration.read"] },
  {
    to: "/settings/{-$page}/{-$id}",
    name: "nav.settings",
    icon: "settings",
    key: "s",
    needs: ["configuration.read", "users.read", "audit.read"],
  },
];

export function places(me: Me): Place[] {
  return PLACES.filter(
    (place) => place.needs.some((permission) => may(me, permission)) && !(place.unless && may(me, place.unless)),
  );
}
