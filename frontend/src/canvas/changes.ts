/** Finds what the user did since the last exchange. Pure: reads the scene, writes nothing. */
import { asShown, type Baseline, type Baselines } from "./baseline";
import { type EditorState, isInCreation } from "./gesture";
import { encodeGroups, equalJson, type Groups, hasPath, type SceneElement } from "./groups";

/** One element that the user created or changed. */
export interface ElementChange {
  readonly element: SceneElement;
  readonly groups: Groups;
  /** Keys whose value differs from what was shown; missing in `groups` means removed. */
  readonly changed: readonly string[];
}

export interface SceneChanges {
  readonly changes: ElementChange[];
  /** Elements that were shown and are no longer in the scene at all. */
  readonly missing: string[];
}

/** Whether anything could have changed: integer compares only, cheap enough for every render. */
export function isTouched(elements: readonly SceneElement[], baselines: Baselines): boolean {
  return elements.some((element) => {
    const baseline = baselines.get(element.id);
    return baseline ? isNewer(element, baseline) : !element.isDeleted;
  });
}

/**
 * Compares the scene with the baselines. `readShared` gives the document's groups of an element
 * that has no baseline yet. New elements that `isHeldBack` names are not looked at.
 */
export function findChanges(
  elements: readonly SceneElement[],
  editor: EditorState,
  baselines: Baselines,
  readShared: (id: string) => Groups | null,
  isHeldBack: (element: SceneElement) => boolean = () => false,
): SceneChanges {
  const changes: ElementChange[] = [];
  const present = new Set<string>();
  for (const element of elements) {
    present.add(element.id);
    const baseline = baselines.get(element.id);
    if (baseline ? !isNewer(element, baseline) : !isWorthSharing(element, editor)) continue;
    if (!baseline && isHeldBack(element)) continue;
    const groups = encodeGroups(element);
    const shown = baseline?.shown ?? asShown(baseline?.shared ?? readShared(element.id) ?? {});
    changes.push({ element, groups, changed: changedKeys(groups, shown) });
  }
  const missing: string[] = [];
  for (const [id, baseline] of baselines) {
    if (baseline.shown !== null && !present.has(id)) missing.push(id);
  }
  return { changes, missing };
}

/**
 * Whether a new element is real. What a click leaves behind before it becomes a shape, an empty
 * text, or a stroke that is still being drawn, would be a ghost on everybody else's screen.
 */
function isWorthSharing(element: SceneElement, editor: EditorState): boolean {
  if (element.isDeleted || element.type === "selection") return false;
  if (element.type === "text") return element.text !== "";
  if (element.type === "freedraw" && isInCreation(editor, element.id)) return false;
  if (hasPath(element.type)) return Array.isArray(element.points) && element.points.length > 1;
  return element.width !== 0 || element.height !== 0;
}

function isNewer(element: SceneElement, baseline: Baseline): boolean {
  return element.version !== baseline.version || element.versionNonce !== baseline.nonce;
}

function changedKeys(groups: Groups, shown: Groups): string[] {
  const keys = new Set([...Object.keys(groups), ...Object.keys(shown)]);
  return [...keys].filter((key) => !equalJson(groups[key], shown[key]));
}
