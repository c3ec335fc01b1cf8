/** Arrows of drawings of other programs, and what they lead to. */
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";

/** Between an arrow and its shape, in the units of the canvas. */
const BINDING_GAP = 1;

/** What an arrow has of the shape that an end of it leads to. */
export function bindingTo(elementId: Json | undefined): Json {
  return elementId === undefined || elementId === null
    ? null
    : { elementId, focus: 0, gap: BINDING_GAP };
}

/** The elements, with the arrows that lead to each. */
export function withArrows(elements: readonly FileElement[]): FileElement[] {
  const arrows = new Map<Json, { id: Json; type: Json }[]>();
  for (const one of elements) {
    for (const key of ["startBinding", "endBinding"]) {
      const to = (one[key] as { elementId?: string } | null | undefined)?.elementId;
      if (to) arrows.set(to, [...(arrows.get(to) ?? []), { id: one.id ?? null, type: "arrow" }]);
    }
  }
  return elements.map((one) => {
    const own = arrows.get(one.id ?? null);
    if (!own) return one;
    const others = Array.isArray(one.boundElements) ? one.boundElements : [];
    return { ...one, boundElements: [...others, ...own] };
  });
}
