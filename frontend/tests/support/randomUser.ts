/**
 * A person at an editor who does, at random, everything the binding has to carry: all kinds of
 * elements, frames, groups, labels, arrows, order, deletion and undo. Notes what he meant to change.
 */
import { generateKeyBetween } from "fractional-indexing";
import * as Y from "yjs";
import {
  CHOSEN_GROUPS,
  encodeGroups,
  equalJson,
  type Json,
  type SceneElement,
} from "../../src/canvas/groups";
import type { HistoryEntry } from "../../src/undo/entry";
import { keepForeign } from "../../src/undo/own";
import { Writers } from "../../src/undo/writers";
import { DEEDS, KINDS } from "./deeds";
import { type Properties, rectangle } from "./fakeEditor";
import { NETWORK, Replica } from "./network";
import type { Random } from "./random";
import { contentOf, emptyEntry, indexAt, mergedBound, pick, place, valuesOf } from "./steps";

/** What one action changed, so that it can be undone: the properties and what they were. */
type Done = ReadonlyMap<string, { readonly element: SceneElement; readonly before: Properties }>;

export class RandomUser extends Replica {
  /** `id/key` of what the person changed and what has not been pushed yet. */
  readonly meant = new Set<string>();
  /** Values from others that a network transaction brought. */
  merges = 0;
  /** Keys that were written although the person had not touched them. */
  readonly unmeant: string[] = [];
  /** Values of others that a step of undo or redo wrote over. */
  readonly takenBackFrom: string[] = [];
  /** Values that a step left, although nobody else had ever written them. */
  readonly leftToNobody: string[] = [];
  /** How many steps of undo or redo left something as it is, and how many there were. */
  withheld = 0;
  steps = 0;
  private readonly undos: HistoryEntry[] = [];
  private readonly redos: HistoryEntry[] = [];
  private readonly writers: Writers;
  private isStepping = false;
  /** `id/key` of what others wrote while this person was there. */
  private readonly foreign = new Set<string>();
  /** `id/key` of what this person has removed: to bring it back takes nothing from others. */
  private readonly removed = new Set<string>();
  private undoOf = new Map<string, { element: SceneElement; before: Properties }>();

  constructor(clientId: number) {
    super(clientId);
    this.writers = new Writers(this.doc, { id: String(clientId), name: `user ${clientId}` });
    this.doc.on("afterTransaction", (tr: Y.Transaction) => this.watch(tr));
  }

  push(): void {
    this.binding.push();
    this.meant.clear();
  }

  pull(): void {
    this.binding.pull();
    this.meant.clear();
  }

  /** One thing that people do. */
  act(random: Random, serial: number): void {
    const live = this.editor.scene.filter(({ isDeleted }) => !isDeleted);
    const target = random.pick(live);
    const action = random.below(24);
    this.undoOf = new Map();
    if (action < 2) this.draw(random, serial);
    else if (action < 4) this.stepBack(random);
    else if (action < 5) this.lose(random);
    else if (target) random.pick(DEEDS)?.(this, target, random, live);
    if (this.undoOf.size === 0) return;
    this.undos.push(this.entryOf(this.undoOf));
    this.redos.length = 0;
  }

  /** Undoes, or redoes. */
  stepBack(random: Random): void {
    this.step(random.chance(3) ? this.redos : this.undos);
  }

  /** The step that takes an action back, as the editor records it. */
  private entryOf(done: Done): HistoryEntry {
    const entry = emptyEntry();
    for (const [id, { element, before }] of done) {
      const now = this.editor.get(id);
      const isNew = before.isDeleted === true && Object.keys(before).length === 1;
      const after = isNew ? { ...element } : pick(now, Object.keys(before));
      place(entry, id, { deleted: after, inserted: { ...before } });
    }
    return entry;
  }

  private draw(random: Random, serial: number): void {
    const { editor } = this;
    const make = random.pick(KINDS);
    const place = random.below(editor.scene.length + 1);
    const index = indexAt(editor.scene, place);
    const id = `e${this.doc.clientID}_${serial}`;
    editor.add({ ...(make?.(id, random) ?? rectangle(id)), x: random.below(100), index });
    editor.scene.splice(place, 0, ...editor.scene.splice(-1));
    for (const key of Object.keys(encodeGroups(editor.get(id)))) this.meant.add(`${id}/${key}`);
    this.undoOf.set(id, { element: editor.get(id), before: { isDeleted: true } });
  }

  /** The editor keeps its scene in order and gives new places where two are the same. */
  sort(): void {
    const { scene } = this.editor;
    scene.sort((a, b) => ((a.index ?? "") < (b.index ?? "") ? -1 : 1));
    let below = "";
    for (const [at, { id, index }] of scene.entries()) {
      if ((index ?? "") <= below) {
        const above = scene.slice(at).find((one) => (one.index ?? "") > below)?.index ?? null;
        this.editor.mutate(id, { index: generateKeyBetween(below || null, above) });
        this.meant.add(`${id}/index`);
      }
      below = this.editor.get(id).index ?? "";
    }
  }

  /** Loading a file takes elements out of the scene: that deletes nothing. */
  private lose(random: Random): void {
    if (random.chance(4)) this.editor.scene = this.editor.scene.filter(() => !random.chance(3));
  }

