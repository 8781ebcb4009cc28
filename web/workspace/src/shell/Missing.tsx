import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "../ui/states";

export function Missing() {
  const { t } = useTranslation();
  return (
    <Empty text={t("state.not_found")}>
      <Link className="btn" to="/">
        {t("ui.back")}
      </Link>
    </Empty>
  );
}
