/**
 * Lengths of texts in characters (code points), as the server, its database and JSON Schema count
 * them. `length` of JavaScript counts an emoji as two.
 */

/** Whether a text has more than `most` characters. */
export function isLongerThan(text: string, most: number): boolean {
  if (text.length <= most) return false;
  return text.length > 2 * most || countOf(text) > most;
}

/** The first `most` characters of a text, never half of one. */
export function shortened(text: string, most: number): string {
  return isLongerThan(text, most) ? [...text.slice(0, 2 * most)].slice(0, most).join("") : text;
}

/** How many characters a text has. */
export function countOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * Has every field of plain forms hold what its `maxlength` says in characters. Browsers count it in
 * halves of emoji, and refuse to send a longer title that somebody gave a board by REST.
 */
export function countFieldsInCharacters(root: Document): void {
  root.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.maxLength < 0) return;
    target.dataset.mostCharacters = String(target.maxLength);
    target.removeAttribute("maxlength");
  });
  root.addEventListener("input", (event) => {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || !target.dataset.mostCharacters) return;
    if ((event as InputEvent).isComposing) return;
    const value = shortened(target.value, Number(target.dataset.mostCharacters));
    if (value !== target.value) target.value = value;
  });
}
