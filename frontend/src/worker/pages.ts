/** What the service worker does with which request, and how a kept page is put together. Pure. */

/** What to do with a request. */
export type Plan = "page" | "asset" | "pass";

/** The path of the site on its host, empty at the root: the worker's own file stands there. */
export const PREFIX = /^(.*)\/sw\.js$/.exec(globalThis.location?.pathname ?? "")?.[1] ?? "";

/** Where pages are kept, and where who uses this browser; `copies.ts` has the same names. */
export const PAGE_CACHE = `canvas-pages${PREFIX}`;
export const HOLDER_CACHE = `canvas-holder${PREFIX}`;
export const HOLDER_ADDRESS = `${PREFIX}/board/holder`;

const BOARD_PATH = /^\/board\/[0-9a-f-]{36}(\/public)?\/?$/i;
const ASSET_PATH = /^\/static\/board\/(assets|excalidraw|pdf-[\d.]+)\//;
const CONFIG = /<script[^>]*\bid="board-config"[^>]*>[\s\S]*?<\/script>/;
const HTML_TAG = /<html\b[^>]*>/i;
const TITLE = /<title>[\s\S]*?<\/title>/;

/**
 * Pages of boards are taken from the network and kept for when there is none; built files never
 * change under their name. Everything else, REST, sockets, forms and sign-in links among it, is none
 * of the worker's business.
 */
export function planFor(
  request: { readonly method: string; readonly mode: string; readonly url: string },
  origin: string,
  prefix = PREFIX,
): Plan {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin) return "pass";
  const path = pathOf(url, prefix);
  if (ASSET_PATH.test(path)) return "asset";
  if (request.mode !== "navigate" || url.searchParams.has("token")) return "pass";
  return BOARD_PATH.test(path) || path === "/" ? "page" : "pass";
}

/** The path as it is at the root; empty for what belongs to another site of the host. */
function pathOf({ pathname }: URL, prefix: string): string {
  return pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : "";
}

/** The name under which a page is kept: of its query only what makes it another page. */
export function pageKey(address: string): string {
  const { origin, pathname, searchParams } = new URL(address);
  const isEdit = searchParams.get("edit") === "true";
  return `${origin}${pathname.replace(/\/$/, "") || "/"}${isEdit ? "?edit=true" : ""}`;
}

/** Whether this is the page of a board, and not the list of all. */
export function isBoardPage(address: string, prefix = PREFIX): boolean {
  return BOARD_PATH.test(pathOf(new URL(address), prefix));
}

/** Whom a page was made for, and until when it opens without network (epoch ms). */
export interface Holder {
  /** Empty for somebody who is not signed in. */
  readonly person: string;
  readonly until: number;
}

/** As the page says it of itself; `null` for pages that say nothing, as those of errors. */
export function holderOf(html: string): Holder | null {
  const tag = HTML_TAG.exec(html)?.[0] ?? "";
  const person = /\bdata-person="([^"]*)"/.exec(tag)?.[1];
  const until = Number(/\bdata-keep-until="(\d+)"/.exec(tag)?.[1]);
  return person === undefined || Number.isNaN(until) ? null : { person, until: until * 1000 };
}

/** Whether a kept page may be shown: to the person it was made for, for as long as their session. */
export function mayShow(html: string, holder: Holder | null, now: number): boolean {
  return holder !== null && now < holder.until && holderOf(html)?.person === holder.person;
}

/** Whether a browser that somebody else uses now forgets a page; people who only signed out may come back. */
export function mustForget(html: string, holder: Holder): boolean {
  return holder.person !== "" && holderOf(html)?.person !== holder.person;
}

/** Whether a page holds a board. */
export function holdsBoard(html: string): boolean {
  return CONFIG.test(html);
}

/**
 * Whether an answer comes from the server and not from a network that answers everything itself,
 * as in hotels and trains: every page of the server carries its policy.
 */
export function isFromServer({ headers }: Pick<Response, "headers">): boolean {
  return headers.has("Content-Security-Policy");
}

/** Whether an answer can be a built file; the same networks answer those with a page too. */
export function isFile({ ok, headers }: Pick<Response, "ok" | "headers">): boolean {
  return ok && !(headers.get("Content-Type") ?? "").startsWith("text/html");
}

/** A page as it may be kept: without its token against forged requests. */
export function withoutToken(html: string): string {
  return html.replace(/("csrfToken"\s*:\s*")[^"]*"/, '$1"');
}

/**
 * A board in the newest page that is kept. Pages name the built files of their time, and only the
 * newest of those are kept; what differs from board to board is the configuration and the title.
 */
export function inNewestPage(newest: string, board: string): string {
  const config = CONFIG.exec(board)?.[0];
  const title = TITLE.exec(board)?.[0];
  if (!config || !title || !CONFIG.test(newest)) return board;
  // As functions, because a replacement string gives a meaning to dollar signs.
  return newest.replace(CONFIG, () => config).replace(TITLE, () => title);
}

export interface KeptBoard {
  readonly url: string;
  readonly html: string;
}

/** The worker has no catalogue at hand; it says this much only. */
const WORDS = {
  en: {
    title: "Offline",
    heading: "You are offline",
    text: "This page needs the network. Boards that were opened on this device can be opened and edited without it.",
    kept: "Kept on this device:",
  },
  de: {
    title: "Offline",
    heading: "Du bist offline",
    text: "Diese Seite braucht das Netz. Boards, die auf diesem Gerät geöffnet wurden, lassen sich auch ohne Netz öffnen und bearbeiten.",
    kept: "Auf diesem Gerät:",
  },
} as const;

/** The language that the server last answered in: of the newest page that is kept. */
export function languageOf(newest: string): string {
  return /<html[^>]*\blang="([a-z]+)/i.exec(newest)?.[1] ?? "en";
}

/** The page for what is not kept: what is, and that the network is missing. */
export function offlinePage(boards: readonly KeptBoard[], language = "en"): string {
  const code = language === "de" ? "de" : "en";
  const words = WORDS[code];
  const items = boards
    .filter(({ html }) => CONFIG.test(html))
    .map(({ url, html }) => `<li><a href="${escapeHtml(url)}">${titleOf(html)}</a></li>`);
  const list = items.length > 0 ? `<p>${words.kept}</p><ul>${items.join("")}</ul>` : "";
  return `<!doctype html><html lang="${code}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${words.title} · Canvas</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}</style>
</head><body><main><h1>${words.heading}</h1>
<p>${words.text}</p>${list}</main></body></html>`;
}

/** The title as it stands in the page, which has escaped it. */
function titleOf(html: string): string {
  const title = TITLE.exec(html)?.[0] ?? "";
  return title.replace(/<\/?title>/g, "").replace(/ · Canvas$/, "");
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
