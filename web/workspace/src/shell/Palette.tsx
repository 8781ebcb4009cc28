// ⌘K: screens, conversations, actions, in one list.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Page, Row } from "../../../contract/agent";
import { get } from "../api/client";
import { may } from "../auth/session";
import { useLive } from "../live/store";
import { useNext } from "../live/useNext";
import { Dialog } from "../ui/Dialog";
import { Icon, type IconName, Seat } from "../ui/Icon";
import { useSettled } from "../ui/hooks";
import { nameOf } from "../ui/names";
import { places } from "./nav";

interface Choice {
  id: string;
  label: string;
  hint?: string;
  icon: IconName | Row["holder"]["kind"];
  run: () => void;
}

export function Palette({ me, onClose, onKeys }: { me: Me; onClose: () => void; onKeys: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const rows = useLive((s) => s.rows);
  const asked = useSettled(query.trim(), 250);
  const next = useNext();
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => get<Page<Row>>("/conversations", { group: "all", q: asked, limit: 8 }, signal),
    enabled: asked.length > 1 && may(me, "conversations.read"),
  });
  const near = Object.values(rows).filter((row) => row.holder.id === me.id && row.state !== "closed");
  const conversations = asked.length > 1 ? (found.data?.items ?? []) : near;
  const needle = query.trim().toLowerCase();
  const fits = (choice: Choice) => !needle || choice.label.toLowerCase().includes(needle);
  const open = (row: Row) => navigate({ to: "/inbox/$number", params: { number: String(row.number) } });
  const choices: Choice[] = [
    ...conversations.map((row) => ({
      id: row.id,
      label: `${nameOf(row.contact, t)} #${row.number}`,
      hint: row.last?.text ?? "",
      icon: row.holder.kind,
      run: () => void open(row),
    })),
    ...(may(me, "conversations.answer")
      ? [
          {
            id: "next",
            label: t("inbox.next"),
            hint: "N",
            icon: "queue" as const,
            run: () => next.mutate(),
          },
        ].filter(fits)
      : []),
    ...places(me)
      .map((place) => ({
        id: place.to,
        label: t(place.name),
        hint: `G ${place.key.toUpperCase()}`,
        icon: place.icon,
        run: () => void navigate({ to: place.to }),
      }))
      .filter(fits),
    ...[
      { id: "me", label: t("me.title"), icon: "person" as const, run: () => void navigate({ to: "/me" }) },
      { id: "keys", label: t("me.keys"), hint: "?", icon: "panel" as const, run: onKeys },
    ].filter(fits),
  ];
  const chosen = Math.min(at, choices.length - 1);
  const run = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    choice.run();
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") run(choices[chosen]);
    else if (event.key === "ArrowDown") setAt((chosen + 1) % Math.max(1, choices.length));
    else if (event.key === "ArrowUp") setAt((chosen - 1 + choices.length) % Math.max(1, choices.length));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("palette.title")} kind="palette" onClose={onClose}>
      <div className="palette-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={choices[chosen] && `${listId}-${chosen}`}
          aria-label={t("palette.title")}
          placeholder={t("palette.place")}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={press}
          autoFocus
        />
      </div>
      <div className="palette-list" role="listbox" id={listId} aria-label={t("palette.title")}>
        {choices.map((choice, i) => (
          <div
            key={choice.id}
            id={`${listId}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            onClick={() => run(choice)}
            onKeyDown={press}
            onMouseMove={() => setAt(i)}
          >
            {choice.icon === "bot" || choice.icon === "queue" || choice.icon === "agent" || choice.icon === "nobody" ? (
              <Seat of={choice.icon} />
            ) : (
              <Icon name={choice.icon} size="s" />
            )}
            <b className="cut">{choice.label}</b>
            <span className="cut grow faint">{choice.hint}</span>
          </div>
        ))}
        {!choices.length && <p className="state">{t("inbox.search.none", { q: query })}</p>}
      </div>
    </Dialog>
  );
}
