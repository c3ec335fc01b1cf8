/** Light or dark: the system's choice, unless the person chose for this site. */

import { readConfig } from "./config";
import { csrfToken } from "./language";
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

/** Remembers the choice, also for the person's other devices, and applies it to the page. */
export function chooseTheme(choice: ThemeChoice): void {
  keepHere(choice);
  applyTheme();
  void tellServer(choice);
}

/** Remembers the choice in this browser only. */
export function keepHere(choice: ThemeChoice): void {
  try {
    if (choice === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Without storage the choice holds for this page only.
    chosenHere = choice;
  }
}

/** Takes over what the person chose on another device, which the page says. */
export function takeTheme(): void {
  const { chosenTheme } = document.documentElement.dataset;
  if (chosenTheme) keepHere(fromServer(chosenTheme));
}

/** The server's word for "as the system" is "auto". */
export function fromServer(theme: string): ThemeChoice {
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Without network the choice holds in this browser until the server says another one. */
async function tellServer(choice: ThemeChoice): Promise<void> {
  const { preferences } = document.documentElement.dataset;
  const token = tokenOfPage();
  if (!preferences || !token) return;
  const theme = choice === "system" ? "auto" : choice;
  document.documentElement.dataset.chosenTheme = theme;
  await fetch(preferences, {
    method: "POST",
    body: new URLSearchParams({ theme }),
    headers: { "X-CSRFToken": token },
    credentials: "same-origin",
    redirect: "manual",
  }).catch(() => undefined);
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

function tokenOfPage(): string {
  const field = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  if (field) return field.value;
  return document.getElementById("board-config") ? csrfToken(readConfig()) : "";
}

const listeners = new Set<() => void>();
systemIsDark.addEventListener("change", applyTheme);
window.addEventListener("storage", (event) => event.key === STORAGE_KEY && applyTheme());
