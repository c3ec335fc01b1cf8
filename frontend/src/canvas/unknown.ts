/**
 * What this editor does not know of an element: types, properties and values of newer ones. They
 * stay in the document as they are. The scene's element carries them in a property of its own, which
 * the editor copies and never reads, so that copies, undo and files have them as well. A type that
 * the editor cannot draw is shown as a box, with its name beside it (`page/placeholders.ts`).
 */
import { unknownProperties } from "../../../sync/drawing/element_bounds.json";
import { decodeGroup } from "./decode";
import {
  type Groups,
  isCarried,
  isDrawnType,
  knownGroups,
  type SceneElement,
  UNKNOWN,
  unknownValues,
} from "./groups";

/** The type of an element that is shown as a placeholder; `null` for all others. */
export function unknownType({ [UNKNOWN]: unknown }: SceneElement): string | null {
  const type = (unknown as { type?: { value?: unknown } } | undefined)?.type?.value;
  return typeof type === "string" ? type : null;
}

/** The element as it was just made of `groups`, with everything that it does not show of them. */
export function withUnknown(element: SceneElement, groups: Groups): SceneElement {
  const type = String(groups.type);
  const keys = Object.keys(groups).filter((key) =>
    key === "type" ? !isDrawnType(type) : decodeGroup(element.type, key, groups[key]) === null,
  );
  return carrying(element, keys.sort().slice(0, unknownProperties), groups);
}

/** The same after `keys` have changed; of these the editor does not show `unshown`. */
export function renewUnknown(
  element: SceneElement,
  keys: readonly string[],
  unshown: readonly string[],
  groups: Groups,
): SceneElement {
  if (element[UNKNOWN] === undefined && unshown.length === 0) return element;
  const kept = unknownValues(element).filter(([key]) => !keys.includes(key) || key === "type");
  return carrying({ ...element, [UNKNOWN]: Object.fromEntries(kept) }, unshown, groups);
}

function carrying(element: SceneElement, keys: readonly string[], groups: Groups): SceneElement {
  const known = knownGroups(element);
  const entries = new Map(unknownValues(element));
  for (const key of keys) {
    const value = groups[key];
    if (value === undefined || !isCarried(key)) continue;
    const shown = known[key];
    entries.set(key, shown === undefined ? { value } : { value, shown });
  }
  const { [UNKNOWN]: _, ...others } = element;
  const result: SceneElement = others as SceneElement;
  return entries.size === 0 ? result : { ...result, [UNKNOWN]: Object.fromEntries(entries) };
}
