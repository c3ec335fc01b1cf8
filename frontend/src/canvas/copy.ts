/**
 * Copies elements that come from another board. Every id becomes a new one: two people who bring in
 * the same file would otherwise create the same map keys, and one of the two would be lost.
 */
import { boundElementsOf, type SceneElement } from "./groups";

/** Elements with fresh ids, their references following, moved by (dx, dy), on top of the stack. */
export function copyWithNewIds(
  elements: readonly SceneElement[],
  newId: () => string,
  dx: number,
  dy: number,
): SceneElement[] {
  const ids = new Map<string, string>();
  const renamed = (id: unknown): string | null => {
    if (typeof id !== "string") return null;
    const known = ids.get(id) ?? newId();
    ids.set(id, known);
    return known;
  };
  const present = new Set(elements.map(({ id }) => id));
  const reference = (id: unknown) => (present.has(String(id)) ? renamed(id) : null);
  return elements
    .filter(({ isDeleted }) => !isDeleted)
    .map((element) => ({
      ...element,
      id: renamed(element.id) ?? newId(),
      // The editor gives an index to what has none, above everything that is there.
      index: null,
      x: Number(element.x) + dx,
      y: Number(element.y) + dy,
      groupIds: Array.isArray(element.groupIds) ? element.groupIds.map(renamed) : [],
      frameId: reference(element.frameId),
      boundElements: boundElementsOf(element)
        .filter(({ id }) => present.has(id))
        .map((entry) => ({ ...entry, id: renamed(entry.id) })),
      ...("containerId" in element ? { containerId: reference(element.containerId) } : {}),
      ...bindingCopy("startBinding", element, reference),
      ...bindingCopy("endBinding", element, reference),
    }));
}

function bindingCopy(
  key: "startBinding" | "endBinding",
  element: SceneElement,
  reference: (id: unknown) => string | null,
): Record<string, unknown> {
  if (!(key in element)) return {};
  const binding = element[key] as { elementId?: unknown } | null;
  const elementId = reference(binding?.elementId);
  return { [key]: elementId === null ? null : { ...binding, elementId } };
}
