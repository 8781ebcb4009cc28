// Who is at the table: name of the shop, holder in words, shape and colour; a person is always one tap away.
import type { ConversationView, Session } from "../../../contract/widget.ts";
import { isolated, t } from "../text/words.ts";
import { holderOf } from "./holder.ts";
import { Glyph, Icon } from "./icons.tsx";
import { waitWords } from "./Queue.tsx";

interface Props {
  session: Session;
  view: ConversationView | null;
  asking: boolean;
  canMinimise: boolean;
  onPerson(): void;
  onBot(): void;
  onMenu(): void;
  onMinimise(): void;
}

export function Header({ session, view, asking, canMinimise, onPerson, onBot, onMenu, onMinimise }: Props) {
  const kind = holderOf(view);
  return (
    <header class="wh">
      <div class="brand">
        <h2 class={isLong(session.inbox.name) ? "shop long" : "shop"}>
          <bdi>{session.inbox.name}</bdi>
        </h2>
        {(kind === "bot" || kind === "nobody") && (
          <button type="button" class="human" aria-disabled={asking} onClick={asking ? undefined : onPerson}>
            <Icon name="person" small />
            {t(asking ? "person.wait" : "person")}
          </button>
        )}
        {kind === "queue" && (
          <button type="button" class="human quiet" onClick={onBot}>
            {t("back_to_bot")}
          </button>
        )}
        <button type="button" class="ib" aria-label={t("menu")} onClick={onMenu}>
          <Icon name="more" />
        </button>
        {canMinimise && (
          <button type="button" class="ib" aria-label={t("minimise")} onClick={onMinimise}>
            <Icon name="down" />
          </button>
        )}
      </div>
      <p class="hold">
        <Glyph kind={kind} />
        <b class={`c-${kind}`}>
          <bdi>{holderName(session, view)}</bdi>
        </b>
        <span class="faint">{holderLine(view)}</span>
      </p>
      <div class={`line3 bg-${kind}`} />
    </header>
  );
}

/** Wider than one line beside the buttons; a Chinese character counts as two letters. */
function isLong(name: string): boolean {
  return [...name].reduce((width, char) => width + (char > "\u2e7f" ? 2 : 1), 0) > 14;
}

function holderName(session: Session, view: ConversationView | null): string {
  const kind = holderOf(view);
  if (kind === "bot") return t("holder.bot", { name: isolated(session.inbox.persona.name) });
  if (kind === "queue") return t("holder.queue");
  if (kind === "nobody") return t("holder.nobody");
  const { name, role } = view?.holder ?? { name: null, role: null };
  return role ? t("holder.agent", { name: isolated(name), role: isolated(role) }) : (name ?? "");
}

function holderLine(view: ConversationView | null): string {
  const kind = holderOf(view);
  const queue = view?.queue;
  if (kind !== "queue" || !queue) return t(`line.${kind}`);
  const place = t("queue.place.n", { n: queue.place });
  return queue.band_seconds ? `${place} · ${waitWords(queue.band_seconds)}` : place;
}
