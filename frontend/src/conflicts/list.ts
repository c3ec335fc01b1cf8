/** The open conflicts of a board, as people see them. */
import type * as Y from "yjs";
import { BOUND_PREFIX, equalJson, isObject, type Json } from "../canvas/groups";
import { isNote } from "../canvas/note";
import { elementMap } from "../canvas/shared";
import { Listeners } from "../listeners";
import { elementIdOf, isSameValue } from "./groups";
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
  private readonly elements: Y.Map<unknown>;
  private readonly authors: Y.Map<unknown>;
  private readonly listeners = new Listeners();
  private readonly open = new Map<string, Conflict>();
  /** The records that have to be looked at when an element changes, by its id. */
  private readonly about = new Map<string, Set<string>>();
  /** The elements that a record is about: its own, and the label on it. */
  private readonly ofRecord = new Map<string, readonly string[]>();
  private current: readonly Conflict[] = [];

  /** `userId` is the user of this page; guests are recognised by their client id. */
  constructor(doc: Y.Doc, userId: string | null) {
    this.doc = doc;
    this.userId = userId;
    this.conflicts = doc.getMap("conflicts");
    this.elements = doc.getMap("elements");
    this.authors = doc.getMap("authors");
    doc.on("afterTransaction", this.onTransaction);
    this.refresh(this.conflicts.keys());
  }

  /** Oldest first. The same array as long as nothing changed. */
  readonly snapshot = (): readonly Conflict[] => this.current;

  readonly subscribe = this.listeners.add;

  private readonly onTransaction = (tr: Y.Transaction): void => {
    if (this.conflicts.size > 0 || this.open.size > 0) this.refresh(this.touched(tr));
  };

  /** The keys of the records that look different after what changed. */
  private touched(tr: Y.Transaction): Set<string> {
    const keys = new Set<string>();
    const add = (key: string) => keys.add(key);
    for (const [type, names] of tr.changed as Map<unknown, Set<string | null>>) {
      if (type === this.conflicts) for (const key of names) add(String(key));
      else if (type === this.authors) for (const key of this.conflicts.keys()) add(key);
      else if (type === this.elements)
        for (const id of names) this.about.get(String(id))?.forEach(add);
      else this.about.get(elementIdOf(type as Y.Map<Json>) ?? "")?.forEach(add);
    }
    return keys;
  }

  private refresh(keys: Iterable<string>): void {
    let isChanged = false;
    for (const key of keys) isChanged = this.look(key) || isChanged;
    if (!isChanged) return;
    this.current = [...this.open.values()].sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
    this.listeners.call();
  }

  /** Whether one record looks different now. */
  private look(key: string): boolean {
    const record = decodeRecord(key, this.conflicts.get(key));
    this.note(key, record ? [record.element, ...labelsOn(this.doc, record.element)] : []);
    const before = this.open.get(key);
    if (!record || !isOpen(this.doc, record)) return this.open.delete(key);
    const after = this.describe(key, record);
    if (equalJson(before, after)) return false;
    this.open.set(key, after);
    return true;
  }

  private note(key: string, ids: readonly string[]): void {
    for (const id of this.ofRecord.get(key) ?? []) {
      const keys = this.about.get(id);
      if (keys?.delete(key) && keys.size === 0) this.about.delete(id);
    }
    if (ids.length > 0) this.ofRecord.set(key, ids);
    else this.ofRecord.delete(key);
    for (const id of ids) this.about.set(id, (this.about.get(id) ?? new Set()).add(key));
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
  const words = [id, ...labelsOn(doc, id)].map((one) => wordsOn(elementMap(doc, one)));
  const type = String(map?.get("type") ?? "");
  return {
    elementType: isNote({ type, customData: map?.get("customData") }) ? "note" : type,
    words: words.find((one) => one !== null) ?? "",
  };
}

/** The words of a text, or of a frame's name. */
function wordsOn(map: Y.Map<Json> | null): string | null {
  const text = map?.get("text");
  if (isObject(text)) return String(text.originalText ?? text.text ?? "");
  const name = map?.get("name");
  return typeof name === "string" ? name : null;
}

/** The id of the text in a shape, if there is one. */
function labelsOn(doc: Y.Doc, id: string): string[] {
  const map = elementMap(doc, id);
  const label = [...(map?.keys() ?? [])].find(
    (key) => key.startsWith(BOUND_PREFIX) && map?.get(key) === "text",
  );
  return label ? [label.slice(BOUND_PREFIX.length)] : [];
}
