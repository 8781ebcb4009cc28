// Every screen and its address. Screens beside the inbox are loaded when they are opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { Me } from "../../contract/agent";
import { codeOf } from "./api/problem";
import { queryClient } from "./api/queries";
import { Login } from "./auth/Login";
import { may, meQuery } from "./auth/session";
import { Inbox } from "./inbox/Inbox";
import { RAILS, type Rail } from "./inbox/rails";
import { Missing } from "./shell/Missing";
import { Shell } from "./shell/Shell";
import { Failure } from "./ui/states";

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search): { next?: string | undefined } => ({ next: text(search.next) }),
  component: Login,
});
const start = createRoute({
  getParentRoute: () => root,
  path: "/start",
  component: lazyRouteComponent(() => import("./auth/NewAccount"), "Start"),
});
const accept = createRoute({
  getParentRoute: () => root,
  path: "/invitations/$token",
  component: lazyRouteComponent(() => import("./auth/NewAccount"), "Accept"),
});

/** Everything behind sign-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (codeOf(error) !== "unauthenticated") throw error;
      throw redirect({ to: "/login", search: { next: location.pathname === "/" ? undefined : location.href } });
    }
  },
  component: Shell,
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
});

/** Where a role begins. */
export function home(me: Me): string {
  if (may(me, "conversations.read")) return "/inbox";
  if (may(me, "overview.read")) return "/live";
  return "/knowledge";
}

const index = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: async () => {
    throw redirect({ to: home(await queryClient.ensureQueryData(meQuery)), replace: true });
  },
});

const inboxSearch = (search: Record<string, unknown>): { rail?: Rail | undefined; q?: string | undefined } => ({
  rail: RAILS.find((rail) => rail === search.rail),
  q: text(search.q),
});
const inbox = createRoute({
  getParentRoute: () => app,
  path: "/inbox",
  validateSearch: inboxSearch,
  component: Inbox,
});
const conversation = createRoute({ getParentRoute: () => inbox, path: "$number" });

const live = createRoute({
  getParentRoute: () => app,
  path: "/live",
  validateSearch: (search): { state?: string | undefined; inbox?: string | undefined } => ({
    state: text(search.state),
    inbox: text(search.inbox),
  }),
  component: lazyRouteComponent(() => import("./supervisor/Live"), "Live"),
});
const knowledge = createRoute({
  getParentRoute: () => app,
  path: "/knowledge",
  validateSearch: (search): Partial<Record<"q" | "status" | "language", string | undefined>> => ({
    q: text(search.q),
    status: text(search.status),
    language: text(search.language),
  }),
  component: lazyRouteComponent(() => import("./knowledge/Knowledge"), "Knowledge"),
});
const article = createRoute({ getParentRoute: () => knowledge, path: "$id" });
const tickets = createRoute({
  getParentRoute: () => app,
  path: "/tickets",
  validateSearch: (search): { state?: string | undefined } => ({ state: text(search.state) }),
  component: lazyRouteComponent(() => import("./tickets/Tickets"), "Tickets"),
});
const bot = createRoute({
  getParentRoute: () => app,
  path: "/bot/{-$page}/{-$id}",
  component: lazyRouteComponent(() => import("./bot/Studio"), "Studio"),
});
const intents = createRoute({
  getParentRoute: () => app,
  path: "/intents",
  component: lazyRouteComponent(() => import("./bot/intents/IntentsScreen"), "IntentsScreen"),
});
const labels = createRoute({
  getParentRoute: () => app,
  path: "/labels",
  validateSearch: (search): { of?: "compare" | undefined } => ({ of: search.of === "compare" ? "compare" : undefined }),
  component: lazyRouteComponent(() => import("./bot/calibration/Labels"), "Labels"),
});
const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings/{-$page}/{-$id}",
  component: lazyRouteComponent(() => import("./settings/Settings"), "Settings"),
});
const me = createRoute({
  getParentRoute: () => app,
  path: "/me",
  component: lazyRouteComponent(() => import("./shell/Profile"), "Profile"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    start,
    accept,
    app.addChildren([
      index,
      inbox.addChildren([conversation]),
      live,
      knowledge.addChildren([article]),
      tickets,
      labels,
      intents,
      bot,
      settings,
      me,
    ]),
  ]),
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
