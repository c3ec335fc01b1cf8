/** Turns concurrent writes into findings: what people disagree about, and which value stands. */
import type * as Y from "yjs";
import type { Json } from "../canvas/groups";
import {
  type ConcurrentWrite,
  concurrentWrites,
  isUnacknowledged,
  lastId,
  nameOfId,
  newIn,
  newItems,
  type WriteId,
} from "./concurrent";
import { hasSeen, unseenEdits } from "./deletion";
import { elementIdOf, isChosenGroup, isDerived, isSameValue } from "./groups";
import { decodeRecord, recordKey, type Side, sideOf } from "./record";

export interface Finding {
  readonly element: string;
  readonly map: Y.Map<Json>;
  readonly group: string;
  readonly sides: readonly Side[];
  /** Ids of the two writes. */
  readonly ids: readonly string[];
  /** The value to write so that the right one stands; `undefined` when it already does. */
  readonly standing: Json | undefined;
  /** It follows from another element: nobody is asked. */
  readonly isDerived: boolean;
  /** Both sides mean the same. */
  readonly isSilent: boolean;
  /** One of the sides was only let stand by a recorder; the other takes its place. */
  readonly isSuperseding: boolean;
  readonly edited: readonly string[];
}

export class Detector {
  private readonly doc: Y.Doc;
  private readonly acknowledged: ReadonlyMap<number, number>;
  /** Writes of this replica's recorder: nobody chose them. */
  private readonly automatic = new Set<string>();

  constructor(doc: Y.Doc, acknowledged: ReadonlyMap<number, number>) {
    this.doc = doc;
    this.acknowledged = acknowledged;
  }

  noteAutomatic(id: string): void {
    this.automatic.add(id);
  }

  /** What a remote transaction brought; to be called in `beforeObserverCalls`. */
  find(tr: Y.Transaction, isCatchingUp: boolean): Finding[] {
    const strongest = new Map<string, ConcurrentWrite>();
    for (const write of concurrentWrites(tr, isChosenGroup)) {
      const isOurs = isUnacknowledged(write.ours.id, this.acknowledged);
      // A value that is gone had lost to another one, which is found on its own.
      if (!isOurs || !write.ours.isKnown || !write.theirs.isKnown) continue;
      strongest.set(recordKey(elementIdOf(write.parent) ?? "", write.key), write);
    }
    const findings = [...strongest.values()].map((write) => this.disagreement(write, isCatchingUp));
    return [...findings, ...this.deletions(tr)];
  }

  private disagreement(
    { parent, key, ours, theirs, winner }: ConcurrentWrite,
    isCatchingUp: boolean,
  ): Finding {
    const map = parent as Y.Map<Json>;
    const element = elementIdOf(parent) ?? "";
    const isOursAutomatic = this.automatic.has(nameOfId(ours.id));
    const isTheirsAutomatic = this.isAutomatic(element, key, theirs.id);
    const isSuperseding = isOursAutomatic || isTheirsAutomatic;
    const isSilent = isSameValue(key, ours.value, theirs.value);
    const derived = isDerived(map, key);
    // What a person draws now stands against a value that only a recorder wrote.
    const standing = isTheirsAutomatic && !isOursAutomatic && !isCatchingUp ? ours : theirs;
    const isStanding = (standing === ours ? "ours" : "theirs") === winner;
    // Written again even so: an edit by someone who does not know of the conflict yet is then
    // concurrent to it, and does not pass for its resolution.
    const mayRest = derived || !isCatchingUp;
    const sides = [];
    if (!isOursAutomatic) sides.push(sideOf(this.doc, ours));
    if (!isTheirsAutomatic) sides.push(sideOf(this.doc, theirs));
    return {
      element,
      map,
      group: key,
      sides,
      ids: [nameOfId(ours.id), nameOfId(theirs.id)],
      standing: isSilent || (isStanding && mayRest) ? undefined : standing.value,
      isDerived: derived,
      isSilent,
      isSuperseding,
      edited: [],
    };
  }

  /** Whether the record that came along says that this value was only let stand. */
  private isAutomatic(element: string, group: string, id: WriteId): boolean {
    const key = recordKey(element, group);
    const record = decodeRecord(key, this.doc.getMap("conflicts").get(key));
    const name = nameOfId(id);
    return record?.shown === name && !record.sides.some((side) => side.id === name);
  }

  private deletions(tr: Y.Transaction): Finding[] {
    const isNew = newIn(tr);
    const isElement = (parent: Y.AbstractType<unknown>) => elementIdOf(parent) !== null;
    const rivals = rivalTombstones(tr);
    const findings: Finding[] = [];
    for (const parent of newItems(tr, isElement).keys()) {
      const map = parent as Y.Map<Json>;
      const tombstone = map._map.get("del");
      // What any of several people had seen who deleted it is not missed by anybody.
      const others = rivals.get(parent) ?? [];
      const edits = unseenEdits(map).filter(
        ([, item]) => !others.some((other) => hasSeen(other, lastId(item))),
      );
      if (!tombstone || edits.length === 0) continue;
      findings.push(...this.deletion(map, tombstone, edits, isNew));
    }
    return findings;
  }

  private deletion(
    map: Y.Map<Json>,
    tombstone: Y.Item,
    edits: readonly [string, Y.Item][],
    isNew: (id: WriteId) => boolean,
  ): Finding[] {
    const isOurs = (item: Y.Item) =>
      !isNew(item.id) && isUnacknowledged(lastId(item), this.acknowledged);
    const isOurDeletion = isOurs(tombstone);
    const rivals = edits.filter(([, item]) =>
      isOurDeletion ? isNew(item.id) : isNew(tombstone.id) && isOurs(item),
    );
    const deletion = sideOf(this.doc, written(tombstone));
    const edit = this.rivalEdit(rivals, deletion);
    if (!edit) return [];
    return [
      {
        element: elementIdOf(map) ?? "",
        map,
        group: "del",
        sides: isOurDeletion ? [deletion, edit] : [edit, deletion],
        ids: [deletion.id, edit.id],
        standing: isOurDeletion ? false : undefined,
        isDerived: false,
        isSilent: isOneUser(deletion, edit),
        isSuperseding: false,
        edited: rivals.map(([key]) => key).filter((key) => !isDerived(map, key)),
      },
    ];
  }

  /** The last of the edits, rather one by somebody else than by who deleted. */
  private rivalEdit(rivals: readonly [string, Y.Item][], deletion: Side): Side | undefined {
    const edits = rivals.map(([, item]) => sideOf(this.doc, written(item), false));
    return edits.findLast((edit) => !isOneUser(deletion, edit)) ?? edits.at(-1);
  }
}

function isOneUser(a: Side, b: Side): boolean {
  return a.user !== null && a.user === b.user;
}

/** Deletions of one element that were made without knowledge of each other, both sides of each. */
function rivalTombstones(tr: Y.Transaction): Map<Y.AbstractType<unknown>, Json[]> {
  const found = new Map<Y.AbstractType<unknown>, Json[]>();
  const isDeletion = (parent: Y.AbstractType<unknown>, key: string) =>
    key === "del" && elementIdOf(parent) !== null;
  for (const { parent, ours, theirs } of concurrentWrites(tr, isDeletion)) {
    const values = [ours.value, theirs.value].filter((value) => value !== undefined);
    found.set(parent, [...(found.get(parent) ?? []), ...values]);
  }
  return found;
}

function written(item: Y.Item) {
  const value = item.content.getContent().at(-1) as Json;
  return { id: lastId(item), value, isKnown: true };
}
