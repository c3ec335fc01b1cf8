/** Turns concurrent writes into findings: what people disagree about, and which value stands. */
import type * as Y from "yjs";
import type { Json } from "../canvas/groups";
import {
  type ConcurrentWrite,
  concurrentWrites,
  isUnacknowledged,
  nameOfId,
  newIn,
  newItems,
  type WriteId,
} from "./concurrent";
import { disputeOver } from "./decisions";
import { elementIdOf, isChosenGroup, isDerived, isSameValue } from "./groups";
import { decodeRecord, recordKey, type Side, sideOf } from "./record";

export interface Finding {
  readonly element: string;
  readonly map: Y.Map<Json>;
  readonly group: string;
  readonly sides: readonly Side[];
  /** Ids of the writes that met. */
  readonly ids: readonly string[];
  /** The value to write so that the right one stands; `undefined` when it already does. */
  readonly standing: Json | undefined;
  /** It follows from another element: nobody is asked. */
  readonly isDerived: boolean;
  /** Both sides mean the same. */
  readonly isSilent: boolean;
  /** One of the sides was only let stand by a recorder; the other takes its place. */
  readonly isSuperseding: boolean;
  /** An open question about it is answered by it. */
  readonly isAnswer: boolean;
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
    const isTheirsAutomatic = this.choices(element, key, theirs.id) !== null;
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
      isAnswer: false,
      edited: [],
    };
  }

  /** The values among which a recorder let this one stand, as the record says; `null` if a person chose it. */
  private choices(element: string, group: string, id: WriteId): readonly Side[] | null {
    const key = recordKey(element, group);
    const record = decodeRecord(key, this.doc.getMap("conflicts").get(key));
    const name = nameOfId(id);
    if (record?.shown !== name) return null;
    return record.sides.some((side) => side.id === name) ? null : record.sides;
  }

  /** Deletions against edits, on every element that the transaction touched. */
  private deletions(tr: Y.Transaction, writes: readonly ConcurrentWrite[]): Finding[] {
    const isElement = (parent: Y.AbstractType<unknown>) => elementIdOf(parent) !== null;
    const isDeletion = (parent: Y.AbstractType<unknown>, key: string) =>
      key === "del" && isElement(parent);
    const rivals = concurrentWrites(tr, isDeletion);
    const findings: Finding[] = [];
    for (const parent of newItems(tr, isElement).keys()) {
      const ofMap = (write: ConcurrentWrite) => write.parent === parent;
      const finding = this.deletion(
        parent as Y.Map<Json>,
        rivals.filter(ofMap),
        writes.filter(ofMap),
        newIn(tr),
      );
      if (finding) findings.push(finding);
    }
    return findings;
  }

  private deletion(
    map: Y.Map<Json>,
    rivals: readonly ConcurrentWrite[],
    writes: readonly ConcurrentWrite[],
    isNew: (id: WriteId) => boolean,
  ): Finding | null {
    const element = elementIdOf(map) ?? "";
    const key = recordKey(element, "del");
    const question = decodeRecord(key, this.doc.getMap("conflicts").get(key));
    const dispute = disputeOver(map, rivals, writes, question, {
      isNew,
      isOurs: (id) => !isNew(id) && isUnacknowledged(id, this.acknowledged),
      choices: (group, id) => this.choices(element, group, id),
    });
    if (!dispute) return null;
    const isSilent = dispute.sides.length === 0;
    return {
      ...{ element, map, group: "del", isDerived: false, isSilent, isSuperseding: false },
      ...dispute,
    };
  }
}
