/**
 * The list of boards: it follows the search field, loads more when scrolled, and stays up to date
 * while it is open. Everything here works without scripts too, by links and forms.
 */
import { t } from "../i18n";
import { LIST_KEYS } from "../keys/shortcuts";

const FETCH_HEADERS = { "X-Requested-With": "fetch" } as const;
const TYPING_MS = 250;
const REFRESH_MS = 30_000;

/** Starts on the page of the list; does nothing on others. */
export function startBoardList(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-list-form]");
  if (!form || !list()) return;
  followForm(form);
  followScrolling();
  addKeys(form);
  keepTrue();
  // If a picture cannot be loaded, the empty sheet stays.
  document.addEventListener("error", hidePicture, { capture: true });
}

function list(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-board-list]");
}

/** The list at an address; rejects for every other answer, as after signing out. */
async function fetchList(address: string, signal?: AbortSignal): Promise<HTMLElement> {
  const options = {
    headers: FETCH_HEADERS,
    credentials: "same-origin",
    redirect: "error",
  } as const;
  const response = await fetch(address, signal ? { ...options, signal } : options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.querySelector<HTMLElement>("[data-board-list]");
  if (!response.ok || !found) throw new Error(`No list in the answer (${response.status}).`);
  return document.adoptNode(found);
}

// --- searching and sorting

function followForm(form: HTMLFormElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  const show = async () => {
    clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const address = addressOf(form);
    list()?.setAttribute("aria-busy", "true");
    try {
      const next = await fetchList(address, running.signal);
      list()?.replaceWith(next);
      followScrolling();
      history.replaceState(null, "", address);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) location.assign(address);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void show();
  });
  form.addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(show, target instanceof HTMLSelectElement ? 0 : TYPING_MS);
  });
}

function addressOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  return `${location.pathname}${query.size > 0 ? `?${query}` : ""}`;
}

// --- more of it

/** Adds the next page when its link comes into view, or is followed. */
function followScrolling(): void {
  const more = list()?.querySelector<HTMLAnchorElement>("a[data-more]");
  if (!more) return;
  more.textContent = t("Show more");
  const go = () => {
    watcher.disconnect();
    void addMore(more);
  };
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) go();
  });
  watcher.observe(more);
  more.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
}

async function addMore(link: HTMLAnchorElement): Promise<void> {
  const grid = list()?.querySelector(".board-grid");
  if (!grid) return;
  const hadFocus = document.activeElement === link;
  try {
    const page = await fetchList(link.href);
    const cards = [...page.querySelectorAll<HTMLElement>("[data-board]")];
    // Somebody may have left a board meanwhile, which moves another one here from the page before.
    const fresh = cards.filter(({ dataset }) => !cardOf(dataset.board));
    grid.append(...fresh);
    const pages = page.querySelector(".pagination");
    if (pages?.querySelector("a[data-more]")) link.closest(".pagination")?.replaceWith(pages);
    else link.closest(".pagination")?.remove();
    if (hadFocus) fresh[0]?.querySelector("a")?.focus();
    followScrolling();
  } catch {
    location.assign(link.href);
  }
}

// --- keys

/** One key goes to the search; arrows go from board to board. */
function addKeys(form: HTMLFormElement): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element))
      return;
    if (
      event.key === LIST_KEYS.search &&
      !event.target.closest("input, select, textarea, dialog")
    ) {
      event.preventDefault();
      form.querySelector<HTMLInputElement>("input[type=search]")?.select();
      return;
    }
    const next = neighbour(event.target, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

function neighbour(from: Element, key: string): HTMLElement | null {
  const titles = [...document.querySelectorAll<HTMLElement>("a.board-card-title")];
  const at = titles.indexOf(from as HTMLElement);
  if (at < 0) return null;
  const columns = columnCount(titles);
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  const step = steps[key];
  return step === undefined ? null : (titles[at + step] ?? null);
}

/** How many boards lie side by side. */
function columnCount(titles: readonly HTMLElement[]): number {
  const tops = titles.map((title) => title.closest("li")?.offsetTop);
  const next = tops.findIndex((top) => top !== tops[0]);
  return next < 0 ? titles.length : next;
}

// --- staying true

function keepTrue(): void {
  const refreshIfSeen = () => {
    if (document.visibilityState === "visible") void refresh();
  };
  document.addEventListener("visibilitychange", refreshIfSeen);
  window.addEventListener("focus", refreshIfSeen);
  // Back from a board, the browser may show the page as it was left.
  window.addEventListener("pageshow", ({ persisted }) => persisted && refreshIfSeen());
  setInterval(refreshIfSeen, REFRESH_MS);
}

let isRefreshing = false;

async function refresh(): Promise<void> {
  const shown = list();
  if (isRefreshing || !shown || isInUse(shown)) return;
  isRefreshing = true;
  try {
    const fresh = await fetchList(location.href);
    // Not if the list was searched, scrolled or used meanwhile.
    if (list() !== shown || isInUse(shown)) return;
    updateCards(shown, fresh);
  } catch {
    // Without network the list stays as it is.
  } finally {
    isRefreshing = false;
  }
}

function isInUse(shown: HTMLElement): boolean {
  const uses = "details[open], input[name=board]:checked";
  return shown.querySelector(uses) !== null || shown.hasAttribute("aria-busy");
}

/** Replaces the first page; cards that did not change stay, and so do later pages. */
function updateCards(shown: HTMLElement, fresh: HTMLElement): void {
  const grid = shown.querySelector(".board-grid");
  const freshGrid = fresh.querySelector(".board-grid");
  if (!grid || !freshGrid) {
    if (grid !== freshGrid) shown.replaceWith(fresh);
    return;
  }
  const focused = document.activeElement?.closest<HTMLElement>("[data-board]")?.dataset.board;
  const cards = [...freshGrid.querySelectorAll<HTMLElement>("[data-board]")];
  const ids = new Set(cards.map(({ dataset }) => dataset.board));
  const isWhole = !shown.querySelector(".pagination");
  for (const card of grid.querySelectorAll<HTMLElement>("[data-board]")) {
    if (isWhole && !ids.has(card.dataset.board)) card.remove();
  }
  cards.forEach((card, at) => {
    const known = cardOf(card.dataset.board);
    const next = known && isSame(known, card) ? known : card;
    if (known && next !== known) known.remove();
    if (grid.children[at] !== next) grid.insertBefore(next, grid.children[at] ?? null);
  });
  if (focused && document.activeElement === document.body) {
    cardOf(focused)?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  }
}

/** The token in every form is different in each answer. */
function isSame(a: HTMLElement, b: HTMLElement): boolean {
  const plain = ({ outerHTML }: HTMLElement) =>
    outerHTML.replace(/(csrfmiddlewaretoken" value=")[^"]*/g, "$1");
  return plain(a) === plain(b);
}

function cardOf(board: string | undefined): HTMLElement | null {
  if (!board) return null;
  return document.querySelector<HTMLElement>(`[data-board="${CSS.escape(board)}"]`);
}

function hidePicture({ target }: Event): void {
  if (target instanceof HTMLImageElement) target.hidden = true;
}
