/** Merges the document's elements into the scene. Pure, except that it updates the baselines. */
import { assignGroup, type Baseline, type Baselines, newBaseline } from "./baseline";
import { isUsableId } from "./bounds";
import { isCostChanged, maskCostly } from "./cost";
import {
  decodeBound,
  decodeGroup,
  decodeGroups,
  isIgnored,
  isTombstone,
  type Patch,
} from "./decode";
import { type EditorState, isHeld, isInCreation } from "./gesture";
import {
  BOUND_PREFIX,
  boundElementsOf,
  encodeGroups,
  equalJson,
  type Groups,
  type SceneElement,
} from "./groups";
import { isValidIndex, orderForDisplay } from "./order";
import { maskReferences, type SharedElement } from "./references";
import { renewUnknown, withUnknown } from "./unknown";

/** The scene while it is put together: id → element, in stacking order. */
export type SceneMap = Map<string, SceneElement>;

/** Fills in defaults for an element that was never shown; `null` when it cannot be shown. */
export type Restore = (element: SceneElement) => SceneElement | null;

/** When one of these groups changes, the order or a reference may need a repair. */
const STRUCTURAL = new Set([
  "index",
  "del",
  "startBinding",
  "endBinding",
  "containerId",
  "frameId",
]);

/** What happened to one element. */
export interface MergeResult {
  readonly changed: boolean;
  readonly structural: boolean;
  /** Some groups wait for the end of a gesture. */
  readonly held: boolean;
  /** A value came that the model does not know: what was there before stays on the screen. */
  readonly ignored?: boolean;
}

const UNCHANGED: MergeResult = { changed: false, structural: false, held: false };

/** It still has a place in the stacking order. */
const NOT_SHOWN: MergeResult = { ...UNCHANGED, structural: true };

/** Merges one element's document groups into `scene`. */
export function mergeElement(
  id: string,
  groups: Groups,
  scene: SceneMap,
  baselines: Baselines,
  editor: EditorState,
  restore: Restore,
): MergeResult {
  const element = scene.get(id);
  if (!element) return addElement(id, groups, scene, baselines, restore);
  const baseline = baselines.get(id) ?? emptyBaseline(element);
  baseline.shown ??= encodeGroups(element);
  baselines.set(id, baseline);
  const keys = new Set([...Object.keys(groups), ...Object.keys(baseline.shared)]);
  const differing = [...keys].filter((key) => !equalJson(groups[key], baseline.shared[key]));
  const free = differing.filter((key) => !isHeld(editor, id, key));
  const held = free.length < differing.length;
  if (free.length === 0) return { ...UNCHANGED, held };
  for (const key of free) {
    assignGroup(baseline.shared, key, groups[key]);
    baseline.masked.delete(key);
  }
  const { patch, unshown } = patchFor(element, free, baseline.shared);
  replaceElement(element, patch, free, scene, baseline, unshown);
  const isPlain = baseline.masked.has("fillStyle") || baseline.masked.has("roughness");
  const structural = free.some(isStructural) || isCostChanged(free, baseline.shared, isPlain);
  const ignored = free.some((key) => isIgnored(element.type, key, groups[key]));
  return { changed: true, structural, held, ignored };
}

/**
 * Puts order and references right for display, for the whole scene. Returns whether anything
 * changed, and the elements that could not be touched because of a gesture.
 */
export function repairForDisplay(
  scene: SceneMap,
  baselines: Baselines,
  editor: EditorState,
): { changed: boolean; held: string[] } {
  const held: string[] = [];
  let changed = repairReferences(scene, baselines, editor, held);
  const order = displayOrder(scene, baselines);
  const sorted: SceneElement[] = [];
  for (const { id, index } of order) {
    const element = scene.get(id);
    if (!element) continue;
    const baseline = baselines.get(id);
    if (element.index !== index) {
      setIndex(element, index, scene, baseline, isInCreation(editor, id));
      changed = true;
    }
    if (baseline) setMasked(baseline, "index", index !== baseline.shared.index);
    sorted.push(scene.get(id) ?? element);
  }
  scene.clear();
  for (const element of sorted) scene.set(element.id, element);
  return { changed, held };
}

/** The editor knows an element in creation by reference, so that one is changed in place. */
function setIndex(
  element: SceneElement,
  index: string,
  scene: SceneMap,
  baseline: Baseline | undefined,
  isByReference: boolean,
): void {
  if (isByReference) {
    Object.assign(element, { index });
    if (baseline?.shown) baseline.shown.index = index;
  } else if (baseline) replaceElement(element, { index }, ["index"], scene, baseline);
  else scene.set(element.id, { ...element, ...newVersion(element), index });
}

/**
 * Everything that has a place in the stack, also what is not shown, and what is not shared yet put
 * in between. Repaired indices then depend on the document alone, and not on what somebody happens
 * to have in his scene.
 */
function displayOrder(scene: SceneMap, baselines: Baselines): { id: string; index: string }[] {
  const shared = [...baselines].map(([id, baseline]) => {
    const { index } = baseline.shared;
    return { id, index: typeof index === "string" ? index : null };
  });
  const unshared = [...scene.values()].filter(({ id }) => !baselines.has(id));
  const order = orderForDisplay(shared);
  if (unshared.length === 0) return order;
  return orderForDisplay([...order, ...unshared.map(({ id, index }) => ({ id, index, rank: 1 }))]);
}

