// The few words the loader says before the app is there; the rest is in ../locales.
import type { Locale } from "./shell.ts";

export const launcherWords: Record<
  Locale,
  { open: string; close: string; unread: (count: number) => string; back: (time: string) => string }
> = {
  zh: {
    open: "咨询客服",
    close: "收起对话",
    unread: (count) => `客服有 ${count} 条新回复`,
    back: (time) => `座席 ${time} 上班`,
  },
  en: {
    open: "Chat with us",
    close: "Minimise the conversation",
    unread: (count) => (count === 1 ? "1 new reply" : `${count} new replies`),
    back: (time) => `People are back at ${time}`,
  },
};
