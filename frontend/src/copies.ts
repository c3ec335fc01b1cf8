/**
 * Which boards this browser keeps, and whether anything in them is not saved yet. A small register
 * beside the copies themselves, so that signing out need not open them all.
 */
import { t } from "./i18n";

const REGISTER = "canvas-copies";
/** Of all that is kept of one board: see `storageKey`. */
const KEPT_PREFIX = "canvas:";
const GUEST_NAME_KEY = "canvas-guest-name";
const CACHE_PREFIX = "canvas-pages";
/** A database that a page still has open is gone when that page is. */
const DELETE_TIMEOUT_MS = 2000;

export interface KeptCopy {
  /** Name of the database. */
  readonly key: string;
  readonly title: string;
  /** Changes that the server has not got. */
  readonly unsaved: number;
}

/** Takes note of a copy; a page without storage keeps none. */
export function noteCopy(copy: KeptCopy): void {
  const others = keptCopies().filter(({ key }) => key !== copy.key);
  write([...others, copy]);
}

export function forgetCopy(key: string): void {
  write(keptCopies().filter((copy) => copy.key !== key));
}

export function keptCopies(): KeptCopy[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(REGISTER) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isCopy) : [];
  } catch {
    return [];
  }
}

/** What is lost when all copies are cleared; empty when nothing is. */
export function unsavedWork(): string {
  const unsaved = keptCopies().filter((copy) => copy.unsaved > 0);
  return unsaved
    .map(({ title, unsaved: count }) => t("“{board}”: {n}", { board: title, n: count }))
    .join("\n");
}

/** Removes every copy and every kept page from this browser. */
export async function clearCopies(): Promise<void> {
  const copies = keptCopies();
  write([]);
  clearKept();
  await Promise.all([...copies.map(({ key }) => deleteDatabase(key)), clearPages()]);
}

/** Drafts and unsent comments: see `comments/kept.ts`. */
function clearKept(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(KEPT_PREFIX) || key === GUEST_NAME_KEY) localStorage.removeItem(key);
    }
  } catch {
    // Without storage nothing was kept.
  }
}

async function clearPages(): Promise<void> {
  if (!("caches" in globalThis)) return;
  await caches.delete(CACHE_PREFIX).catch(() => false);
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    setTimeout(resolve, DELETE_TIMEOUT_MS);
  });
}

function write(copies: readonly KeptCopy[]): void {
  try {
    localStorage.setItem(REGISTER, JSON.stringify(copies));
  } catch {
    // A browser that keeps no register keeps no copies either.
  }
}

function isCopy(value: unknown): value is KeptCopy {
  if (typeof value !== "object" || value === null) return false;
  const { key, title, unsaved } = value as Record<string, unknown>;
  return typeof key === "string" && typeof title === "string" && typeof unsaved === "number";
}
