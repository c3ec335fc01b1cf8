/**
 * Which boards this browser keeps, and whether anything in them is not saved yet. A small register
 * beside the copies themselves, so that signing out need not open them all.
 */
import { t } from "./i18n";
import { here, ownName } from "./prefix";

const REGISTER = ownName("canvas-copies");
/** Ends the name of the database for work that is in no copy: see `sync/rescueStore.ts`. */
export const RESCUED_SUFFIX = ":rescued";
/** Begins the names of databases with libraries, where those of boards have the board's id. */
export const LIBRARY_KEY = "canvas:library:";
/** Whom the newest page was made for; empty for somebody who is not signed in. */
const PERSON = ownName("canvas-person");
export const GUEST_NAME_KEY = ownName("canvas-guest-name");
/** As in `worker/pages.ts`: the worker is one file, and shares no module with pages. */
export const PAGE_CACHE = ownName("canvas-pages");
export const HOLDER_CACHE = ownName("canvas-holder");
export const HOLDER_ADDRESS = here("/board/holder");
const GUEST = "guest";
const DAY_MS = 24 * 60 * 60 * 1000;
/** A database that a page still has open is gone when that page is. */
const DELETE_TIMEOUT_MS = 2000;

export interface KeptCopy {
  /** Name of the database: see `storageKey`. */
  readonly key: string;
  /** Empty once somebody else uses this browser. */
  readonly title: string;
  /** Changes that the server has not got. */
  readonly unsaved: number;
  /** When it was last open (epoch ms). */
  readonly at?: number;
}

/** The person the server made this page for, from attributes of the page; `null` on error pages. */
export function holderOfPage({ dataset } = document.documentElement): Holder | null {
  const { person, keepUntil, keepDays } = dataset;
  if (person === undefined) return null;
  return { person, until: Number(keepUntil) * 1000, days: Number(keepDays) };
}

export interface Holder {
  /** Empty for somebody who is not signed in. */
  readonly person: string;
  /** Until when pages open without network (epoch ms). */
  readonly until: number;
  /** How long a copy that nobody opens stays. */
  readonly days: number;
}

/**
 * To be called on every page. What this browser keeps of other people goes when somebody else has
 * signed in; work of theirs that is not sent yet stays, under no title, and only they can open it.
 * Copies that nobody opened for long go too, unless work in them is not sent yet.
 */
export async function claimDevice(holder: Holder, now = Date.now()): Promise<void> {
  const kept: KeptCopy[] = [];
  const gone: KeptCopy[] = [];
  for (const copy of keptCopies()) {
    const isForeign = holder.person !== "" && personOf(copy) !== holder.person;
    const isOld = now - (copy.at ?? now) > holder.days * DAY_MS;
    if (copy.unsaved === 0 && (isForeign || isOld)) gone.push(copy);
    else kept.push({ ...copy, at: copy.at ?? now, title: isForeign ? "" : copy.title });
  }
  write(kept);
  for (const { key } of gone) clearKept(`${key}:`);
  if (holder.person !== "") removeItems((key) => key === GUEST_NAME_KEY);
  notePerson(holder.person);
  await Promise.all([...gone.map(({ key }) => deleteBoard(key)), claimPages(holder)]);
}

/**
 * The session of this page is over: what is kept opens no more without the network, until somebody
 * has signed in. Whether it stays is decided then.
 */
export async function releaseDevice(): Promise<void> {
  await claimPages({ person: "", until: 0 });
}

/** Calls `onOther` when somebody else has signed in on another page of this browser. */
export function watchDevice({ person }: Holder, onOther: () => void): void {
  if (person === "") return;
  const look = () => {
    const now = personNow();
    if (now !== "" && now !== person) onOther();
  };
  window.addEventListener("storage", ({ key }) => key === PERSON && look());
  // A page that the browser put away whole has heard of nothing meanwhile.
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
}

/** The worker shows kept pages to this person alone. */
async function claimPages({ person, until }: Pick<Holder, "person" | "until">): Promise<void> {
  if (!("caches" in globalThis)) return;
  try {
    const cache = await caches.open(HOLDER_CACHE);
    await cache.put(HOLDER_ADDRESS, new Response(JSON.stringify({ person, until })));
  } catch {
    // A browser that keeps nothing keeps no pages either.
  }
}

/** Other pages of this browser hear of it: see `watchDevice`. */
function notePerson(person: string): void {
  try {
    localStorage.setItem(PERSON, person);
  } catch {
    // Without storage nothing is kept that others could see.
  }
}

function personNow(): string {
  try {
    return localStorage.getItem(PERSON) ?? "";
  } catch {
    return "";
  }
}

function personOf({ key }: KeptCopy): string {
  return key.split(":")[2] ?? "";
}

/** Takes note of a copy; a page without storage keeps none. */
export function noteCopy(copy: KeptCopy): void {
  const others = keptCopies().filter(({ key }) => key !== copy.key);
  write([...others, { ...copy, at: Date.now() }]);
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

/** Copies of this person with work that is not sent yet. */
export function unsentCopies(person: string): KeptCopy[] {
  return keptCopies().filter((copy) => copy.unsaved > 0 && personOf(copy) === (person || GUEST));
}

/** Whether a library of this person has changes that are not sent yet; guests send none. */
export function hasUnsentLibrary(person: string | null): boolean {
  return person !== null && unsentCopies(person).some(isLibrary);
}

export function isLibrary({ key }: KeptCopy): boolean {
  return key.startsWith(LIBRARY_KEY);
}

/** What is lost when all copies of this person are cleared; empty when nothing is. */
export function unsavedWork(person: string): string {
  return unsentCopies(person)
    .map(({ title, unsaved }) => t("“{board}”: {n}", { board: title, n: unsaved }))
    .join("\n");
}

/**
 * Removes every copy of this person, and every kept page. What others have not sent yet stays for
 * them.
 */
export async function clearCopies(person: string): Promise<void> {
  const isOwn = (copy: KeptCopy) => personOf(copy) === (person || GUEST) || copy.unsaved === 0;
  const copies = keptCopies();
  const own = copies.filter(isOwn);
  write(copies.filter((copy) => !isOwn(copy)));
  for (const { key } of own) clearKept(`${key}:`);
  removeItems((key) => key === GUEST_NAME_KEY);
  await Promise.all([...own.map(({ key }) => deleteBoard(key)), clearPages()]);
}

/** Drafts and unsent comments: see `comments/commentStore.ts`. */
function clearKept(prefix: string): void {
  removeItems((key) => key.startsWith(prefix));
}

function removeItems(isGone: (key: string) => boolean): void {
  try {
    for (const key of Object.keys(localStorage)) if (isGone(key)) localStorage.removeItem(key);
  } catch {
    // Without storage nothing was kept.
  }
}

async function clearPages(): Promise<void> {
  if (!("caches" in globalThis)) return;
  await caches.delete(PAGE_CACHE).catch(() => false);
}

async function deleteBoard(key: string): Promise<void> {
  await Promise.all([deleteDatabase(key), deleteDatabase(key + RESCUED_SUFFIX)]);
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
  const { key, title, unsaved, at } = value as Record<string, unknown>;
  if (at !== undefined && typeof at !== "number") return false;
  return typeof key === "string" && typeof title === "string" && typeof unsaved === "number";
}
