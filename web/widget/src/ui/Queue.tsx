// Waiting without guessing: place, band, the table with its seats, and what the agent already has.
import type { ConversationView } from "../../../contract/widget.ts";
import { band } from "../text/time.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";

const MOST_SEATS = 3;

export function QueueCard({
  view,
  onCallback,
  onMessage,
}: {
  view: ConversationView;
  onCallback(): void;
  onMessage(): void;
}) {
  const queue = view.queue;
  if (!queue) return null;
  const wait = queue.band_seconds ? band(queue.band_seconds) : null;
  return (
    <section class="waiting" aria-live="off" aria-label={t("holder.queue")}>
      <div class="queue">
        <p class="sr" role="status">
          {t("queue.place")} {t("queue.place.n", { n: queue.place })}. {t("queue.wait")} {waitWords(queue.band_seconds)}
        </p>
        <div class="place" aria-hidden="true">
          <div>
            <small>{t("queue.place")}</small>
            <b>{t("queue.place.n", { n: queue.place })}</b>
          </div>
          <div>
            <small>{t("queue.wait")}</small>
            <b>{waitWords(queue.band_seconds)}</b>
          </div>
        </div>
        <Table ahead={queue.ahead} serving={queue.serving} />
        <p class="honest">{wait ? t("queue.honest", { high: wait[1] }) : t("queue.unknown.line")}</p>
      </div>
      {queue.known.length > 0 && (
        <div class="form">
          <h3>
            <Icon name="check" small />
            {t("queue.known")}
          </h3>
          <ul class="given">
            {queue.known.map((fact) => (
              <li key={fact.code + fact.label}>
                <Icon
                  name={/order/.test(fact.code) ? "box" : /photo|image|file/.test(fact.code) ? "image" : "check"}
                  small
                />
                <bdi>{fact.label}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div class="two">
        <button type="button" class="tb" onClick={onCallback}>
          <Icon name="phone" />
          {t("queue.callback")}
        </button>
        <button type="button" class="tb" onClick={onMessage}>
          <Icon name="message" />
          {t("queue.message")}
        </button>
      </div>
    </section>
  );
}

/** `1–3 min`, or an honest "not known". */
export function waitWords(seconds: [number, number] | null): string {
  if (!seconds) return t("queue.unknown");
  const wait = band(seconds);
  return wait[0] === wait[1]
    ? t("queue.wait.one", { n: wait[0] })
    : t("queue.wait.band", { low: wait[0], high: wait[1] });
}

/** The table: people being helped sit (solid), people ahead wait (outlined), then the customer. */
function Table({ ahead, serving }: { ahead: number; serving: number }) {
  const seated = Math.min(serving, MOST_SEATS);
  const before = Math.min(ahead, MOST_SEATS);
  const label = ahead ? t("queue.table", { serving, ahead }) : t("queue.table.next", { serving });
  const seatedWidth = Math.max(seated * 40, 84);
  const aheadWidth = Math.max(before * 34, 64);
  const aheadAt = serving ? 14 + seatedWidth + 26 : 14;
  const youAt = ahead ? aheadAt + aheadWidth + 26 : aheadAt;
  const middle = (from: number, width: number, count: number, step: number, seat: number): number =>
    from + (width - (count * step - (step - seat))) / 2;
  const firstSeat = middle(14, seatedWidth, seated, 40, 32);
  const firstAhead = middle(aheadAt, aheadWidth, before, 34, 28);
  return (
    <svg class="table" viewBox="0 0 344 56" role="img" aria-label={label}>
      {Array.from({ length: seated }, (_, n) => (
        <path key={`s${n}`} class="seated" d={`M${firstSeat + n * 40} 26a16 16 0 0 1 32 0z`} />
      ))}
      {Array.from({ length: before }, (_, n) => (
        <path key={`a${n}`} class="ahead" d={`M${firstAhead + n * 34} 26a14 14 0 0 1 28 0`} />
      ))}
      <path class="you" d={`M${youAt} 26a19 19 0 0 1 38 0z`} />
      <path class="bar" d="M2 30h340" />
      {serving > 0 && (
        <text x={14 + seatedWidth / 2} y="49">
          {t("queue.serving", { n: serving })}
        </text>
      )}
      {ahead > 0 && (
        <text x={aheadAt + aheadWidth / 2} y="49">
          {t("queue.ahead", { n: ahead })}
        </text>
      )}
      <text class="me" x={youAt + 19} y="49">
        {t("queue.you")}
      </text>
    </svg>
  );
}
