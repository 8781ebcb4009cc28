export type Theme = "light" | "dark" | "system";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const KEY = "tongxi.theme";

export function currentTheme(): Theme {
  return (document.documentElement.dataset.theme as Theme | undefined) ?? "system";
}

export function setTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
}

export function startTheme(): void {
  document.documentElement.dataset.theme = localStorage.getItem(KEY) ?? "system";
}
