/**
 * Decisions to delete or to keep an element, against each other and against edits.
 *
 * Of several people who delete at once, Yjs keeps one tombstone, chosen by client id. The replica that
 * brings the second writes a joint one: it has seen what any of them had seen, and names the deletions
 * it stands for. So a deletion that lost is still compared with the edits of others.
 */
import * as Y from "yjs";
import { isTombstone } from "../canvas/decode";
import { equalJson, isObject, type Json } from "../canvas/groups";
import { type ConcurrentWrite, nameOfId, type WriteId, type WrittenValue } from "./concurrent";
import { currentEdits, currentWrite, isSeen, jointlySeen, type Seen, seenBy } from "./deletion";
import { isDerived } from "./groups";
import { type ConflictRecord, type Side, sideOf, writeIdOf } from "./record";

/** How many deletions one tombstone names. */
const MAX_DELETIONS = 16;
/** How far back decisions are followed. */
const MAX_STEPS = 200;
/** How many writes by others that met are compared, the strongest of all. */
const MAX_RIVALS = 32;
const MAX_WRITES = 200;

/** What a replica knows about where a write comes from. */
export interface Provenance {
  /** It came with the merge. */
  readonly isNew: (id: WriteId) => boolean;
  /** It was here before the merge, and the server has not acknowledged it: nobody can have seen it. */
  readonly isOurs: (id: WriteId) => boolean;
  /** The values among which a recorder let this one stand, which nobody chose; `null` for all others. */
  readonly choices: (key: string, id: WriteId) => readonly Side[] | null;
}

export interface Dispute {
  /** A deletion and an edit, ours first; empty when nobody has to be asked. */
  readonly sides: readonly Side[];
  /** Ids of all writes that met. */
  readonly ids: readonly string[];
  /** What has to be written so that the right value stands; `undefined` when it does. */
  readonly standing: Json | undefined;
  /** The groups that were edited; `del` where somebody brought the element back. */
  readonly edited: readonly string[];
  /**
   * Somebody deleted the element who had seen all that the open question is about, or every deletion
   * was taken back.
   */
  readonly isAnswer: boolean;
}

/** What a person did. */
interface Deed {
  readonly key: string;
  readonly side: Side;
  /** The write that tells of it: a joint tombstone, or a value that a recorder let stand. */
  readonly told: WriteId;
}

/** What those who met decided about the element, and what the open question is about. */
interface Decisions {
  readonly current: WrittenValue | null;
  readonly tombstones: readonly WrittenValue[];
  /** Those that took a deletion back. */
  readonly kept: readonly WrittenValue[];
  /** The sides of the open question; empty if those who met did not know of it. */
  readonly asked: readonly Side[];
  /** Of the writes, and of the question. */
  readonly ids: readonly string[];
}

/**
 * What a merge brought about the deletion of one element; `null` when there is nothing to do here.
 * `rivals` are concurrent decisions, `writes` concurrent edits, `question` the record about it.
 */
export function disputeOver(
  map: Y.Map<Json>,
  rivals: readonly ConcurrentWrite[],
  writes: readonly ConcurrentWrite[],
  question: ConflictRecord | null,
  provenance: Provenance,
): Dispute | null {
  const decisions = decisionsOf(map, rivals, question, provenance);
  const { current, tombstones, kept, asked } = decisions;
  if (tombstones.length + asked.length === 0) return null;
  const isTakenBack = knownTo(map, kept);
  const deletions = tombstones
    .flatMap((tombstone) => deletionsOf(map, tombstone))
    .filter(({ side }) => !isTakenBack(writeIdOf(side)));
  const edits = editsOf(map, writes, kept, provenance);
  const seen = seenByDeleters(decisions);
  const wasSeen = seenOrReplaced(map, seen, edits);
  const missed = edits.filter(({ side, told }) => ![writeIdOf(side), told].some(wasSeen));
  const pair = disputed(deletions, missed, provenance);
  if (!pair && !rivals.some(({ ours }) => provenance.isOurs(ours.id))) return null;

  // Whoever took back a deletion perhaps did not know of a question about it.
  const isAllTakenBack =
    kept.length > 0 &&
    deletions.length === 0 &&
    asked.every((side) => side.value === false || isTakenBack(writeIdOf(side)));
  const isAnswer =
    asked.length > 0 && (isAllTakenBack || isAllDeleted(map, decisions, missed, wasSeen));
  const isDisputed = pair !== null || (asked.length > 0 && !isAnswer);
  const isKept = isAllTakenBack || (isDisputed && isOnlineKept(current, rivals, provenance));
  const known = [
    ...deletions.map(({ side }) => side),
    ...asked.filter(({ value }) => value !== false),
  ];
  return {
    sides: pair?.sides ?? [],
    ids: [...new Set([...decisions.ids, ...(pair?.ids ?? [])])],
    standing: standingOf(isKept, current, tombstones, known, seen),
    edited: pair?.edited ?? [],
    isAnswer: isAnswer && !pair,
  };
}

