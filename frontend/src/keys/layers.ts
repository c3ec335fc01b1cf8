/**
 * What lies above the canvas: dialogs, panels, composers. The editor listens for keys on the document,
 * wherever the focus is; those of a layer are kept from it, after the page's own handlers have heard
 * them. Also when the focus is lost, as when the button that had it goes: then the key goes to the
 * layer that was used last.
 */
import { CLOSE_KEY } from "./shortcuts";

const TYPES = ["keydown", "keyup", "keypress", "copy", "cut", "paste"] as const;

/** Nothing below these is meant while they are there, whatever has the focus. */
const MODAL = "dialog[open], .excalidraw .Modal, [data-own-keys='opening']";
const LAYER = `[data-own-keys], ${MODAL}`;

/** The open layers that were used since the canvas was, the last one at the end. */
let used: readonly Element[] = [];

/** Begins to keep keys; to be called before anything else listens for them. */
export function keepOwnKeys(): void {
  document.addEventListener("focusin", noteUse, { capture: true });
  document.addEventListener("pointerdown", noteUse, { capture: true });
  window.addEventListener("keydown", bringBack, { capture: true });
  for (const type of TYPES) {
    document.body.addEventListener(type, (event) => {
      if (layerOf(event) || isForButton(event)) event.stopPropagation();
    });
  }
}

/**
 * Whether a key works the button or link that was reached by the keyboard. The editor would take it
 * for the selection, and edit its text.
 */
function isForButton(event: Event): boolean {
  if (!(event instanceof KeyboardEvent) || event.type !== "keydown") return false;
  const { key, target } = event;
  if (key !== "Enter" && key !== " ") return false;
  return target instanceof Element && target.matches(":is(button, a[href], summary):focus-visible");
}

/** The layer that an event is for; `null` when it is for the canvas, or for what stands beside it. */
function layerOf({ target }: Event): Element | null {
  const own = target instanceof Element ? target.closest(LAYER) : null;
  if (own) return own;
  const modal = [...document.querySelectorAll(MODAL)].at(-1);
  if (modal) return modal;
  return target === document.body || target === document.documentElement ? lastUsed() : null;
}

function lastUsed(): Element | null {
  return used.findLast((layer) => layer.isConnected && layer.matches(LAYER)) ?? null;
}

function noteUse({ target }: Event): void {
  if (!(target instanceof Element)) return;
  const layer = target.closest(LAYER);
  if (layer) used = [...used.filter((one) => one !== layer && one.isConnected), layer];
  else if (target.closest(".excalidraw")) used = [];
}

/** Gives a key to the layer that it is for, though something else has the focus. */
function bringBack(event: KeyboardEvent): void {
  const layer = layerOf(event) ?? (event.key === CLOSE_KEY && isBeside(event) ? lastUsed() : null);
  if (!layer || (event.target instanceof Node && layer.contains(event.target))) return;
  event.stopImmediatePropagation();
  if (event.key === CLOSE_KEY) closeLayer(layer);
  else focusIn(layer);
  // What works a button would work the one that has got the focus just now.
  if (event.key.length > 1 || event.key === " ") event.preventDefault();
}

function closeLayer(layer: Element): void {
  if (layer instanceof HTMLDialogElement) {
    layer.close();
    return;
  }
  focusIn(layer);
  const again = new KeyboardEvent("keydown", { key: CLOSE_KEY, bubbles: true, cancelable: true });
  (document.activeElement ?? layer).dispatchEvent(again);
}

/** Whether it happens neither on the canvas nor in anything above it, as in the top bar. */
function isBeside({ target }: Event): boolean {
  return target instanceof Element && !target.closest(".excalidraw");
}

/** What is typed next goes where it was most likely meant to go. */
function focusIn(layer: Element): void {
  const field = layer.querySelector<HTMLElement>(
    "textarea, input:not([type='hidden'], [type='radio'], [type='checkbox'])",
  );
  const wanted =
    field ?? layer.querySelector<HTMLElement>("h2[tabindex], button:not(:disabled)") ?? layer;
  if (wanted === layer) layer.setAttribute("tabindex", "-1");
  (wanted as HTMLElement).focus();
}

/** Whether a key is for what has the focus: a field, a dialog, or a list that is open. */
export function isForField(event: KeyboardEvent): boolean {
  const layer = layerOf(event);
  if (layer && layer.getAttribute("data-own-keys") !== "panel") return true;
  return isField(event.target);
}

/** Whether an event is for the canvas, and not for a field or for anything that lies above. */
export function isForCanvas(event: Event): boolean {
  return layerOf(event) === null && !isField(event.target);
}

/** Whether it takes text. */
export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable]") !== null
  );
}
