/**
 * Binds a canvas editor to the document, both ways.
 *
 * push: scene → document, only what the user changed, group by group, in one transaction.
 * pull: document → scene, only what others changed, and never what is under the user's fingers.
 *
 * Nothing here knows React or timers; `driver.ts` decides when to push and pull.
 */
import * as Y from "yjs";
import { seenOf } from "../conflicts/deletion";
import { assignGroup, type Baseline, type Baselines } from "./baseline";
import { bounded } from "./bounds";
import { type ElementChange, findChanges, isTouched } from "./changes";
import { isTombstone } from "./decode";
import { type EditorState, isInCreation } from "./gesture";
import { encodeGroups, type Groups, type Json, type SceneElement } from "./groups";
import { isStructural, mergeElement, type Restore, repairForDisplay, type SceneMap } from "./merge";

/** Origin of every transaction that carries the user's own edits. */
export const LOCAL = Symbol("local edit");

/** The editor, as the binding sees it. */
export interface Scene {
  /** All elements, deleted ones included, in stacking order. */
  elements(): readonly SceneElement[];
  editor(): EditorState;
  /** Replaces all elements without an entry in the user's undo history. */
  show(elements: readonly SceneElement[]): void;
  showBackground(color: string): void;
  readonly restore: Restore;
}

/** Who draws here; the server checks it, this is for display. */
export interface Author {
  readonly id: string | null;
  readonly name: string;
}

export interface BindingOptions {
  readonly doc: Y.Doc;
  readonly scene: Scene;
  readonly author: Author;
  /** Whether the user may write; asked again at every push. */
  readonly canEdit: () => boolean;
  /** Called when the document holds something that the scene does not show yet. */
  readonly onRemoteChange?: () => void;
}

/** How long the editor may take to report a background that was set from outside. */
const BACKGROUND_PATIENCE_MS = 1000;
const MAX_COLOR_LENGTH = 64;

export class Binding {
  private readonly doc: Y.Doc;
  private readonly scene: Scene;
  private readonly options: BindingOptions;
  private readonly elements: Y.Map<Y.Map<unknown>>;
  private readonly meta: Y.Map<Json>;
  private readonly authors: Y.Map<Json>;
  private readonly conflicts: Y.Map<Json>;
  private readonly baselines: Baselines = new Map();
  private readonly dirty = new Set<string>();
  /** Elements that were shared while they were still being drawn out; they may yet be cancelled. */
  private readonly inCreation = new Set<string>();
  /** The user's own edits changed the order or references; what is shown may need a repair. */
  private needsRepair = false;
  private isBackgroundDirty = true;
  private background: string;
  private backgroundAwaitedUntil = 0;
  private isAuthorKnown = false;

  constructor(options: BindingOptions) {
    this.options = options;
    this.doc = options.doc;
    this.scene = options.scene;
    this.elements = this.doc.getMap("elements");
    this.meta = this.doc.getMap("meta");
    this.authors = this.doc.getMap("authors");
    this.conflicts = this.doc.getMap("conflicts");
    this.background = this.scene.editor().viewBackgroundColor;
    for (const id of this.elements.keys()) this.dirty.add(id);
    this.elements.observeDeep(this.onElements);
    this.meta.observe(this.onMeta);
  }

  /** Whether a pull would have something to look at. */
  get hasRemoteChanges(): boolean {
    return this.dirty.size > 0 || this.isBackgroundDirty || this.needsRepair;
  }

  /** Whether a push could have something to write; cheap, for every render of the editor. */
  hasLocalChanges(): boolean {
    if (!this.options.canEdit()) return false;
    const editor = this.scene.editor();
    return (
      editor.viewBackgroundColor !== this.background ||
      this.inCreation.size > 0 ||
      isTouched(this.scene.elements(), this.baselines)
    );
  }

  /** Writes the user's changes since the last exchange. Does nothing for who may not edit. */
  push(): void {
    const editor = this.scene.editor();
    if (!this.options.canEdit() || editor.isLoading) return;
    const found = findChanges(this.scene.elements(), editor, this.baselines, this.readShared);
    const changes = found.changes.filter((change) => this.isWritten(change));
    const cancelled = this.settleCreation(editor, found.missing, changes);
    // Not in the scene is not deleted: loading a file replaces all elements. They are shown again.
    for (const id of found.missing) this.forgetShown(id);
    const background = this.changedBackground(editor);
    if (changes.length === 0 && cancelled.length === 0 && background === null) return;
    this.doc.transact(() => {
      for (const change of changes) this.write(change);
      for (const id of cancelled) {
        const map = this.elementMap(id);
        map?.set("del", this.tombstone(map));
      }
      if (background !== null) this.meta.set("viewBackgroundColor", background);
      this.writeOrder(changes);
      this.writeAuthor(changes);
    }, LOCAL);
    if (changes.some(({ changed }) => changed.some(isStructural))) {
      this.needsRepair = true;
      this.options.onRemoteChange?.();
    }
  }

