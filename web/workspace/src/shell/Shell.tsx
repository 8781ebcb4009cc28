// The frame of every screen: navigation, connection line, palette, keys. Keeps the socket open.
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../auth/session";
import { speak } from "../i18n";
import { useLive } from "../live/store";
import { useKeptFocus } from "../ui/focus";
import { Icon, Logo } from "../ui/Icon";
import { useKeys } from "../ui/keys";
import { Avatar } from "../ui/parts";
import { wakeSound } from "../ui/sound";
import { Skeleton } from "../ui/states";
import { setTheme } from "../ui/theme";
import { AlarmLine } from "./AlarmLine";
import { KeysHelp } from "./KeysHelp";
import { useLink } from "./link";
import { places } from "./nav";
import { OfflineLine } from "./OfflineLine";
import { Palette } from "./Palette";
import { PresenceMenu } from "./PresenceMenu";
import "./shell.css";

const CHORD_MS = 1200;

export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [overlay, setOverlay] = useState<"palette" | "keys" | null>(null);
  const mine = useLive((s) => s.rows);
  const waiting = Object.values(mine).filter(
    (row) => row.state === "active" && row.holder.id === me.id && row.responsible === "agent",
  ).length;
  const list = places(me);
  useLink(me);
  useKeptFocus();
  useEffect(() => {
    void speak(me.locale);
    setTheme(me.theme);
  }, [me.locale, me.theme]);
  useEffect(() => {
    window.addEventListener("pointerdown", wakeSound, { once: true });
    return () => window.removeEventListener("pointerdown", wakeSound);
  }, []);
  // By the time the keys were pressed: a busy screen must not turn two quick keys into two slow ones.
  const chord = useRef(Number.NEGATIVE_INFINITY);
  useKeys({
    "mod+k": () => setOverlay("palette"),
    "?": () => setOverlay("keys"),
    g: (event) => {
      chord.current = event.timeStamp;
    },
  });
  useEffect(() => {
    const go = (event: KeyboardEvent) => {
      if (event.timeStamp - chord.current > CHORD_MS || event.ctrlKey || event.metaKey || event.altKey) return;
      const place = list.find((each) => each.key === event.key.toLowerCase());
      if (!place) return;
      chord.current = Number.NEGATIVE_INFINITY;
      event.preventDefault();
      event.stopImmediatePropagation();
      void navigate({ to: place.to });
    };
    window.addEventListener("keydown", go, true);
    return () => window.removeEventListener("keydown", go, true);
  }, [list, navigate]);
  return (
    <div className="app">
      <a className="skip" href="#content">
        {t("nav.skip")}
      </a>
      <nav className="nav" aria-label={t("nav.label")}>
        <Logo />
        {list.map((place) => (
          <Link
            key={place.to}
            to={place.to}
            className="place"
            activeProps={{ className: "place on", "aria-current": "page" }}
          >
            <Icon name={place.icon} size="l" />
            <span>{t(place.name)}</span>
            {place.to === "/inbox" && waiting > 0 && (
              <span className="badge">
                {waiting}
                <span className="hidden-text">{t("inbox.group.reply")}</span>
              </span>
            )}
          </Link>
        ))}
        <div className="foot">
          {me.permissions.includes("conversations.answer") && <PresenceMenu me={me} />}
          <Link to="/me" className="self" aria-label={`${t("nav.me")} · ${me.name}`} title={me.name}>
            <Avatar name={me.name} />
          </Link>
        </div>
      </nav>
      <div className="stage" id="content">
        <OfflineLine />
        <AlarmLine />
        <Suspense fallback={<Skeleton lines={6} />}>
          <Outlet />
        </Suspense>
      </div>
      {overlay === "palette" && <Palette me={me} onClose={() => setOverlay(null)} onKeys={() => setOverlay("keys")} />}
      {overlay === "keys" && <KeysHelp onClose={() => setOverlay(null)} />}
    </div>
  );
}
