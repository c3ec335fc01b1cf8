/** A program that writes what fits nothing, straight into the document. */
import * as Y from "yjs";
import type { Random } from "./random";

const JUNK: readonly unknown[] = [
  null,
  -1,
  "no such thing",
  [],
  [1, 2],
  ["a"],
  {},
  { elementId: "e" },
  { points: "none" },
  { text: 5 },
  [1e9, -1e9, 0],
  true,
];
const JUNK_KEYS = [
  ...["pos", "size", "path", "text", "angle", "strokeColor", "fillStyle", "opacity", "roundness"],
  ...["index", "groupIds", "frameId", "containerId", "startBinding", "endBinding", "fileId"],
  ...["scale", "crop", "name", "link", "locked", "customData", "bound:e", "unheard", "lineHeight"],
];

/** Writes one thing that no editor writes. */
export function writeJunk(server: Y.Doc, random: Random, serial: number): void {
  const doc = new Y.Doc();
  doc.clientID = 5_000_000 + serial;
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
  const elements = doc.getMap<Y.Map<unknown>>("elements");
  if (random.chance(3)) {
    const type = random.pick(["rectangle", "arrow", "text", "iframe", "nothing", 7, "image"]);
    const junk = Array.from({ length: 3 }, () => [random.pick(JUNK_KEYS), random.pick(JUNK)]);
    const entries = [["type", type], ["pos", [1, 1]], ["size", [5, 5]], ...junk];
    elements.set(`v${serial}`, new Y.Map<unknown>(entries as [string, unknown][]));
  } else {
    const id = random.pick([...elements.keys()]);
    const map = id === undefined ? undefined : elements.get(id);
    map?.set(random.pick(JUNK_KEYS) ?? "", random.pick(JUNK));
  }
  Y.applyUpdate(server, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)));
}
