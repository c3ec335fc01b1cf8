/**
 * The share dialog. The server renders the forms; here they are shown in a dialog and submitted
 * without leaving the page. Used by the board and by the board list.
 */
import { t } from "../i18n";
import { enhanceSuggestions } from "./suggest";

/** Tells the server that only the fragment is wanted. */
const FETCH_HEADERS = { "X-Requested-With": "fetch" } as const;
const COPIED_MS = 2000;

/** Opens the dialog and loads the forms from `url` into it. */
export function openShareDialog(url: string): void {
  const dialog = document.createElement("dialog");
  dialog.className = "page-dialog share-dialog";
  dialog.setAttribute("aria-label", t("Share"));
  const content = document.createElement("div");
  content.className = "share-content";
  content.tabIndex = -1;
  content.textContent = t("Loading…");
  dialog.append(closeButton(dialog), content);
  document.body.append(dialog);
  enhanceForms(content);
  enhanceSuggestions(content);
  enhanceCopyButtons(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    focusAt(before);
  });
  dialog.showModal();
  // Not on the button that closes it, which the first space would press.
  content.focus();
  void load(content, fetch(url, { headers: FETCH_HEADERS, credentials: "same-origin" }));
}

/** Goes back to what had the focus, or to the menu in which that is. */
function focusAt(before: Element | null): void {
  if (document.activeElement !== document.body || !(before instanceof HTMLElement)) return;
  const menu = before.closest("details:not([open])");
  (menu?.querySelector<HTMLElement>("summary") ?? before).focus();
}

/** Submits the forms inside `container` by fetch and shows the fragment that comes back. */
function enhanceForms(container: HTMLElement): void {
  submitOnChange(container);
  container.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    // Asked and answered here; what listens further up is for pages without a dialog.
    event.stopPropagation();
    const question = form.dataset.confirm;
    if (question && !window.confirm(question)) return;
    const body = new FormData(form, event.submitter);
    container.setAttribute("aria-busy", "true");
    // Not form.action: a field of that name stands in its place.
    const action = form.getAttribute("action") ?? "";
    void load(
      container,
      fetch(action, { method: "POST", body, headers: FETCH_HEADERS, credentials: "same-origin" }),
    );
  });
}

/** Lets a change of a field in `form[data-submit-on-change]` submit the form. */
export function submitOnChange(container: HTMLElement | Document): void {
  container.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLElement)) return;
    event.target.closest<HTMLFormElement>("form[data-submit-on-change]")?.requestSubmit();
  });
}

/** Makes `button[data-copy]` inside `container` copy its value. */
export function enhanceCopyButtons(container: HTMLElement | Document): void {
  container.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLButtonElement>("button[data-copy]");
    if (button) void copy(button);
  });
}

/** Buttons that say what became of their last click. */
const answering = new WeakSet<HTMLButtonElement>();

/** The button is not disabled: it would lose the focus. */
async function copy(button: HTMLButtonElement): Promise<void> {
  if (answering.has(button)) return;
  answering.add(button);
  const label = button.textContent;
  const isCopied = await copyText(button.dataset.copy ?? "", button);
  button.textContent = isCopied ? t("Copied") : t("Copying failed");
  setTimeout(() => {
    button.textContent = label;
    answering.delete(button);
  }, COPIED_MS);
}

/** Plain HTTP, as on a local network, has no clipboard API: then a selected field is copied. */
async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    const before = document.activeElement;
    near.after(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    if (before instanceof HTMLElement) before.focus();
    return isCopied;
  }
}

async function load(content: HTMLElement, request: Promise<Response>): Promise<void> {
  try {
    const response = await request;
    const html = await response.text();
    // A 4xx with forms in it is about the input; other errors are not meant for people.
    const fragment = new DOMParser().parseFromString(html, "text/html");
    const panel = fragment.querySelector("[data-share-panel]");
    if (!panel) throw new Error(`No share panel in the answer (${response.status}).`);
    const selector = selectorOfFocus();
    content.replaceChildren(panel);
    focusAgain(content, selector);
  } catch {
    showProblem(content);
  } finally {
    content.removeAttribute("aria-busy");
  }
}

/** Finds the focused field again once its form has been replaced by a new one. */
function selectorOfFocus(): string | null {
  const field = document.activeElement;
  const form = field?.closest("form");
  const name = field?.getAttribute("name");
  if (!form || !name) return null;
  return `form[action="${CSS.escape(form.getAttribute("action") ?? "")}"] [name="${CSS.escape(name)}"]`;
}

/** Focus stays in the dialog, where the person was. */
function focusAgain(content: HTMLElement, selector: string | null): void {
  const field =
    content.querySelector<HTMLElement>("[aria-invalid='true']") ??
    (selector ? content.querySelector<HTMLElement>(selector) : null) ??
    content.querySelector<HTMLElement>("input:not([type='hidden'])");
  field?.focus();
}

function showProblem(content: HTMLElement): void {
  content.querySelector("[data-problem]")?.remove();
  const problem = document.createElement("p");
  problem.dataset.problem = "";
  problem.className = "field-error";
  problem.setAttribute("role", "alert");
  problem.textContent = t(
    "This did not work. Check your connection and your access, and try again.",
  );
  if (content.querySelector("[data-share-panel]")) content.prepend(problem);
  else content.replaceChildren(problem);
}

function closeButton(dialog: HTMLDialogElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button dialog-close";
  button.setAttribute("aria-label", t("Close"));
  button.textContent = "✕";
  button.addEventListener("click", () => dialog.close());
  return button;
}
