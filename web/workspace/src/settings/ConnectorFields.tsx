import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Connector, Kind } from "./connectors";
import { OpenApiDialog } from "./OpenApiDialog";

type Values = Record<string, unknown>;

interface Props {
  kind: Kind;
  settings: Values;
  set: (settings: Values) => void;
  secret: string;
  setSecret: (secret: string) => void;
  held: Connector["secret"] | undefined;
  disabled: boolean;
}

/** Where a system is and how we prove who we are, by kind. */
export function ConnectorFields({ kind, settings, set, secret, setSecret, held, disabled }: Props) {
  const { t } = useTranslation();
  const [reading, setReading] = useState(false);
  const text = (name: string) => String(settings[name] ?? "");
  const put = (name: string, value: unknown) => set({ ...settings, [name]: value });
  const field = (name: string, place: string, hint?: string) => (
    <label className="field">
      <span>{t(`connectors.field.${name}`)}</span>
      <input
        className="input mono"
        required
        disabled={disabled}
        value={text(name)}
        placeholder={place}
        onChange={(e) => put(name, e.target.value)}
      />
      {hint && <small>{hint}</small>}
    </label>
  );
  const choice = (name: string, values: string[]) => (
    <label className="field">
      <span>{t(`connectors.field.${name}`)}</span>
      <select
        className="input"
        disabled={disabled}
        value={text(name) || values[0]}
        onChange={(e) => put(name, e.target.value)}
      >
        {values.map((value) => (
          <option key={value} value={value}>
            {t(`connectors.${name}.${value}`)}
          </option>
        ))}
      </select>
    </label>
  );
  const program = settings.transport === "stdio";
  return (
    <>
      {kind === "http" && (
        <>
          <label className="field">
            <span>{t("connectors.field.mapping")}</span>
            <textarea
              className="input mono"
              rows={16}
              required
              spellCheck={false}
              disabled={disabled}
              value={text("mapping")}
              onChange={(e) => put("mapping", e.target.value)}
            />
            <small>{t("connectors.mapping.hint", { contact: "{contact}" })}</small>
          </label>
          {!disabled && (
            <div>
              <button type="button" className="btn" onClick={() => setReading(true)}>
                {t("connectors.openapi")}
              </button>
            </div>
          )}
        </>
      )}
      {kind === "mcp" && (
        <>
          <label className="field">
            <span>{t("connectors.field.transport")}</span>
            <select
              className="input"
              disabled={disabled}
              value={text("transport")}
              onChange={(e) =>
                set(
                  e.target.value === "stdio"
                    ? { transport: "stdio", command: [] }
                    : { transport: "http", url: "", auth: "none" },
                )
              }
            >
              <option value="http">{t("connectors.transport.http")}</option>
              <option value="stdio">{t("connectors.transport.stdio")}</option>
            </select>
          </label>
          {program ? (
            <label className="field">
              <span>{t("connectors.field.command")}</span>
              <textarea
                className="input mono"
                rows={3}
                required
                disabled={disabled}
                value={((settings.command as string[]) ?? []).join("\n")}
                placeholder={"/usr/local/bin/server\n--quiet"}
                onChange={(e) => put("command", e.target.value.split("\n"))}
                onBlur={(e) => put("command", e.target.value.split("\n").filter(Boolean))}
              />
              <small>{t("connectors.command.hint")}</small>
            </label>
          ) : (
            <>
              {field("url", "https://tools.example.com/mcp")}
              {choice("auth", ["none", "bearer"])}
            </>
          )}
        </>
      )}
      {kind === "shopify" && (
        <>
          {field("shop", "your-shop.myshopify.com")}
          {field("version", "2026-10")}
          {choice("auth", ["token", "client_credentials"])}
        </>
      )}
      {kind === "woocommerce" && field("url", "https://shop.example.com")}
      {(kind === "shopify" || kind === "woocommerce") && choice("contact", ["customer_id", "email"])}
      <label className="field">
        <span>{t("connectors.secret")}</span>
        <input
          className="input mono"
          type="password"
          autoComplete="new-password"
          disabled={disabled}
          value={secret}
          placeholder={held?.is_set ? t("connectors.secret.set", { end: held.ends_with }) : ""}
          onChange={(e) => setSecret(e.target.value)}
        />
        <small>{t(`connectors.secret.${kind}`)}</small>
      </label>
      {reading && (
        <OpenApiDialog
          onClose={() => setReading(false)}
          onMade={(mapping) => {
            put("mapping", mapping);
            setReading(false);
          }}
        />
      )}
    </>
  );
}
