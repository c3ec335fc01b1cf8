/** Light or dark: the system's choice, unless the person chose for this site. */

import { ownName } from "./prefix";

export type ThemeChoice = "light" | "dark" | "system";

const STORAGE_KEY = ownName("canvas-theme");
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

/** Holds the choice where the browser gives no storage. */
let chosenHere: ThemeChoice = "system";

/** What the person chose on this device. */
export function themeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return chosenHere;
  }
}

/** The theme to show now. */
export function effectiveTheme(): "light" | "dark" {
  const choice = themeChoice();
  if (choice !== "system") return choice;
  return systemIsDark.matches ? "dark" : "light";
}

/** Remembers the choice and applies it to the page. */
export function chooseTheme(choice: ThemeChoice): void {
  try {
    if (choice === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Without storage the choice holds for this page only.
    chosenHere = choice;
  }
  applyTheme();
}

/** Sets `data-theme` on the document, which the style sheets follow through `color-scheme`. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = effectiveTheme();
  for (const listener of listeners) listener();
}

/** Calls `listener` when the theme changes, also by the system; returns how to stop that. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const listeners = new Set<() => void>();
systemIsDark.addEventListener("change", applyTheme);
window.addEventListener("storage", (event) => event.key === STORAGE_KEY && applyTheme());
