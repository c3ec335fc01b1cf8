/**
 * Keys. The editor listens on the document, wherever the focus is; what happens inside an element
 * with `data-own-keys` is kept from it, after the page's own handlers have heard it.
 */

const TYPES = ["keydown", "keyup", "keypress"] as const;

export function keepOwnKeys(): void {
  for (const type of TYPES) {
    document.body.addEventListener(type, (event) => {
      if (event.target instanceof Element && event.target.closest("[data-own-keys]")) {
        event.stopPropagation();
      }
    });
  }
}

/** Whether a key is for what has the focus: a field, a dialog, or a list that is open. */
export function isForField(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (document.querySelector("dialog[open], .excalidraw .Modal")) return true;
  return target.closest("input, textarea, select, [contenteditable], [data-own-keys]") !== null;
}