function decisionsOf(
  map: Y.Map<Json>,
  rivals: readonly ConcurrentWrite[],
  question: ConflictRecord | null,
  { choices }: Provenance,
): Decisions {
  const current = currentWrite(map, "del");
  const all = distinct([...both(rivals.slice(-MAX_RIVALS)), ...(current ? [current] : [])]);
  const isAsked = question !== null && knownTo(map, all)(writeIdOf({ id: question.shown }));
  return {
    current,
    tombstones: all.filter(({ value }) => seenBy(value) !== null),
    kept: all.filter(({ id, value }) => value === false && choices("del", id) === null),
    asked: isAsked ? question.sides : [],
    ids: [...all.map(({ id }) => nameOfId(id)), ...(isAsked ? [question.shown] : [])],
  };
}

/** If several people deleted the element, an edit counts as seen when one of them had seen it. */
function seenByDeleters({ tombstones, asked }: Decisions): Seen {
  return [...tombstones, ...asked].map(({ value }) => seenBy(value) ?? {}).reduce(jointlySeen, {});
}

/** Tells which writes were seen: who had seen an edit had also seen what it took the place of. */
function seenOrReplaced(
  map: Y.Map<Json>,
  seen: Seen,
  edits: readonly Deed[],
): (id: WriteId) => boolean {
  const read = edits.filter(({ told }) => isSeen(seen, told)).map(({ told }) => ({ id: told }));
  const isRead = knownTo(map, read);
  return (id) => isSeen(seen, id) || isRead(id);
}

/** Whether the element was deleted by somebody who had seen all that the question is about. */
function isAllDeleted(
  map: Y.Map<Json>,
  { tombstones, asked }: Decisions,
  missed: readonly Deed[],
  wasSeen: (id: WriteId) => boolean,
): boolean {
  const isReplaced = knownTo(
    map,
    tombstones.filter(({ value }) => namedBy(value).length === 0),
  );
  const isSettled = (side: Side) => {
    const id = writeIdOf(side);
    return side.value !== false || wasSeen(id) || isReplaced(id);
  };
  const isStillDisputed = asked.some(
    (side) => side.value !== false && missed.some((edit) => !isOneUser(side, edit.side)),
  );
  return tombstones.length > 0 && asked.every(isSettled) && !isStillDisputed;
}

/** What people gave to the element, and that they took a deletion back. */
function editsOf(
  map: Y.Map<Json>,
  writes: readonly ConcurrentWrite[],
  kept: readonly WrittenValue[],
  { choices }: Provenance,
): Deed[] {
  // Also edits that lost to others of the same group: they were made all the same.
  const lost = writes
    .slice(-MAX_WRITES)
    .flatMap(({ key, ours, theirs }) =>
      [ours, theirs].filter(({ isKnown }) => isKnown).map((one) => ({ key, ...one })),
    );
  const chosen = [...currentEdits(map), ...lost].filter(({ key }) => !isDerived(map, key));
  const edits = chosen.flatMap((edit) => {
    const sides = choices(edit.key, edit.id) ?? [sideIn(map, edit)];
    return sides.map((side) => ({ key: edit.key, side: { ...side, value: false }, told: edit.id }));
  });
  return [...edits, ...kept.map((one) => ({ key: "del", side: sideIn(map, one), told: one.id }))];
}