  /** Shows what others changed. Pushes first, so that the user's own edits are part of the merge. */
  pull(): void {
    const editor = this.scene.editor();
    if (editor.isLoading) return;
    this.push();
    this.pullBackground();
    if (this.dirty.size === 0 && !this.needsRepair) return;
    const scene: SceneMap = new Map(this.scene.elements().map((element) => [element.id, element]));
    let isChanged = false;
    let isRepairNeeded = this.needsRepair;
    this.needsRepair = false;
    for (const id of [...this.dirty]) {
      const groups = this.readShared(id);
      if (!groups) {
        this.dirty.delete(id);
        continue;
      }
      const { restore } = this.scene;
      const result = mergeElement(id, groups, scene, this.baselines, editor, restore);
      if (!result.held) this.dirty.delete(id);
      isChanged ||= result.changed;
      isRepairNeeded ||= result.structural;
    }
    if (isRepairNeeded) {
      const repaired = repairForDisplay(scene, this.baselines, editor);
      isChanged ||= repaired.changed;
      for (const id of repaired.held) this.dirty.add(id);
    }
    if (isChanged) this.show(scene);
  }

  /**
   * What the editor changes at once in what it is given, it repairs: nobody did that, and it is not
   * to be written. Every page would do so, each its own way, and answer the others for ever.
   */
  private show(scene: SceneMap): void {
    const ids = new Set(scene.keys());
    this.scene.show([...scene.values()]);
    for (const element of this.scene.elements()) {
      const baseline = this.baselines.get(element.id);
      const isOwn = baseline === undefined && ids.has(element.id);
      const { version, versionNonce: nonce } = element;
      if (isOwn || (baseline?.version === version && baseline.nonce === nonce)) continue;
      const shown = encodeGroups(element);
      if (baseline) Object.assign(baseline, { version, nonce, shown });
      else this.baselines.set(element.id, { ...newBaseline(), version, nonce, shown });
    }
  }

  destroy(): void {
    this.elements.unobserveDeep(this.onElements);
    this.meta.unobserve(this.onMeta);
  }

  private readonly onElements = (events: Y.YEvent<Y.Map<unknown>>[], tr: Y.Transaction): void => {
    if (tr.origin === LOCAL) return;
    for (const event of events) {
      if (event.path.length > 0) this.dirty.add(String(event.path[0]));
      else for (const id of event.keys.keys()) this.dirty.add(id);
    }
    this.options.onRemoteChange?.();
  };

  private readonly onMeta = (_event: Y.YMapEvent<Json>, tr: Y.Transaction): void => {
    if (tr.origin === LOCAL) return;
    this.isBackgroundDirty = true;
    this.options.onRemoteChange?.();
  };

  private readonly readShared = (id: string): Groups | null => {
    const map = this.elementMap(id);
    if (!map) return null;
    const groups: Groups = {};
    for (const [key, value] of map.entries()) {
      if (!(value instanceof Y.AbstractType)) groups[key] = value;
    }
    return groups;
  };

  /** The map of an element; `null` also when something else stands in its place. */
  private elementMap(id: string): Y.Map<Json> | null {
    const map: unknown = this.elements.get(id);
    return map instanceof Y.Map ? (map as Y.Map<Json>) : null;
  }

  /** Takes note of elements that were touched but not changed; the others are to be written. */
  private isWritten({ element, changed }: ElementChange): boolean {
    if (changed.length > 0) return true;
    const baseline = this.baselines.get(element.id);
    if (baseline) {
      baseline.version = element.version;
      baseline.nonce = element.versionNonce;
    }
    return false;
  }

  private write({ element, groups, changed }: ElementChange): void {
    const baseline = this.baselines.get(element.id) ?? newBaseline();
    const map = this.elementMap(element.id);
    const written = bounded(groups);
    if (map) {
      // A tombstone says what its writer had seen, his own last edits included: it comes last.
      const ordered = changed.filter((key) => key !== "del");
      if (ordered.length < changed.length) ordered.push("del");
      for (const key of ordered) this.writeGroup(map, key, written[key], baseline);
      if (groups.del === true && !changed.includes("del")) this.renewTombstone(map, baseline);
    } else {
      baseline.shared = this.documentGroups(written);
      this.elements.set(element.id, new Y.Map<unknown>(Object.entries(baseline.shared)));
      baseline.masked.clear();
    }
    baseline.shown = groups;
    baseline.version = element.version;
    baseline.nonce = element.versionNonce;
    this.baselines.set(element.id, baseline);
    if (written !== groups) this.showWritten(element.id, baseline, groups, written);
  }

