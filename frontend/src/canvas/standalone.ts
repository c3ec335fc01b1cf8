/** One element of the document by itself, without a scene. */
import { decodeGroups } from "./decode";
import type { Groups, SceneElement } from "./groups";

/** The element as it would be if it lived; `null` when its groups do not say what it is. */
export function elementFrom(id: string, groups: Groups): SceneElement | null {
  const properties = decodeGroups(groups);
  if (!properties) return null;
  const type = String(properties.type);
  const bare = { version: 1, versionNonce: 1, index: null, isDeleted: false };
  return { ...properties, id, type, ...bare };
}
