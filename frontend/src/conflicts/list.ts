/** The open conflicts of a board, as people see them. */
import type * as Y from "yjs";
import type { Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import { Listeners } from "../listeners";
import { isSameValue } from "./groups";
import { type ConflictRecord, decodeRecord, isOpen, type Side, withAuthor } from "./record";

/** What an element is, for people. */
export interface ElementDescription {
  readonly elementType: string;
  /** The words on it, if there are any. */
  readonly words: string;
}

export interface Conflict extends ConflictRecord, ElementDescription {
  readonly key: string;
  /** The side that everybody sees now; -1 when it is none of them. */
  readonly shownSide: number;
  /** The side of the person at this screen; -1 for everybody else. */
  readonly ownSide: number;
}

/** Groups for which keeping both values on two elements makes no sense. */
const ONE_VALUE = new Set(["del", "groupIds", "frameId", "locked", "link", "name"]);

/** Whether both values can be kept, the second one on a copy. */
export function canKeepBoth({ group, sides }: Conflict): boolean {
  return sides.length === 2 && !ONE_VALUE.has(group);
}

export class ConflictList {
  private readonly doc: Y.Doc;
  private readonly userId: string | null;
  private readonly conflicts: Y.Map<unknown>;
  private readonly listeners = new Listeners();
  private current: readonly Conflict[] = [];

  /** `userId` is the user of this page; guests are recognised by their client id. */
  constructor(doc: Y.Doc, userId: string | null) {
    this.doc = doc;
    this.userId = userId;
    this.conflicts = doc.getMap("conflicts");
    doc.getMap("elements");
    doc.on("afterTransaction", this.onTransaction);
    this.refresh();
  }

  /** Oldest first. The same array as long as nothing changed. */
  readonly snapshot = (): readonly Conflict[] => this.current;

  readonly subscribe = this.listeners.add;

  private readonly onTransaction = (tr: Y.Transaction): void => {
    if (tr.changed.size === 0) return;
    if (this.conflicts.size > 0 || this.current.length > 0) this.refresh();
  };

  private refresh(): void {
    const next: Conflict[] = [];
    for (const [key, stored] of this.conflicts) {
      const record = decodeRecord(key, stored);
      if (record && isOpen(this.doc, record)) next.push(this.describe(key, record));
    }
    next.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    this.listeners.call();
  }

  private describe(key: string, record: ConflictRecord): Conflict {
    const map = elementMap(this.doc, record.element);
    const value = map?.get(record.group);
    return {
      ...record,
      sides: record.sides.map((side) => withAuthor(this.doc, side)),
      key,
      shownSide: record.sides.findIndex((side) => isShown(record.group, side, value)),
      ownSide: record.sides.findIndex((side) => this.isOwn(side)),
      ...describeElement(this.doc, record.element),
    };
  }

  private isOwn({ user, id }: Side): boolean {
    if (user !== null) return user === this.userId;
    return Number(id.split(":")[0]) === this.doc.clientID;
  }
}

function isShown(group: string, side: Side, value: Json | undefined): boolean {
  if (group === "del") return Boolean(side.value) === Boolean(value);
  return isSameValue(group, side.value, value);
}

/** Also of a deleted element: its values are still there. */
export function describeElement(doc: Y.Doc, id: string): ElementDescription {
  const map = elementMap(doc, id);
  return { elementType: String(map?.get("type") ?? ""), words: wordsOn(doc, map) };
}

/** The words of a text, of the label in a shape, or of a frame's name. */
function wordsOn(doc: Y.Doc, map: Y.Map<Json> | null): string {
  if (!map) return "";
  const text = map.get("text");
  if (typeof text === "object" && text !== null && !Array.isArray(text)) {
    return String(text.originalText ?? text.text ?? "");
  }
  if (typeof map.get("name") === "string") return String(map.get("name"));
  const label = [...map.keys()].find((key) => key.startsWith("bound:") && map.get(key) === "text");
  return label ? wordsOn(doc, elementMap(doc, label.slice("bound:".length))) : "";
}