function repairReferences(
  scene: SceneMap,
  baselines: Baselines,
  editor: EditorState,
  held: string[],
): boolean {
  const live = new Map<string, SharedElement>();
  for (const { id, isDeleted } of scene.values()) {
    if (!isDeleted) live.set(id, { id, groups: baselines.get(id)?.shared ?? {} });
  }
  const masks = maskReferences(live);
  maskCostly(live, masks);
  let changed = false;
  for (const id of live.keys()) {
    const baseline = baselines.get(id);
    const element = scene.get(id);
    if (!baseline || !element) continue;
    const mask = masks.get(id);
    const wrong = [...(mask?.keys() ?? [])].filter((key) => !baseline.masked.has(key));
    const stale = [...baseline.masked].filter((key) => key !== "index" && !mask?.has(key));
    const keys = [...wrong, ...stale];
    if (keys.length === 0) continue;
    if (keys.some((key) => isHeld(editor, id, key))) {
      held.push(id);
      continue;
    }
    const display = { ...baseline.shared };
    for (const [key, value] of mask ?? []) assignGroup(display, key, value);
    const { patch, unshown } = patchFor(element, keys, display);
    replaceElement(element, patch, keys, scene, baseline, unshown);
    for (const key of keys) setMasked(baseline, key, mask?.has(key) ?? false);
    changed = true;
  }
  return changed;
}

function addElement(
  id: string,
  groups: Groups,
  scene: SceneMap,
  baselines: Baselines,
  restore: Restore,
): MergeResult {
  const before = baselines.get(id)?.version ?? 0;
  const baseline = newBaseline(groups);
  baselines.set(id, baseline);
  // A tombstone that was never shown here stays out of the scene: nobody can undo it in this page.
  if (isTombstone(groups.del) || !isUsableId(id)) return NOT_SHOWN;
  const properties = decodeGroups(groups);
  if (!properties) return NOT_SHOWN;
  const restored = restore({
    ...properties,
    id,
    type: String(properties.type),
    // Newer than what the editor had of it, were it only the note that it is gone.
    version: before === 0 ? 1 : before + 2,
    versionNonce: randomNonce(),
    isDeleted: false,
    // `repairForDisplay` puts it in its place in the stacking order.
    index: isValidIndex(properties.index) ? properties.index : null,
  });
  // An empty text is restored as deleted; it is shown when it has words.
  // One that the editor would only show under another id is not the document's.
  if (!restored || restored.isDeleted || restored.id !== id) return NOT_SHOWN;
  const element = withUnknown(restored, groups);
  baseline.shown = encodeGroups(element);
  baseline.version = element.version;
  baseline.nonce = element.versionNonce;
  scene.set(id, element);
  return { changed: true, structural: true, held: false };
}

/** A new object, because editors cache by object, with a version that editors take for newer. */
function replaceElement(
  element: SceneElement,
  patch: Patch,
  keys: readonly string[],
  scene: SceneMap,
  baseline: Baseline,
  /** Of `keys`, those whose values the editor does not show. */
  unshown: readonly string[] = [],
): void {
  const changed: SceneElement = { ...element, ...patch, ...newVersion(element) };
  const next = renewUnknown(changed, keys, unshown, baseline.shared);
  const groups = encodeGroups(next);
  baseline.shown ??= {};
  for (const key of keys) assignGroup(baseline.shown, key, groups[key]);
  baseline.version = next.version;
  baseline.nonce = next.versionNonce;
  scene.set(next.id, next);
}

/** What makes editors take a changed element for newer. */
export function newVersion(element: { readonly version: number }) {
  return { version: element.version + 1, versionNonce: randomNonce(), updated: Date.now() };
}

/** What `keys` change about an element, and those of them that the editor does not show. */
function patchFor(
  element: SceneElement,
  keys: readonly string[],
  groups: Groups,
): { patch: Patch; unshown: string[] } {
  const patch: Patch = {};
  const unshown: string[] = [];
  for (const key of keys) {
    // The type and the seed of an element never change.
    if (key === "type" || key === "seed" || key === "index") continue;
    if (key.startsWith(BOUND_PREFIX)) {
      patch.boundElements = decodeBound(groups, boundElementsOf(element));
      continue;
    }
    const decoded = decodeGroup(element.type, key, groups[key]);
    if (decoded) Object.assign(patch, decoded);
    else unshown.push(key);
  }
  return { patch, unshown };
}

function emptyBaseline(element: SceneElement): Baseline {
  const { version, versionNonce: nonce } = element;
  return { ...newBaseline(), version, nonce, shown: encodeGroups(element) };
}

function setMasked(baseline: Baseline, key: string, masked: boolean): void {
  if (masked) baseline.masked.add(key);
  else baseline.masked.delete(key);
}

/** Whether a change of this group can make order or references need a repair. */
export function isStructural(key: string): boolean {
  return STRUCTURAL.has(key) || key.startsWith(BOUND_PREFIX);
}

function randomNonce(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