  /** As the editor does it: the old values of what the action changed, on the element as it is. */
  private step(steps: HistoryEntry[]): void {
    const entry = steps.pop();
    if (!entry) return;
    this.editor.idle();
    this.push();
    const scene = new Map(this.editor.scene.map((element) => [element.id, element]));
    const before = valuesOf(entry);
    const { kept, changed } = keepForeign(entry, scene, this.doc, this.writers);
    this.checkLeft(before, valuesOf(entry), kept);
    this.steps += 1;
    if (kept.length + changed.length > 0) this.withheld += 1;
    const inverse = emptyEntry();
    for (const deltas of Object.values(entry.elementsChange)) {
      for (const [id, { deleted, inserted }] of deltas) {
        if (!scene.has(id)) continue; // Taken out of the scene by a file: the real editor has a snapshot.
        const now = pick(this.editor.get(id), Object.keys(inserted));
        this.change(id, { ...inserted, ...mergedBound(this.editor.get(id), deleted, inserted) });
        place(inverse, id, { deleted: { ...inserted }, inserted: { ...deleted, ...now } });
      }
    }
    (steps === this.undos ? this.redos : this.undos).push(inverse);
    this.sort();
    this.isStepping = true;
    this.push();
    this.isStepping = false;
    this.undoOf = new Map();
  }

  /** Changes an element as the editor does, and notes that it was meant. */
  change(id: string, properties: Properties, inPlace = false): void {
    const element = this.editor.get(id);
    const groups = encodeGroups(element);
    const before = Object.fromEntries(Object.keys(properties).map((key) => [key, element[key]]));
    this.undoOf.set(id, {
      element: { ...element },
      before: { ...before, ...this.undoOf.get(id)?.before },
    });
    if (inPlace) this.editor.mutate(id, properties);
    else this.editor.replace(id, properties);
    const now = encodeGroups(this.editor.get(id));
    for (const key of new Set([...Object.keys(groups), ...Object.keys(now)])) {
      if (!equalJson(groups[key], now[key])) this.meant.add(`${id}/${key}`);
    }
  }

  private watch(tr: Y.Transaction): void {
    const elements: unknown = this.doc.getMap("elements");
    const added = [...tr.changed].find(([type]) => (type as unknown) === elements)?.[1];
    if (tr.origin === NETWORK) this.merges += added?.size ?? 0;
    for (const [type, keys] of tr.changed) {
      const id = (type.parent as unknown) === elements ? type._item?.parentSub : null;
      if (typeof id !== "string") continue;
      if (tr.origin === NETWORK) {
        this.merges += keys.size;
        for (const key of keys) {
          this.foreign.add(`${id}/${key}`);
          // What others wrote and took back before it came here leaves this person's removal.
          const isThere = type._map.get(String(key))?.deleted === false;
          if (isThere) this.removed.delete(`${id}/${key}`);
        }
      }
      if (!tr.local) continue;
      const map = type as unknown as Y.Map<Json>;
      for (const key of keys) {
        this.check(id, String(key), added !== undefined);
        if (this.isStepping) this.checkStep(id, String(key), map);
        if (map._map.get(String(key))?.deleted) this.removed.add(`${id}/${key}`);
        else this.removed.delete(`${id}/${key}`);
      }
    }
  }

  /** A step must not write over what somebody else has chosen. */
  private checkStep(id: string, key: string, map: Y.Map<Json>): void {
    const item = map._map.get(key);
    const overwritten = item?.deleted ? item : item?.left;
    const isFirst = !overwritten?.left && !(overwritten && contentOf(overwritten));
    if (
      key === "del" &&
      map.get("del") &&
      isFirst &&
      this.isOwn(map, "type") &&
      this.hasForeign(map)
    ) {
      this.takenBackFrom.push(`${id}, with what others changed`);
    }
    if (!overwritten || overwritten.id.client === this.doc.clientID) return;
    if (this.removed.has(`${id}/${key}`)) return;
    // The editor keeps places in the stack apart by itself, and a tombstone says what was known.
    const isKeeping =
      key === "index" ||
      (key === "del" && Boolean(map.get("del")) === Boolean(contentOf(overwritten)));
    if (!isKeeping) this.takenBackFrom.push(`${id}/${key}`);
  }

  /** What is this person's alone has to be undone. */
  private checkLeft(
    before: ReadonlySet<string>,
    after: ReadonlySet<string>,
    kept: readonly string[],
  ) {
    for (const name of before) {
      const id = name.slice(0, name.indexOf("/"));
      if (after.has(name) || kept.includes(id)) continue;
      // Whom somebody else has deleted since does not come back at all.
      if (this.foreign.has(name) || this.foreign.has(`${id}/del`)) continue;
      const map = this.doc.getMap("elements").get(id);
      if (map instanceof Y.Map && this.isOwn(map, name.slice(id.length + 1))) {
        this.leftToNobody.push(name);
      }
    }
  }

  private isOwn(map: Y.Map<Json>, key: string): boolean {
    return map._map.get(key)?.id.client === this.doc.clientID;
  }

  private hasForeign(map: Y.Map<Json>): boolean {
    return [...map.keys()].some((key) => CHOSEN_GROUPS.has(key) && !this.isOwn(map, key));
  }

  /** Whether what is being written to `id/key` follows from what the person did. */
  private check(id: string, key: string, hasAdded: boolean): void {
    const meant = [...this.meant];
    const isMeant = meant.includes(`${id}/${key}`) || meant.includes(`${id}/*`);
    // A place in the stack is chosen among the places that are shown: they are written with it.
    const isOrder = hasAdded || meant.some((name) => /\/(index|\*)$/.test(name));
    // A change of what is deleted says that the deletion was known.
    const isRenewal = meant.some((name) => name.startsWith(`${id}/`));
    if (isMeant || (key === "index" && isOrder) || (key === "del" && isRenewal)) return;
    this.unmeant.push(`${id}/${key}`);
  }
}
