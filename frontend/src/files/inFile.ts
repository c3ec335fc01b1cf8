/** An element of the scene as a file has it: with what the editor does not know of it. */
import type * as Y from "yjs";
import { toFile } from "../canvas/file";
import { UNKNOWN } from "../canvas/groups";
import { readGroups } from "../canvas/shared";
import type { Elements } from "./selection";

/** What the editor does not show of an element is in the file all the same. */
export function inFile(element: Elements[number], doc: Y.Doc): Elements[number] {
  if (!(UNKNOWN in element)) return element;
  const { id, index } = element;
  const groups = readGroups(doc, id);
  return groups ? ({ ...toFile(id, groups), index } as unknown as Elements[number]) : element;
}
