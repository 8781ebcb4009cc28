import type { TFunction } from "i18next";

/** What a contact is called; someone without a name by the start of the id. */
export function nameOf(contact: { id: string; name?: string | null }, t: TFunction): string {
  return contact.name || t("row.anonymous", { code: contact.id.replaceAll("-", "").slice(-4).toUpperCase() });
}

/** The text of a reason code; an unknown code as it is. */
export function reasonName(code: string, t: TFunction): string {
  return t(`reason.${code}`, { defaultValue: code });
}
