/**
 * What lies above the canvas: dialogs, panels, menus, composers. The editor listens for keys on the document,
 * wherever the focus is; those of a layer are kept from it, after the page's own handlers have heard
 * them. Also when the focus is lost, as when the button that had it goes: then the key goes to the
 * layer that was used last.
 */
import { CLOSE_KEY } from "./shortcuts";

const TYPES = ["keydown", "keyup", "keypress", "copy", "cut", "paste"] as const;

/** The editor's menus: what opens at a button, and what opens with the other button of the mouse. */
const DROPDOWN = ".excalidraw .dropdown-menu";
const CONTEXT_MENU = ".excalidraw .popover";

/** Nothing below these is meant while they are there, whatever has the focus. */
const MODAL = `dialog[open], .excalidraw .Modal, ${DROPDOWN}, ${CONTEXT_MENU}, [data-own-keys='opening']`;

/** The editor's colours, fonts and people, which close at Escape by themselves. */
const POPOVER = ".excalidraw [data-radix-popper-content-wrapper]";
const LAYER = `[data-own-keys], ${MODAL}, ${POPOVER}, .excalidraw .sidebar`;

/** The open layers that were used since the canvas was, the last one at the end. */
let used: readonly Element[] = [];

/** The key that closes a popover of the editor: gone by the time that the editor hears of it. */
let closing: KeyboardEvent | null = null;

/** Begins to keep keys; to be called before anything else listens for them. */
export function keepOwnKeys(): void {
  document.addEventListener("focusin", noteUse, { capture: true });
  document.addEventListener("pointerdown", noteUse, { capture: true });
  window.addEventListener("keydown", bringBack, { capture: true });
  for (const type of TYPES) {
    document.body.addEventListener(type, (event) => {
      if (event === closing || layerOf(event) || isForButton(event)) event.stopPropagation();
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
  const isClosing = event.key === CLOSE_KEY;
  closing = isClosing && document.querySelector(POPOVER) ? event : null;
  const layer = layerOf(event) ?? (isClosing && isBeside(event) ? lastUsed() : null);
  if (!layer) return;
  const isInside = event.target instanceof Node && layer.contains(event.target);
  if (isInside && !(isClosing && layer.matches(CONTEXT_MENU))) return;
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
  if (layer.matches(CONTEXT_MENU)) {
    // It closes at a click beside it only.
    document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    return;
  }
  // A menu leaves the focus where it is: on the button that opened it.
  if (!layer.matches(DROPDOWN)) focusIn(layer);
  const again = new KeyboardEvent("keydown", { key: CLOSE_KEY, bubbles: true, cancelable: true });
  const focused = document.activeElement;
  (focused && layer.contains(focused) ? focused : layer).dispatchEvent(again);
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
