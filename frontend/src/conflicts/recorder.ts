/**
 * Notices conflicts while updates are merged and writes their records.
 *
 * After an offline stretch the value that everybody else has seen stands until somebody chooses:
 * Yjs alone would let chance decide. In a live race Yjs' choice stays, and a record is written only
 * when the two have stopped: people who drag the same thing see each other and settle it themselves.
 */
import type * as Y from "yjs";
import { equalJson, isObject, type Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import { type ArrowBefore, arrowsBefore, reattach } from "./arrows";
import { concurrentWrites, idOfName, isUnacknowledged, newIn } from "./concurrent";
import { placeDerived, restoreCompanions } from "./derived";
import { Detector, type Finding } from "./detector";
import { decodeRace, encodeRace } from "./race";
import {
  type ConflictRecord,
  currentId,
  decodeRecord,
  encodeRecord,
  mergeRecords,
  mergeSides,
  recordKey,
  type Side,
} from "./record";

/** Origin of the transactions that write records and the values that stand. */
export const CONFLICT = Symbol("conflict");

export interface RecorderOptions {
  readonly doc: Y.Doc;
  /** The account of this page; `null` for guests. */
  readonly userId: string | null;
  /** What the server is known to have; as it was before the update that is being merged. */
  readonly acknowledged: ReadonlyMap<number, number>;
  /** The same, with what that update shows the server to have. */
  readonly committed: ReadonlyMap<number, number>;
  /** Whether an origin of transactions is another replica. */
  readonly isRemote: (origin: unknown) => boolean;
  /** Whether the update being merged answers our question for what we missed. */
  readonly isCatchingUp: () => boolean;
  readonly canEdit: () => boolean;
  /** Of one update, and so of one record. */
  readonly maxUpdateBytes: number;
  /** Where races wait that are not over, because a page can be closed at any moment. */
  readonly races?: RaceStore | undefined;
}

/** What keeps the races of this device beyond the page. */
export interface RaceStore {
  keep(key: string, race: Json): void;
  forget(key: string): void;
}

/** How long a value must rest before a live race counts as over. */
export const LIVE_REST_MS = 1500;

export class ConflictRecorder {
  private readonly options: RecorderOptions;
  private readonly doc: Y.Doc;
  private readonly conflicts: Y.Map<Json>;
  private readonly detector: Detector;
  /** Found while catching up, to be written as soon as the merge is done. */
  private caughtUp: Finding[] = [];
  /** Arrows that the merge may have left behind their shapes. */
  private arrows: ArrowBefore[] = [];
  /** Records that somebody else wrote at the same moment under the same key. */
  private rivalRecords: [ConflictRecord, ConflictRecord][] = [];
  /** Live races by record key, each until its value rests. */
  private readonly live = new Map<string, { finding: Finding; timer: Timer }>();

  constructor(options: RecorderOptions) {
    this.options = options;
    this.doc = options.doc;
    // Roots must be known by their type before a merge is looked at from inside.
    for (const root of ["elements", "authors"]) this.doc.getMap(root);
    this.conflicts = this.doc.getMap("conflicts");
    this.detector = new Detector(this.doc, options.acknowledged);
    this.doc.on("beforeObserverCalls", this.onMerge);
    this.doc.on("afterAllTransactions", this.onMerged);
  }

  /** Writes what still waits; to be called before the page goes. */
  readonly flush = (): void => {
    for (const key of [...this.live.keys()]) this.settle(key);
  };

  /** Continues the races that were not over when a page of this device was closed. */
  resume(races: readonly unknown[]): void {
    for (const race of races) {
      const finding = decodeRace(this.doc, race);
      if (finding) this.wait(finding);
    }
  }

  destroy(): void {
    for (const { timer } of this.live.values()) clearTimeout(timer);
    this.doc.off("beforeObserverCalls", this.onMerge);
    this.doc.off("afterAllTransactions", this.onMerged);
  }

  private readonly onMerge = (tr: Y.Transaction): void => {
    if (tr.local || !this.options.isRemote(tr.origin) || !this.options.canEdit()) return;
    const isCatchingUp = this.options.isCatchingUp();
    const { acknowledged } = this.options;
    if (isCatchingUp) this.arrows = arrowsBefore(tr, (id) => isUnacknowledged(id, acknowledged));
    this.rivalRecords = this.findRivalRecords(tr);
    for (const finding of this.detector.find(tr, isCatchingUp)) {
      if (this.wasRecorded(finding, tr)) continue;
      const isSettled = isCatchingUp || finding.isSuperseding || finding.isSilent;
      if (isSettled) this.caughtUp.push(finding);
      else if (!finding.isDerived) this.wait(finding);
    }
  };

  /** Not from inside the merge: Yjs must be done with it. */
  private readonly onMerged = (): void => {
    const { caughtUp: findings, arrows, rivalRecords } = this;
    if (findings.length + arrows.length + rivalRecords.length === 0) return;
    this.caughtUp = [];
    this.arrows = [];
    this.rivalRecords = [];
    const batch = newBatch(this.doc);
    this.doc.transact(() => {
      // First, as long as one of the values that they tell of is the current one.
      for (const [ours, theirs] of rivalRecords) this.join(ours, theirs);
      for (const finding of findings) this.letStand(finding);
      placeDerived(this.doc, findings);
      reattach(this.doc, arrows);
      for (const finding of findings) this.record(finding, batch);
    }, CONFLICT);
  };

  /**
   * Whether somebody who met our value first has recorded it, and perhaps decided: it had reached
   * the server, but we did not hear of that before the connection broke.
   */
  private wasRecorded({ element, group, ids }: Finding, tr: Y.Transaction): boolean {
    const record = this.conflicts._map.get(recordKey(element, group));
    if (record === undefined || !newIn(tr)(record.id)) return false;
    const { acknowledged, committed } = this.options;
    const ours = ids.map(idOfName).filter((id) => !newIn(tr)(id));
    const open = ours.filter((id) => isUnacknowledged(id, acknowledged));
    return open.length > 0 && !open.some((id) => isUnacknowledged(id, committed));
  }

  private findRivalRecords(tr: Y.Transaction): [ConflictRecord, ConflictRecord][] {
    const isRecord = (parent: Y.AbstractType<unknown>) => parent === this.conflicts;
    return concurrentWrites(tr, isRecord).flatMap(({ key, ours, theirs }) => {
      const records = [decodeRecord(key, ours.value), decodeRecord(key, theirs.value)];
      const [own, other] = records;
      // Its writer also takes care of a record that arrived: the writer of the other may not see it again.
      const isOurs =
        ours.id.client === this.doc.clientID ||
        isUnacknowledged(ours.id, this.options.acknowledged);
      return own && other && isOurs ? [[own, other] as [ConflictRecord, ConflictRecord]] : [];
    });
  }

  /** Keeps the sides of both records, unless the conflict was decided meanwhile. */
  private join(ours: ConflictRecord, theirs: ConflictRecord): void {
    const { element, group } = ours;
    const key = recordKey(element, group);
    const map = elementMap(this.doc, element);
    const shown = map ? currentId(map, group) : "";
    if (!this.conflicts.has(key) || ![ours.shown, theirs.shown].includes(shown)) return;
    const joint = this.encoded({ ...mergeRecords(ours, theirs), shown });
    if (joint !== null && !equalJson(joint, this.conflicts.get(key)))
      this.conflicts.set(key, joint);
  }

  private wait(finding: Finding): void {
    const key = recordKey(finding.element, finding.group);
    const known = this.live.get(key);
    if (known) clearTimeout(known.timer);
    this.live.set(key, { finding, timer: setTimeout(() => this.settle(key), LIVE_REST_MS) });
    this.options.races?.keep(key, encodeRace(finding));
  }

  /** Records a live race, unless somebody has written since: they had seen both values. */
  private settle(key: string): void {
    const waiting = this.live.get(key);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.live.delete(key);
    const { finding } = waiting;
    if (this.isUndecided(finding, key)) {
      this.doc.transact(() => this.record(finding, newBatch(this.doc)), CONFLICT);
    }
    this.options.races?.forget(key);
  }

  /** One of the two values stands, perhaps because somebody came back meanwhile with a third. */
  private isUndecided({ map, group, ids, sides }: Finding, key: string): boolean {
    const current = currentId(map, group);
    if (ids.includes(current)) return true;
    const record = decodeRecord(key, this.conflicts.get(key));
    if (record?.shown !== current) return false;
    return record.sides.some(({ id }) => ids.includes(id)) || isShared(record.sides, sides);
  }

  /** Makes the standing value the current one, where Yjs chose the other. */
  private letStand({ map, group, standing }: Finding): void {
    if (standing === undefined) return;
    map.set(group, group === "del" ? signedBy(this.options.userId, standing) : standing);
    this.detector.noteAutomatic(currentId(map, group));
    if (group === "del" && standing === false) restoreCompanions(this.doc, map);
  }

  private record(finding: Finding, batch: string): void {
    if (finding.isDerived) return;
    const { map, element, group, sides, ids, edited } = finding;
    const key = recordKey(element, group);
    const known = decodeRecord(key, this.conflicts.get(key));
    if (finding.isSilent) {
      // Agreeing with one side of an open question without knowing of it does not answer it.
      const isOpen = known && ids.includes(known.shown) && !finding.isAnswer;
      if (isOpen) this.write(key, { ...known, shown: currentId(map, group) });
      return;
    }
    // A value that was only let stand is no choice of anybody: it amends a record, it makes none.
    if (finding.isSuperseding && !known) return;
    const record: ConflictRecord = {
      element,
      group,
      at: known?.at ?? Date.now(),
      batch: known?.batch ?? batch,
      sides: known && this.isContinued(known, finding) ? mergeSides(known.sides, sides) : sides,
      shown: currentId(map, group),
      edited,
    };
    this.write(key, record);
  }

  private encoded(record: ConflictRecord): Json {
    return encodeRecord(record, this.options.maxUpdateBytes);
  }

  private write(key: string, record: ConflictRecord): void {
    const encoded = this.encoded(record);
    // Two values that fill an update each: Yjs' choice stays, as it would without us.
    if (encoded === null || equalJson(encoded, this.conflicts.get(key))) return;
    this.conflicts.set(key, encoded);
  }

  /** Whether a record is about this very conflict, and not one that was settled long ago. */
  private isContinued(known: ConflictRecord, { map, group, ids, sides }: Finding): boolean {
    const { shown } = known;
    if (shown === currentId(map, group) || ids.includes(shown)) return true;
    // Another page of the same person may have made the same value stand, and its write is current.
    return isShared(known.sides, sides);
  }
}

/** A tombstone that this page writes again: nobody may sign with somebody else's name. */
function signedBy(user: string | null, tombstone: Json): Json {
  return isObject(tombstone) && "by" in tombstone ? { ...tombstone, by: user } : tombstone;
}

/** Whether one of the values stands on both. */
function isShared(some: readonly Side[], others: readonly Side[]): boolean {
  return some.some(({ value }) => others.some((side) => equalJson(side.value, value)));
}

type Timer = ReturnType<typeof setTimeout>;

function newBatch(doc: Y.Doc): string {
  return `${doc.clientID}.${Date.now().toString(36)}`;
}
