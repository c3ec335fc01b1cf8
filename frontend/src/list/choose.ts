/**
 * Choosing several boards: the bar that says how many, stars in place, and keys. Without scripts
 * the same forms are sent one by one.
 */
import { t } from "../i18n";
import { CLOSE_KEY, LIST_KEYS } from "../keys/shortcuts";

/** Starts on the page of the list; does nothing on others. */
export function startChoosing(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-chosen]");
  if (!form) return;
  document.addEventListener("change", ({ target }) => {
    if (isBox(target)) tellCount(form);
  });
  form.addEventListener("reset", () => {
    const [first] = chosen();
    setTimeout(() => {
      tellCount(form);
      // The bar goes away with its buttons.
      if (form.contains(document.activeElement)) first?.focus();
    });
  });
  document.addEventListener("click", (event) => click(event, form));
  document.addEventListener("submit", starInPlace);
  document.addEventListener("keydown", (event) => keydown(event, form));
  tellCount(form);
  showMoves();
  new MutationObserver(() => {
    tellCount(form);
    showMoves();
  }).observe(document.body, { childList: true, subtree: true });
}

function isBox(target: unknown): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.name === "board";
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[name=board]")];
}

function chosen(): HTMLInputElement[] {
  return boxes().filter((box) => box.checked);
}

function tellCount(form: HTMLFormElement): void {
  const count = form.querySelector("[data-chosen-count]");
  const n = chosen().length;
  const text = n === 1 ? t("1 board chosen") : t("{n} boards chosen", { n });
  if (count && count.textContent !== text) count.textContent = text;
}

let last: HTMLInputElement | null = null;

function click(event: MouseEvent, form: HTMLFormElement): void {
  const target = event.target instanceof Element ? event.target : null;
  if (isBox(target)) {
    chooseBetween(event.shiftKey ? last : null, target);
    last = target;
    tellCount(form);
    return;
  }
  const move = target?.closest("[data-move]");
  if (!move) return;
  const box = move.closest("[data-board]")?.querySelector<HTMLInputElement>("input[name=board]");
  if (!box) return;
  box.checked = true;
  move.closest("details")?.removeAttribute("open");
  tellCount(form);
  form.querySelector("select")?.focus();
}

/** With Shift, everything between this board and the last one. */
function chooseBetween(from: HTMLInputElement | null, to: HTMLInputElement): void {
  const all = boxes();
  const [a, b] = [from ? all.indexOf(from) : -1, all.indexOf(to)];
  if (a < 0) return;
  for (const box of all.slice(Math.min(a, b), Math.max(a, b) + 1)) box.checked = to.checked;
}

/** Chooses the board that has the focus, makes a new one, or chooses none. */
function keydown(event: KeyboardEvent, form: HTMLFormElement): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
  const card = event.target.closest("[data-board]");
  if (event.key === LIST_KEYS.choose && card) {
    card.querySelector<HTMLInputElement>("input[name=board]")?.click();
  } else if (event.key === LIST_KEYS.create) {
    document.querySelector<HTMLFormElement>("#create-board")?.requestSubmit();
  } else if (event.key === CLOSE_KEY && chosen().length > 0) {
    form.reset();
  } else {
    return;
  }
  event.preventDefault();
}

/** The menus offer to move, which needs the bar. */
function showMoves(): void {
  if (!document.querySelector("form[data-chosen] select")) return;
  for (const one of document.querySelectorAll<HTMLElement>("[data-move][hidden]")) {
    one.hidden = false;
  }
}

/** Sends a star without leaving the page. */
function starInPlace(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const button = event.submitter;
  if (!("star" in form.dataset) || !(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const isOn = button.value === "1";
  const body = new FormData(form, button);
  const set = (on: boolean) => {
    button.value = on ? "0" : "1";
    button.setAttribute("aria-pressed", String(on));
  };
  set(isOn);
  const headers = { "X-Requested-With": "fetch" };
  void fetch(form.action, { method: "POST", body, headers, credentials: "same-origin" })
    .then((response) => {
      if (!response.ok) throw new Error(String(response.status));
    })
    .catch(() => set(!isOn));
}
