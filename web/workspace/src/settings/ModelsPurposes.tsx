// Purpose × engine: the order of engines for each purpose, with the figures of the last hour. Doing without comes first.
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Engine, type ModelsOverview, money, type Purpose, percent, seconds } from "./models";

interface Props {
  data: ModelsOverview;
  writes: boolean;
  onOrder: (purpose: Purpose) => void;
}

export function ModelsPurposes({ data, writes, onOrder }: Props) {
  const { t } = useTranslation();
  const { none, purposes, window_minutes: minutes } = data;
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("models.purposes")}</h2>
        <small className="muted">{t("models.window", { n: minutes })}</small>
      </div>
      <div className="tablebox">
        <table className="engines">
          <thead>
            <tr>
              <th>{t("models.purpose")}</th>
              <th>{t("models.engine")}</th>
              <th>{t("models.state")}</th>
              <th className="r">{t("models.p95")}</th>
              <th className="r">{t("models.errors")}</th>
              <th className="r">{t("models.cost")}</th>
              <th>{t("models.leaves")}</th>
              <th>
                <span className="hidden-text">{t("ui.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>{t("models.all")}</td>
              <td>
                <b>{t("models.without")}</b>
                <small className="block muted">
                  {none?.figures.n
                    ? t("models.without.measured", {
                        correct: percent(none.figures.correct),
                        wrong: percent(none.figures.wrong),
                        asked: percent(none.figures.asked),
                        abstained: percent(none.figures.abstained),
                        n: none.figures.n,
                      })
                    : t("models.without.unmeasured")}
                </small>
              </td>
              <td>
                <Dot tone="good" text={t("models.state.always")} />
              </td>
              <td className="r">—</td>
              <td className="r">—</td>
              <td className="r">0</td>
              <td>{t("models.leaves.no")}</td>
              <td className="r">
                <Link to="/settings/{-$page}/{-$id}" params={{ page: "bake-off", id: undefined }} className="btn s">
                  {t("models.measure")}
                </Link>
              </td>
            </tr>
            {purposes.map(({ purpose, engines }) =>
              (engines.length ? engines : [null]).map((engine, at) => (
                <tr key={`${purpose}-${engine?.provider}-${engine?.model}`} className={at ? "also" : ""}>
                  <td>
                    {!at && t(`models.purpose.${purpose}`)}
                    {!at && <small className="block muted">{t(`models.purpose.${purpose}.long`)}</small>}
                    {!at && <Instead engines={engines} />}
                  </td>
                  {engine ? <Cells engine={engine} place={at + 1} currency={data.currency} /> : <NoCells />}
                  <td className="r">
                    {!at && writes && (
                      <button type="button" className="btn s" onClick={() => onOrder(purpose)}>
                        {t("models.order")}
                        <span className="hidden-text"> {t(`models.purpose.${purpose}`)}</span>
                      </button>
                    )}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The first choice does not answer now: who does. */
function Instead({ engines }: { engines: Engine[] }) {
  const { t } = useTranslation();
  const [first] = engines;
  const out = (engine: Engine) => engine.state === "resting" || engine.last_outcome === "budget";
  if (!first || !out(first)) return null;
  const next = engines.find((engine) => !out(engine));
  return (
    <small className="block c-warn">
      {t("models.instead", {
        first: first.name,
        why: t(`models.failure.${first.last_outcome ?? "resting"}`),
        next: next ? next.name : t("models.without"),
      })}
    </small>
  );
}

function NoCells() {
  const { t } = useTranslation();
  return (
    <>
      <td className="muted">{t("models.without")}</td>
      <td>
        <Dot tone="" text={t("models.state.off")} />
      </td>
      <td className="r">—</td>
      <td className="r">—</td>
      <td className="r">—</td>
      <td>{t("models.leaves.no")}</td>
    </>
  );
}

function Cells({ engine, place, currency }: { engine: Engine; place: number; currency: string }) {
  const { t } = useTranslation();
  const leaves = engine.leaves_house ? (engine.is_masked ? "masked" : "yes") : "no";
  return (
    <>
      <td>
        <span className="muted">{place}</span> <b>{engine.name}</b> <span className="mono">{engine.model}</span>
        {engine.last_outcome && engine.last_outcome !== "ok" && (
          <small className="block c-warn">
            {t("models.last", { what: t(`models.failure.${engine.last_outcome}`) })}
          </small>
        )}
      </td>
      <td>
        <State engine={engine} />
      </td>
      <td className="r nowrap">{seconds(engine.p95_ms)}</td>
      <td className="r nowrap">
        {percent(engine.error_rate)} <small className="muted">{t("models.calls", { n: engine.calls })}</small>
      </td>
      <td className="r nowrap">{engine.is_priced ? money(engine.spent, currency) : t("models.unpriced")}</td>
      <td>{t(`models.leaves.${leaves}`)}</td>
    </>
  );
}

function State({ engine }: { engine: Engine }) {
  const { t } = useTranslation();
  if (engine.state === "resting") return <Dot tone="danger" text={t("models.state.resting")} />;
  if (engine.last_outcome === "budget") return <Dot tone="warn" text={t("models.state.budget")} />;
  if (!engine.calls) return <Dot tone="" text={t("models.state.idle")} />;
  const ill = (engine.error_rate ?? 0) >= 0.1;
  return <Dot tone={ill ? "warn" : "good"} text={t(ill ? "models.state.shaky" : "models.state.ready")} />;
}

function Dot({ tone, text }: { tone: "" | "good" | "warn" | "danger"; text: string }) {
  return (
    <span className="nowrap">
      <i className={`dot ${tone}`} aria-hidden="true" /> {text}
    </span>
  );
}
