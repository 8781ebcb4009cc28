import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Role } from "../../../contract/agent";
import { get } from "../api/client";
import { Icon } from "../ui/Icon";
import { Failure, Skeleton } from "../ui/states";

interface Table {
  items: { role: Role; permissions: string[] }[];
  permissions: string[];
}

/** Which role may do what: the server's own table. */
export function Roles() {
  const { t } = useTranslation();
  const roles = useQuery({
    queryKey: ["roles"],
    queryFn: ({ signal }) => get<Table>("/roles", undefined, signal),
    staleTime: 5 * 60_000,
  });
  if (roles.isPending) return <Skeleton lines={8} gap={16} />;
  if (roles.isError) return <Failure error={roles.error} retry={() => void roles.refetch()} />;
  const { items, permissions } = roles.data;
  return (
    <section className="card">
      <div className="tablebox">
        <table className="matrix">
          <caption className="hidden-text">{t("settings.roles")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("roles.may")}</th>
              {items.map((each) => (
                <th key={each.role} scope="col">
                  {t(`role.${each.role}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {permissions.map((permission) => (
              <tr key={permission}>
                <th scope="row">
                  {t(`permission.${permission}`, { defaultValue: permission })}{" "}
                  <span className="mono faint">{permission}</span>
                </th>
                {items.map((each) => {
                  const has = each.permissions.includes(permission);
                  return (
                    <td key={each.role}>
                      <span className={has ? "c-good" : "faint"}>
                        {has ? <Icon name="check" size="s" /> : "—"}
                        <span className="hidden-text">{t(has ? "ui.yes" : "ui.no")}</span>
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