  /** What was beyond a bound is to be shown as it was written. */
  private showWritten(id: string, baseline: Baseline, groups: Groups, written: Groups): void {
    for (const key of Object.keys(groups)) {
      if (groups[key] !== written[key]) assignGroup(baseline.shared, key, undefined);
    }
    this.dirty.add(id);
    this.options.onRemoteChange?.();
  }

  private writeGroup(map: Y.Map<Json>, key: string, value: Json | undefined, baseline: Baseline) {
    const written = key === "del" ? value === true && this.tombstone(map) : value;
    if (written === undefined) map.delete(key);
    else map.set(key, written);
    assignGroup(baseline.shared, key, written);
    baseline.masked.delete(key);
  }

  /**
   * Undo changes deleted elements as well. Whoever does knows that it is deleted; the tombstone says
   * so, or the change would pass for one that missed the deletion.
   */
  private renewTombstone(map: Y.Map<Json>, baseline: Baseline): void {
    const tombstone = map.get("del");
    if (!isTombstone(tombstone)) return;
    const by = this.options.author.id;
    const renewed = { ...(typeof tombstone === "object" ? tombstone : {}), by, seen: seenOf(map) };
    map.set("del", renewed);
    assignGroup(baseline.shared, "del", renewed);
  }

  private documentGroups(groups: Groups): Groups {
    const { del, ...others } = groups;
    return del === true ? { ...others, del: this.tombstone(null) } : others;
  }

  /**
   * A new place in the stack was chosen among the places that are shown. Repaired indices that were
   * only shown until now are part of that choice and are written with it.
   */
  private writeOrder(changes: readonly ElementChange[]): void {
    if (!changes.some(({ changed }) => changed.includes("index"))) return;
    for (const [id, baseline] of this.baselines) {
      const index = baseline.shown?.index;
      const map = this.elementMap(id);
      if (!baseline.masked.has("index") || index === undefined || !map) continue;
      this.writeGroup(map, "index", index, baseline);
    }
  }

  /**
   * Says who this client id is, once. A removed key leaves nothing behind that a state vector could
   * cover, so the entry is written again with it: "saved" then includes the removal.
   */
  private writeAuthor(changes: readonly ElementChange[]): void {
    const settles = this.settleConflicts(changes);
    const removes = changes.some(({ groups, changed }) => changed.some((key) => !(key in groups)));
    if (this.isAuthorKnown && !removes && !settles) return;
    this.isAuthorKnown = true;
    const { id, name } = this.options.author;
    this.authors.set(String(this.doc.clientID), { user: id, name });
    if (!this.meta.has("schema")) this.meta.set("schema", 1);
  }

  /** Whoever edits a value that was in conflict has decided. Returns whether there was any. */
  private settleConflicts(changes: readonly ElementChange[]): boolean {
    if (this.conflicts.size === 0) return false;
    const settled = changes
      .flatMap(({ element, changed }) => changed.map((key) => `${element.id}/${key}`))
      .filter((key) => this.conflicts.has(key));
    for (const key of settled) this.conflicts.delete(key);
    return settled.length > 0;
  }

  /** Elements whose drawing was cancelled after they had been shared; they leave the scene. */
  private settleCreation(
    editor: EditorState,
    missing: readonly string[],
    changes: readonly ElementChange[],
  ): string[] {
    const cancelled: string[] = [];
    for (const id of this.inCreation) {
      if (isInCreation(editor, id)) continue;
      this.inCreation.delete(id);
      if (missing.includes(id)) cancelled.push(id);
    }
    for (const { element } of changes) {
      if (isInCreation(editor, element.id)) this.inCreation.add(element.id);
    }
    return cancelled;
  }

  private forgetShown(id: string): void {
    const baseline = this.baselines.get(id);
    if (baseline) baseline.shown = null;
    this.dirty.add(id);
    this.options.onRemoteChange?.();
  }

  /** `map` is the element's, unless it is deleted as soon as it is created. */
  private tombstone(map: Y.Map<Json> | null): Json {
    const deletion = { by: this.options.author.id, at: Date.now() };
    return map ? { ...deletion, seen: seenOf(map) } : deletion;
  }

  private changedBackground(editor: EditorState): string | null {
    const color = editor.viewBackgroundColor;
    if (color === this.background) this.backgroundAwaitedUntil = 0;
    // The editor reports a background from outside some renders later; until then it is no edit.
    if (color === this.background || Date.now() < this.backgroundAwaitedUntil) return null;
    this.background = color;
    return color;
  }

  private pullBackground(): void {
    this.isBackgroundDirty = false;
    const color = this.meta.get("viewBackgroundColor");
    if (typeof color !== "string" || color.length > MAX_COLOR_LENGTH) return;
    if (color === this.background) return;
    this.background = color;
    this.backgroundAwaitedUntil = Date.now() + BACKGROUND_PATIENCE_MS;
    this.scene.showBackground(color);
  }
}

function newBaseline(): Baseline {
  return { version: 0, nonce: 0, shared: {}, shown: null, masked: new Set() };
}
