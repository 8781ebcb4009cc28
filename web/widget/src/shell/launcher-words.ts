// The few words the loader says before the app is there; the rest is in ../locales.
import type { Locale } from "./shell.ts";

interface Words {
  open: string;
  close: string;
  /** The app is being fetched, or could not be. */
  opening: string;
  failed: string;
  unread(count: number): string;
  back(time: string): string;
}

export const launcherWords: Record<Locale, Words> = {
  zh: {
    open: "咨询客服",
    close: "收起对话",
    opening: "正在打开",
    failed: "没打开，请再点一次",
    unread: (count) => `客服有 ${count} 条新回复`,
    back: (time) => `座席 ${time} 上班`,
  },
  en: {
    open: "Chat with us",
    close: "Minimise chat",
    opening: "Opening",
    failed: "Please try again",
    unread: (count) => (count === 1 ? "1 new reply" : `${count} new replies`),
    back: (time) => `People are back at ${time}`,
  },
};
