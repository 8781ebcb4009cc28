// Settings: people, roles, inboxes, queues, audit. Each page appears only for those who may see it.
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { may, type Permission, useMe } from "../auth/session";
import { Missing } from "../shell/Missing";
import { useCurrentInSight, useTitle } from "../ui/hooks";
import { Audit } from "./Audit";
import { Bakeoff } from "./Bakeoff";
import { Connectors } from "./Connectors";
import { Inboxes } from "./Inboxes";
import { Models } from "./Models";
import { Queues } from "./Queues";
import { Roles } from "./Roles";
import { Translation } from "./Translation";
import { Users } from "./Users";
import "../ui/list.css";
import "./settings.css";

const PAGES = [
  { page: "inboxes", needs: "configuration.read" },
  { page: "queues", needs: "configuration.read" },
  { page: "connectors", needs: "configuration.read" },
  { page: "models", needs: "configuration.read" },
  { page: "translation", needs: "configuration.read" },
  { page: "bake-off", needs: "configuration.read" },
  { page: "users", needs: "users.read" },
  { page: "roles", needs: "users.read" },
  { page: "audit", needs: "audit.read" },
] satisfies { page: string; needs: Permission }[];

export function Settings() {
  const { t } = useTranslation();
  const me = useMe();
  const params = useParams({ strict: false }) as { page?: string; id?: string };
  const pages = PAGES.filter(({ needs }) => may(me, needs as Permission));
  const page = params.page ?? pages[0]?.page;
  const known = pages.some((each) => each.page === page);
  const tabs = useCurrentInSight(page);
  useTitle(`${t("nav.settings")} · ${t("app.name")}`);
  return (
    <main className="page">
      <header className="head">
        <h1>{t("nav.settings")}</h1>
        <nav ref={tabs} className="tabs bare" aria-label={t("nav.settings")}>
          {pages.map((each) => (
            <Link
              key={each.page}
              to="/settings/{-$page}/{-$id}"
              params={{ page: each.page, id: undefined }}
              aria-current={each.page === page ? "page" : undefined}
            >
              {t(`settings.${each.page}`)}
            </Link>
          ))}
        </nav>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: tables without controls must scroll by keyboard */}
      <div className="body" tabIndex={0}>
        {!known && <Missing />}
        {known && page === "users" && <Users me={me} />}
        {known && page === "roles" && <Roles />}
        {known && page === "inboxes" && <Inboxes me={me} id={params.id} />}
        {known && page === "queues" && <Queues me={me} />}
        {known && page === "connectors" && <Connectors me={me} id={params.id} />}
        {known && page === "models" && <Models me={me} />}
        {known && page === "translation" && <Translation me={me} />}
        {known && page === "bake-off" && <Bakeoff me={me} />}
        {known && page === "audit" && <Audit />}
      </div>
    </main>
  );
}
