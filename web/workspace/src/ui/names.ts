import type { TFunction } from "i18next";
import type { Row } from "../../../contract/agent";

/** What a contact is called; someone without a name by the start of the id. */
export function nameOf(contact: { id: string; name?: string | null }, t: TFunction): string {
  return contact.name || t("row.anonymous", { code: contact.id.replaceAll("-", "").slice(-4).toUpperCase() });
}

/** Who holds a conversation: a colleague by name, else the bot, the queue or nobody. */
export function holderName(holder: Partial<Row["holder"]> | undefined, t: TFunction): string {
  if (holder?.name) return holder.name;
  return holder?.kind && holder.kind !== "agent" ? t(`holder.${holder.kind}`) : t("holder.someone");
}

/** What was said last, and by whom if it was not the customer. */
export function lastWords({ last }: Pick<Row, "last">, t: TFunction): string {
  if (!last) return t("row.last.none");
  const said = last.text || t("row.last.file");
  return last.by === "bot" || last.by === "agent" ? t(`row.last.${last.by}`, { text: said }) : said;
}

/** The text of a reason code; an unknown code as it is. */
export function reasonName(code: string, t: TFunction): string {
  return t(`reason.${code}`, { defaultValue: code });
}
