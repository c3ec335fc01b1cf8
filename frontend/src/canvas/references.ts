/**
 * References that lead nowhere, put right for display only. Two people can delete a shape and bind
 * an arrow to it at the same moment; the document then keeps both facts, and the editor must not
 * stumble over them. As soon as the target is back, the reference shows again.
 */
import { BOUND_PREFIX, type Groups, type Json } from "./groups";

/** An element as the document has it. */
export interface SharedElement {
  readonly id: string;
  readonly groups: Groups;
}

/** Groups to show instead of the document's, per element; `undefined` hides the key. */
export type Masks = Map<string, Map<string, Json | undefined>>;

const BINDINGS = ["startBinding", "endBinding"] as const;
const PARENTS = ["containerId", "frameId"] as const;

/**
 * What to show differently from the document. `live` holds every element that is shown and not
 * deleted. A container can show one text: of several, the one with the lowest id stays inside and
 * the others are shown unbound, so nobody's words disappear.
 */
export function maskReferences(live: ReadonlyMap<string, SharedElement>): Masks {
  const masks: Masks = new Map();
  const hide = (id: string, key: string, value: Json | undefined) => {
    const mask = masks.get(id) ?? new Map<string, Json | undefined>();
    masks.set(id, mask.set(key, value));
  };
  const textsOf = new Map<string, string[]>();
  for (const { id, groups } of live.values()) {
    for (const key of BINDINGS) {
      const target = targetOf(groups[key]);
      if (target !== null && !live.has(target)) hide(id, key, null);
    }
    for (const key of PARENTS) {
      const parent = groups[key];
      if (typeof parent === "string" && !live.has(parent)) hide(id, key, null);
    }
    const container = groups.containerId;
    if (groups.type === "text" && typeof container === "string" && live.has(container)) {
      textsOf.set(container, [...(textsOf.get(container) ?? []), id]);
    }
  }
  for (const [container, texts] of textsOf) {
    for (const text of texts.sort().slice(1)) {
      hide(text, "containerId", null);
      const key = BOUND_PREFIX + text;
      if (live.get(container)?.groups[key] !== undefined) hide(container, key, undefined);
    }
  }
  return masks;
}

/** The id of the element that a reference leads to, be it a binding or an id alone. */
export function targetOf(reference: Json | undefined): string | null {
  if (typeof reference === "string") return reference;
  if (typeof reference !== "object" || reference === null || Array.isArray(reference)) return null;
  return typeof reference.elementId === "string" ? reference.elementId : null;
}
