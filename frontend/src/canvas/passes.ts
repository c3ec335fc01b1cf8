/** Questions whose answer spares the editor a way through all elements. */

/** Whether each element has an index greater than that of the one below: then none is invalid. */
export function isInOrder(elements: readonly { readonly index?: string | null }[]): boolean {
  let below = "";
  for (const { index } of elements) {
    if (!index || index <= below) return false;
    below = index;
  }
  return true;
}

/** Whether the editor could find a selected element. */
export function isAnySelected(selected: Readonly<Record<string, unknown>>): boolean {
  for (const id in selected) if (selected[id]) return true;
  return false;
}
