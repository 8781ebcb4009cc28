import { useTranslation } from "react-i18next";
import { may, useMe } from "../auth/session";
import { Dialog } from "../ui/Dialog";
import { MOD } from "../ui/keys";
import { places } from "./nav";

const GROUPS: [string, [string, string][]][] = [
  [
    "keys.everywhere",
    [
      [`${MOD} K`, "keys.palette"],
      ["?", "keys.help"],
      ["Esc", "keys.escape"],
    ],
  ],
  [
    "keys.list",
    [
      ["J / K", "keys.move"],
      ["Enter", "keys.open"],
      ["N", "keys.next"],
      [".", "keys.actions"],
      ["Alt ↑ ↓", "keys.switch"],
      ["[", "keys.collapse_list"],
      ["]", "keys.collapse_rail"],
      ["F6", "keys.panes"],
    ],
  ],
  [
    "keys.thread",
    [
      ["C", "keys.claim"],
      ["R", "keys.reply"],
      ["M", "keys.note"],
      ["Enter", "keys.send"],
      ["Shift Enter", "keys.line"],
      [`${MOD} J`, "keys.knowledge"],
      ["T", "keys.transfer"],
      ["B", "keys.give_back"],
      ["E", "keys.end"],
      [`${MOD} Enter`, "keys.done"],
      ["1 – 4", "keys.rail"],
      ["H", "keys.handoff"],
      ["U", "keys.unread"],
    ],
  ],
];

export function KeysList() {
  const { t } = useTranslation();
  const me = useMe();
  const go = places(me).map((place) => [`G ${place.key.toUpperCase()}`, place.name] as [string, string]);
  const groups = GROUPS.slice(0, may(me, "conversations.read") ? GROUPS.length : 1).map(([title, keys], i) => [title, i ? keys : [...keys, ...go]] as const);
  return (
    <div className="keylist">
      {groups.map(([title, keys]) => (
        <section key={title}>
          <h3 className="sect">{t(title)}</h3>
          <dl>
            {keys.map(([key, what]) => (
              <div key={what}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{t(what)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("me.keys")} kind="wide" onClose={onClose}>
      <div className="body">
        <KeysList />
      </div>
    </Dialog>
  );
}
