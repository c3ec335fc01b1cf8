/**
 * The service worker: lets boards that were opened on this device open without network. Built to
 * `dist/sw.js` and served as `/sw.js` of the site, so that its scope is the whole site.
 */
import {
  HOLDER_ADDRESS,
  HOLDER_CACHE,
  type Holder,
  holderOf,
  holdsBoard,
  inNewestPage,
  isBoardPage,
  isFile,
  isFromServer,
  languageOf,
  mayShow,
  mustForget,
  offlinePage,
  PAGE_CACHE,
  PREFIX,
  pageKey,
  planFor,
  withoutToken,
} from "./pages";

declare const self: ServiceWorkerGlobalScope & {
  /** Put in by the build: the files without which no board opens, and a digest of their names. */
  readonly __PRECACHE__: readonly string[];
  readonly __VERSION__: string;
};

const FILES = self.__PRECACHE__.map((name) => `${PREFIX}/static/board/${name}`);
const STATIC_PREFIX = `canvas-static${PREFIX}-`;
const STATIC_CACHE = `${STATIC_PREFIX}${self.__VERSION__}`;
/** No board has this address. */
const NEWEST_KEY = `${location.origin}${PREFIX}/board/newest`;

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    forgetOldFiles()
      .then(() => self.clients.claim())
      .then(keepOpenPages),
  );
});

self.addEventListener("fetch", (event) => {
  const plan = planFor(event.request, location.origin);
  if (plan === "page") event.respondWith(page(event));
  else if (plan === "asset") event.respondWith(asset(event.request));
});

/** All files or none: a worker that fails here is not used, and the one before it stays. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(STATIC_CACHE);
  await Promise.all(
    FILES.map(async (file) => {
      const response = await fetch(file);
      if (!isFile(response)) throw new Error(`${file} can not be loaded.`);
      await cache.put(file, response);
    }),
  );
}

async function forgetOldFiles(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(STATIC_PREFIX) && name !== STATIC_CACHE) await caches.delete(name);
  }
}

/** The boards that were opened before there was a worker to see it. */
async function keepOpenPages(): Promise<void> {
  for (const { url } of await self.clients.matchAll({ type: "window" })) {
    if (
      !isBoardPage(url) ||
      planFor({ method: "GET", mode: "navigate", url }, location.origin) !== "page"
    )
      continue;
    if (await (await caches.open(PAGE_CACHE)).match(pageKey(url))) continue;
    await fetch(url, { redirect: "manual" }).then(
      (response) => keep(url, response),
      () => {},
    );
  }
}

/** From the network whenever there is one: a kept page is for when there is none. */
async function page(event: FetchEvent): Promise<Response> {
  const { request } = event;
  let response: Response;
  try {
    response = await fetch(request);
  } catch {
    return (await keptPage(request.url)) ?? (await missingPage());
  }
  // A proxy answers for a server that does not live, or a network for all servers.
  const isAbsent = response.status >= 502 || (response.status > 0 && !isFromServer(response));
  if (isAbsent) return (await keptPage(request.url)) ?? response;
  if (response.status < 500 && response.type === "basic") {
    event.waitUntil(keep(request.url, response.clone()));
  }
  return response;
}

/** Keeps the page of a board, and forgets it when the server no longer shows it. */
async function keep(url: string, response: Response): Promise<void> {
  if (!isFromServer(response)) return;
  const cache = await caches.open(PAGE_CACHE);
  const text = await response.text();
  const holder = holderOf(text);
  if (holder) await hold(holder, cache);
  if (!isBoardPage(url)) return;
  const key = pageKey(url);
  const html = response.ok && !response.redirected ? withoutToken(text) : "";
  if (!holdsBoard(html)) {
    if (response.status < 500) await cache.delete(key);
    return;
  }
  await cache.put(key, htmlResponse(html, response));
  await cache.put(NEWEST_KEY, htmlResponse(html, response));
}

/** From now on this browser keeps boards for this person alone. */
async function hold(holder: Holder, pages: Cache): Promise<void> {
  const cache = await caches.open(HOLDER_CACHE);
  await cache.put(HOLDER_ADDRESS, new Response(JSON.stringify(holder)));
  for (const request of await pages.keys()) {
    const html = (await (await pages.match(request))?.text()) ?? "";
    if (mustForget(html, holder)) await pages.delete(request);
  }
}

async function holderNow(): Promise<Holder | null> {
  const kept = await (await caches.open(HOLDER_CACHE)).match(HOLDER_ADDRESS);
  return kept ? ((await kept.json()) as Holder) : null;
}

async function keptPage(url: string): Promise<Response | null> {
  const cache = await caches.open(PAGE_CACHE);
  const [board, newest] = await Promise.all([cache.match(pageKey(url)), cache.match(NEWEST_KEY)]);
  if (!board) return null;
  const html = await board.clone().text();
  if (!mayShow(html, await holderNow(), Date.now())) return null;
  if (!newest) return board;
  return htmlResponse(inNewestPage(await newest.text(), html), board);
}

async function missingPage(): Promise<Response> {
  const cache = await caches.open(PAGE_CACHE);
  const holder = await holderNow();
  const boards = [];
  for (const { url } of await cache.keys()) {
    if (url === NEWEST_KEY) continue;
    const html = (await (await cache.match(url))?.text()) ?? "";
    if (mayShow(html, holder, Date.now())) boards.push({ url, html });
  }
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  const newest = (await (await cache.match(NEWEST_KEY))?.text()) ?? "";
  return new Response(offlinePage(boards, languageOf(newest)), { headers });
}

/** With the policy of the page that was kept. */
function htmlResponse(html: string, from: Response): Response {
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8" });
  const policy = from.headers.get("Content-Security-Policy");
  if (policy) headers.set("Content-Security-Policy", policy);
  return new Response(html, { headers });
}

/** Built files never change under their name. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(STATIC_CACHE);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  if (isFile(response)) await cache.put(request.url, response.clone());
  return response;
}