/** One person's deletion and another's edit that neither had seen; one of them is ours. */
function disputed(
  deletions: readonly Deed[],
  missed: readonly Deed[],
  { isNew, isOurs }: Provenance,
) {
  const pairs = deletions.flatMap((deletion) =>
    missed
      .filter(
        ({ told }) =>
          (isOurs(deletion.told) && isNew(told)) || (isNew(deletion.told) && isOurs(told)),
      )
      .filter((edit) => !isOneUser(deletion.side, edit.side))
      .map((edit) => ({ deletion, edit })),
  );
  const last = pairs.at(-1);
  if (!last) return null;
  const { deletion, edit } = last;
  return {
    sides: isOurs(deletion.told) ? [deletion.side, edit.side] : [edit.side, deletion.side],
    ids: pairs.flatMap((pair) => [pair.deletion.side.id, pair.edit.side.id]),
    edited: [...new Set(pairs.map((pair) => pair.edit.key))],
  };
}

/** Whether everybody else has the element, as far as this replica knows. */
function isOnlineKept(
  current: WrittenValue | null,
  rivals: readonly ConcurrentWrite[],
  { isOurs }: Provenance,
): boolean {
  const theirs = rivals.findLast((rival) => rival.theirs.isKnown)?.theirs;
  if (theirs) return !isTombstone(theirs.value);
  return current !== null && isOurs(current.id);
}

function standingOf(
  isKept: boolean,
  current: WrittenValue | null,
  tombstones: readonly WrittenValue[],
  deletions: readonly Side[],
  seen: Seen,
): Json | undefined {
  if (tombstones.length === 0) return undefined;
  const standing = isKept ? false : joint(current, tombstones, deletions, seen);
  return equalJson(standing, current?.value) ? undefined : standing;
}

/** The tombstone that stands for all of them. */
function joint(
  current: WrittenValue | null,
  tombstones: readonly WrittenValue[],
  deletions: readonly Side[],
  seen: Seen,
): Json {
  const standing = tombstones.find(({ id }) => id === current?.id);
  const base = standing ?? tombstones[0];
  const { of: _, ...own } = base && isObject(base.value) ? base.value : {};
  // In an order that every replica finds.
  const names = [...new Set(deletions.map(({ id }) => id))].sort().slice(0, MAX_DELETIONS);
  const isAlone = standing !== undefined && equalJson(names, [nameOfId(standing.id)]);
  return isAlone ? { ...own, seen } : { ...own, seen, of: names };
}

/** The deletions that a tombstone stands for: those that it names, else itself. */
function deletionsOf(map: Y.Map<Json>, tombstone: WrittenValue): Deed[] {
  const { value, id: told } = tombstone;
  const named = namedBy(value).map((id) => writeIdOf({ id }));
  const all = named.length > 0 ? named : [told];
  return all.map((id) => ({ key: "del", side: sideIn(map, { ...tombstone, id }), told }));
}

/** The deletions that a joint tombstone names. */
function namedBy(tombstone: Json | undefined): string[] {
  if (!isObject(tombstone) || !Array.isArray(tombstone.of)) return [];
  return tombstone.of.slice(0, MAX_DELETIONS).filter((name) => typeof name === "string");
}

function sideIn({ doc }: Y.Map<Json>, written: WrittenValue): Side {
  if (doc === null) throw new Error("not in a document");
  return sideOf(doc, written);
}

/** Tells which writes those who made these had seen: what they took the place of. */
function knownTo(
  { doc }: Y.Map<Json>,
  writes: readonly { readonly id: WriteId }[],
): (id: WriteId) => boolean {
  const ranges = new Map<number, [number, number][]>();
  for (const { id } of writes) {
    let seen: WriteId | null = id;
    for (let steps = 0; doc !== null && seen !== null && steps < MAX_STEPS; steps += 1) {
      const item: Y.Item = Y.getItem(doc.store, Y.createID(seen.client, seen.clock));
      // Items of one client may be merged into one.
      const known = ranges.get(seen.client) ?? [];
      ranges.set(seen.client, known);
      known.push([item.id.clock, seen.clock]);
      seen = item.origin ?? null;
    }
  }
  return ({ client, clock }) =>
    ranges.get(client)?.some(([from, to]) => from <= clock && clock <= to) ?? false;
}

function distinct(writes: readonly WrittenValue[]): WrittenValue[] {
  return [...new Map(writes.map((write) => [nameOfId(write.id), write])).values()];
}

function both(rivals: readonly ConcurrentWrite[]): WrittenValue[] {
  return rivals.flatMap(({ ours, theirs }) => [ours, theirs]);
}

function isOneUser(a: Side, b: Side): boolean {
  return a.user !== null && a.user === b.user;
}
