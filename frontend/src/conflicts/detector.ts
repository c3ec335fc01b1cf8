/** Turns concurrent writes into findings: what people disagree about, and which value stands. */
import type * as Y from "yjs";
import { equalJson, isObject, type Json } from "../canvas/groups";
import {
  type ConcurrentWrite,
  concurrentWrites,
  isUnacknowledged,
  nameOfId,
  newIn,
  newItems,
  type WriteId,
} from "./concurrent";
import { currentEdits, currentWrite, type Edit, isSeen, jointlySeen, seenBy } from "./deletion";
import { elementIdOf, isChosenGroup, isDerived, isSameValue } from "./groups";
import { decodeRecord, recordKey, type Side, sideOf, writeIdOf } from "./record";

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
    const writes = concurrentWrites(tr, isChosenGroup);
    for (const write of writes) {
      const isOurs = isUnacknowledged(write.ours.id, this.acknowledged);
      // A value that was garbage collected had lost to another one, which is found separately.
      if (!isOurs || !write.ours.isKnown || !write.theirs.isKnown) continue;
      strongest.set(recordKey(elementIdOf(write.parent) ?? "", write.key), write);
    }
    const findings = [...strongest.values()].map((write) => this.disagreement(write, isCatchingUp));
    return [...findings, ...this.deletions(tr, writes)];
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

  /** Deletions against edits, on every element that the transaction touched. */
  private deletions(tr: Y.Transaction, writes: readonly ConcurrentWrite[]): Finding[] {
    const isElement = (parent: Y.AbstractType<unknown>) => elementIdOf(parent) !== null;
    const isDeletion = (parent: Y.AbstractType<unknown>, key: string) =>
      key === "del" && isElement(parent);
    const rivals = concurrentWrites(tr, isDeletion);
    const findings: Finding[] = [];
    for (const parent of newItems(tr, isElement).keys()) {
      const map = parent as Y.Map<Json>;
      const ofMap = (write: ConcurrentWrite) => write.parent === parent;
      const finding =
        this.overruled(map, rivals.filter(ofMap)) ??
        this.deletion(map, rivals.filter(ofMap), writes.filter(ofMap), newIn(tr));
      if (finding) findings.push(finding);
    }
    return findings;
  }

  private deletion(
    map: Y.Map<Json>,
    rivals: readonly ConcurrentWrite[],
    writes: readonly ConcurrentWrite[],
    isNew: IsNew,
  ): Finding | null {
    const tombstone = currentWrite(map, "del");
    if (!tombstone || seenBy(tombstone.value) === null) return null;
    // If several people deleted it, an edit counts as seen when one of them had seen it.
    const seen = [tombstone, ...rivals.flatMap(({ ours, theirs }) => [ours, theirs])]
      .map(({ value }) => seenBy(value) ?? {})
      .reduce(jointlySeen, {});
    const edits = [...currentEdits(map), ...editsOf(writes)].filter(
      ({ key, id }) => !isSeen(seen, id) && !isDerived(map, key),
    );
    const isOurDeletion = this.isOurs(tombstone.id, isNew);
    const missed = edits.filter(({ id }) =>
      isOurDeletion ? isNew(id) : isNew(tombstone.id) && this.isOurs(id, isNew),
    );
    const deletion = sideOf(this.doc, tombstone);
    const sides = missed.map((edit) => sideOf(this.doc, edit, false));
    // Prefer an edit by somebody else than the person who deleted.
    const edit = sides.findLast((side) => !isOneUser(deletion, side)) ?? sides.at(-1);
    if (edit) {
      return {
        ...this.aboutDeletion(map, isOurDeletion ? [deletion, edit] : [edit, deletion]),
        standing: isOurDeletion ? false : undefined,
        isSilent: isOneUser(deletion, edit),
        edited: [...new Set(missed.map(({ key }) => key))],
      };
    }
    // One of several tombstones stays, and has to know what all of them knew.
    const joint = { ...(isObject(tombstone.value) ? tombstone.value : {}), seen };
    const isOurs = rivals.some(({ ours }) => isUnacknowledged(ours.id, this.acknowledged));
    return !isOurs || equalJson(joint, tombstone.value)
      ? null
      : { ...this.aboutDeletion(map, []), standing: joint, isSilent: true };
  }

  /**
   * A deletion of ours by someone who had seen the edits for which a recorder lets the element stand:
   * then nobody wants it any more.
   */
  private overruled(map: Y.Map<Json>, rivals: readonly ConcurrentWrite[]): Finding | null {
    const element = elementIdOf(map) ?? "";
    const record = decodeRecord(
      recordKey(element, "del"),
      this.doc.getMap("conflicts").get(recordKey(element, "del")),
    );
    if (!record) return null;
    for (const { ours, theirs } of rivals) {
      const seen = seenBy(ours.value);
      const isStanding = theirs.value === false && record.shown === nameOfId(theirs.id);
      if (seen === null || !isStanding || !isUnacknowledged(ours.id, this.acknowledged)) continue;
      const edits = record.sides.filter((side) => side.value === false).map(writeIdOf);
      if (!edits.every((id) => isSeen(seen, id))) continue;
      return { ...this.aboutDeletion(map, []), standing: ours.value, isSilent: true };
    }
    return null;
  }

  private isOurs(id: WriteId, isNew: IsNew): boolean {
    return !isNew(id) && isUnacknowledged(id, this.acknowledged);
  }

  private aboutDeletion(map: Y.Map<Json>, sides: readonly Side[]): Finding {
    return {
      element: elementIdOf(map) ?? "",
      map,
      group: "del",
      sides,
      ids: sides.map(({ id }) => id),
      standing: undefined,
      isDerived: false,
      isSilent: false,
      isSuperseding: false,
      edited: [],
    };
  }
}

type IsNew = (id: WriteId) => boolean;

function isOneUser(a: Side, b: Side): boolean {
  return a.user !== null && a.user === b.user;
}

/** Also edits that lost to others of the same group: they were made all the same. */
function editsOf(writes: readonly ConcurrentWrite[]): Edit[] {
  return writes.flatMap(({ key, ours, theirs }) => [
    { key, ...ours },
    { key, ...theirs },
  ]);
}
