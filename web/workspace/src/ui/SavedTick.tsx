import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { lastWins } from "./lastWins";
import { errorText } from "./states";
import { toast } from "./toast";

interface Props {
  checked: boolean;
  /** Resolves once `checked` will follow; rejects when nothing was changed. */
  save: (checked: boolean) => Promise<unknown>;
  disabled?: boolean;
  /** Says what is switched where the text beside the box does not name it. */
  name?: string;
  children: ReactNode;
}

/** A box that saves by itself: it moves at once, of quick clicks the last one counts, a refusal moves it back. */
export function SavedTick({ checked, save, disabled = false, name, children }: Props) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const [isSaving, setSaving] = useState(false);
  const current = useRef({ save, checked });
  current.current = { save, checked };
  const [send] = useState(() => lastWins((value: boolean) => current.current.save(value)));
  // What others changed meanwhile is shown again as soon as nothing of ours is under way.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the stored value takes the place of the wished one
  useEffect(() => {
    if (!isSaving) setWanted(null);
  }, [checked]);
  const ask = async (value: boolean) => {
    setWanted(value);
    setSaving(true);
    try {
      const last = await send(value);
      if (last === undefined) return;
      setWanted((held) => (current.current.checked === last ? null : held));
    } catch (error) {
      setWanted(null);
      toast(errorText(t, error), { tone: "warn" });
    }
    setSaving(false);
  };
  return (
    <label className="tick nowrap">
      <input
        type="checkbox"
        checked={wanted ?? checked}
        disabled={disabled}
        aria-busy={isSaving}
        aria-label={name}
        onChange={(event) => void ask(event.target.checked)}
      />
      <span aria-hidden={name ? true : undefined}>{children}</span>
    </label>
  );
}
