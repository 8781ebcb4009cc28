// What a flow of the bot shows beside its words: the order to pick, the form to fill, the change to confirm, the way
// back. Loaded with the first flow. Everything here only sends what could be typed as well.
import { useState } from "preact/hooks";
import type { Card, FlowInput, QuickReply } from "../../../../contract/widget.ts";
import { clock, day } from "../../text/time.ts";
import { t, tag } from "../../text/words.ts";
import { money } from "../Answer.tsx";
import { Icon } from "../icons.tsx";
import { style } from "../styled.ts";
import css from "./flow.css?inline";

interface Sends {
  quickReply(id: string, label: string): void;
  say(text: string): void;
}

/** The change that waits for a yes, or what became of it. */
export function FlowCard({ card, active, sends }: { card: Card; active: boolean; sends: Sends }) {
  style(css);
  const undo = card.undo && Date.parse(card.undo.until) > Date.now() ? card.undo : null;
  return (
    <div class="form flow">
      <h3>
        <Icon name={card.type === "result" ? "check" : "warn"} small />
        {card.title}
        {card.reference && <bdi>{card.reference}</bdi>}
      </h3>
      {card.rows && card.rows.length > 0 && (
        <dl class="kv">
          {card.rows.map((row) => (
            <div key={row.label}>
              <dt>{row.label}</dt>
              <dd>
                {row.old && row.new ? (
                  <>
                    <del>
                      <span class="sr">{t("flow.old")}</span>
                      {row.old}
                    </del>
                    <span aria-hidden="true">→</span>
                    <ins>
                      <span class="sr">{t("flow.new")}</span>
                      {row.new}
                    </ins>
                  </>
                ) : (
                  row.new || row.old
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {card.price && <p class="price">{card.price}</p>}
      {active && (card.yes || card.edit) && (
        <div class="acts">
          {card.yes && <Act reply={card.yes} main sends={sends} />}
          {card.edit && <Act reply={card.edit} sends={sends} />}
        </div>
      )}
      {active && undo && (
        <div class="acts">
          <Act reply={undo} sends={sends} />
          <span class="until">{t("flow.until", { time: clock(undo.until) })}</span>
        </div>
      )}
    </div>
  );
}

function Act({ reply, main, sends }: { reply: QuickReply; main?: boolean; sends: Sends }) {
  return (
    <button type="button" class={main ? "tb main" : "tb"} onClick={() => sends.quickReply(reply.id, reply.label)}>
      {reply.label}
    </button>
  );
}

/** Whether the open question has an input of its own; the others are answered by choices or by writing. */
export function hasInput(input: FlowInput): boolean {
  return input.kind in FIELDS || input.kind === "order" || input.kind === "time_slot";
}

export function FlowQuestion({ input, sends }: { input: FlowInput; sends: Sends }) {
  style(css);
  return (
    <div class="form flow">
      {input.kind === "order" ? (
        <Orders input={input} sends={sends} />
      ) : input.kind === "time_slot" ? (
        <Times input={input} sends={sends} />
      ) : (
        <Field input={input} sends={sends} />
      )}
    </div>
  );
}

function Orders({ input, sends }: { input: FlowInput; sends: Sends }) {
  return (
    <ul class="orders" aria-label={input.label}>
      {input.options?.map((option) => (
        <li key={option.id}>
          <button type="button" onClick={() => sends.quickReply(option.id, option.label)}>
            <b>{option.goods || option.label}</b>
            <span>
              {option.status} · <bdi>{option.label}</bdi>
              {option.total && ` · ${money(option.total.amount, option.total.currency)}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Days first, then the times of the chosen one. */
function Times({ input, sends }: { input: FlowInput; sends: Sends }) {
  const options = input.options ?? [];
  const days = [...new Set(options.map((it) => it.at?.slice(0, 10) ?? ""))];
  const [chosen, choose] = useState(days[0] ?? "");
  return (
    <fieldset>
      <legend>{input.label}</legend>
      <div class="days">
        {days.map((each) => (
          <button key={each} type="button" class="tb" aria-pressed={each === chosen} onClick={() => choose(each)}>
            {weekday(each)}
          </button>
        ))}
      </div>
      <div class="times">
        {options
          .filter((it) => it.at?.startsWith(chosen))
          .map((it) => (
            <button key={it.id} type="button" class="tb" onClick={() => sends.quickReply(it.id, it.label)}>
              {it.at?.slice(11, 16)}
            </button>
          ))}
      </div>
    </fieldset>
  );
}

function weekday(date: string): string {
  const at = new Date(`${date}T12:00:00`);
  return `${day(at)} ${new Intl.DateTimeFormat(tag(), { weekday: "short" }).format(at)}`;
}

type Attributes = { mode?: "tel" | "email" | "decimal"; complete?: string; rows?: number };

const FIELDS: Record<string, Attributes> = {
  phone: { mode: "tel", complete: "tel" },
  email: { mode: "email", complete: "email" },
  name: { complete: "name" },
  amount: { mode: "decimal" },
  order_number: {},
  date: {},
  address: { complete: "street-address", rows: 3 },
};

function Field({ input, sends }: { input: FlowInput; sends: Sends }) {
  const [value, setValue] = useState("");
  const attributes: Attributes = FIELDS[input.kind] ?? {};
  const id = `flow-${input.slot}`;
  const shared = {
    id,
    class: "field",
    value,
    maxLength: 300,
    autocomplete: attributes.complete ?? "off",
    onInput: (event: { currentTarget: { value: string } }) => setValue(event.currentTarget.value),
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim()) sends.say(value.trim());
      }}
    >
      <label class="lbl" htmlFor={id}>
        {input.label}
      </label>
      {attributes.rows ? (
        <textarea rows={attributes.rows} {...shared} />
      ) : input.kind === "date" ? (
        <input type="date" min={input.min} max={input.max} {...shared} />
      ) : (
        <input type="text" inputMode={attributes.mode} {...shared} />
      )}
      <button type="submit" class="tb main" disabled={!value.trim()}>
        {t("flow.send")}
      </button>
    </form>
  );
}
