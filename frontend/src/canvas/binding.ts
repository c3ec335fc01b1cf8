/**
 * Binds a canvas editor to the document, both ways.
 *
 * push: scene → document, only what the user changed, group by group, in one transaction.
 * pull: document → scene, only what others changed, and never what is under the user's fingers.
 *
 * Nothing here knows React or timers; `driver.ts` decides when to push and pull. `changes.ts` finds
 * what to push and `writer.ts` writes it; `merge.ts` takes over what is pulled.
 */
import type * as Y from "yjs";
import { Background } from "./background";
import { type Baselines, newBaseline } from "./baseline";
import { type ElementChange, findChanges, isTouched, type SceneChanges } from "./changes";
import { type EditorState, isBusy, isInCreation } from "./gesture";
import { encodeGroups, type Groups, type Json, type SceneElement } from "./groups";
import { isStructural, mergeElement, type Restore, repairForDisplay, type SceneMap } from "./merge";
import { isOnlyElsewhere } from "./moved";
import { readGroups } from "./shared";
import { type Author, Writer } from "./writer";

/** Origin of every transaction that carries the user's own edits. */
export const LOCAL = Symbol("local edit");

/** The editor, as the binding sees it. */
export interface Scene {
  /** All elements, deleted ones included, in stacking order. */
  elements(): readonly SceneElement[];
  editor(): EditorState;
  /** Replaces all elements without an entry in the user's undo history. */
  show(elements: readonly SceneElement[]): void;
  /** The same for elements that are only somewhere else: puts them there. */
  move(elements: readonly SceneElement[]): void;
  showBackground(color: string): void;
  readonly restore: Restore;
}

export interface BindingOptions {
  readonly doc: Y.Doc;
  readonly scene: Scene;
  readonly author: Author;
  /** Whether the user may write; asked again at every push. */
  readonly canEdit: () => boolean;
  /** Whether a new element stays in this page for now; asked again at every push. */
  readonly isHeldBack?: (element: SceneElement) => boolean;
  /** Called when the document holds something that the scene does not show yet. */
  readonly onRemoteChange?: () => void;
  /** Called the first time that somebody wrote a value which nobody can show. */
  readonly onIgnored?: (element: string) => void;
  /** Called when changes were taken back, because the user may not edit. */
  readonly onTakenBack?: () => void;
}

export class Binding {
  private readonly doc: Y.Doc;
  private readonly scene: Scene;
  private readonly options: BindingOptions;
  private readonly elements: Y.Map<Y.Map<unknown>>;
  private readonly meta: Y.Map<Json>;
  private readonly background: Background;
  private readonly writer: Writer;
  private readonly baselines: Baselines = new Map();
  /** Elements of which the document may hold something that is not shown yet. */
  private readonly dirty = new Set<string>();
  /** Elements that were shared while they were still being drawn out; they may yet be cancelled. */
  private readonly inCreation = new Set<string>();
  /** The user's own edits changed the order or references; what is shown may need a repair. */
  private needsRepair = false;
  private isIgnoredTold = false;
  private isBackgroundDirty = true;

  constructor(options: BindingOptions) {
    const { doc, scene, author } = options;
    this.options = options;
    this.doc = doc;
    this.scene = scene;
    this.elements = doc.getMap("elements");
    this.meta = doc.getMap("meta");
    this.background = new Background(this.meta, scene.editor().viewBackgroundColor);
    const onBounded = (id: string) => this.setDirty(id);
    this.writer = new Writer({ doc, author, baselines: this.baselines, onBounded });
    for (const id of this.elements.keys()) this.dirty.add(id);
    this.elements.observeDeep(this.onElements);
    this.meta.observe(this.onMeta);
  }

  destroy(): void {
    this.elements.unobserveDeep(this.onElements);
    this.meta.unobserve(this.onMeta);
  }

  /** Whether a push could have something to do; cheap, for every render of the editor. */
  hasLocalChanges(): boolean {
    return (
      this.background.isTouched(this.scene.editor()) ||
      this.inCreation.size > 0 ||
      isTouched(this.scene.elements(), this.baselines)
    );
  }

  /** Writes the user's changes since the last exchange. For people who may not edit, takes them back. */
  push(): void {
    const editor = this.scene.editor();
    if (editor.isLoading) return;
    if (!this.options.canEdit()) {
      this.takeBack(editor);
      return;
    }
    const found = this.findChanges(editor);
    const changes = found.changes.filter((change) => this.isWritten(change));
    const cancelled = this.settleCreation(editor, found.missing, changes);
    // Missing from the scene does not mean deleted: loading a file replaces all elements. Show them again.
    for (const id of found.missing) this.forgetShown(id);
    const color = this.background.changed(editor);
    if (changes.length === 0 && cancelled.length === 0 && color === null) return;
    this.doc.transact(() => {
      if (color !== null) this.background.write(color);
      this.writer.write(changes, cancelled);
    }, LOCAL);
    if (changes.some(({ changed }) => changed.some(isStructural))) {
      this.needsRepair = true;
      this.options.onRemoteChange?.();
    }
  }

  /**
   * Shows what is shared in place of what the editor did without the right to edit, at once: left in
   * the scene, it would be written when the right comes. A gesture is let finish first.
   */
  private takeBack(editor: EditorState): void {
    if (isBusy(editor)) return;
    const found = this.findChanges(editor);
    const wrong = found.changes.filter((change) => this.isWritten(change));
    const isRepainted = this.background.takeBack(editor, (color) =>
      this.scene.showBackground(color),
    );
    if (wrong.length === 0 && found.missing.length === 0 && !isRepainted) return;
    const scene = this.sceneMap();
    for (const { element } of wrong) {
      scene.delete(element.id);
      const baseline = this.baselines.get(element.id);
      // What takes its place has to be newer than what the editor knows.
      if (baseline) Object.assign(baseline, { version: element.version, shown: null });
      this.dirty.add(element.id);
    }
    for (const id of found.missing) this.forgetShown(id);
    this.merge(scene, editor, true);
    this.options.onTakenBack?.();
  }

  private findChanges(editor: EditorState): SceneChanges {
    const { isHeldBack } = this.options;
    const elements = this.scene.elements();
    return findChanges(elements, editor, this.baselines, this.readShared, isHeldBack);
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
    this.setDirty(id);
  }

  private setDirty(id: string): void {
    this.dirty.add(id);
    this.options.onRemoteChange?.();
  }

  private tellIgnored(element: string): void {
    if (!this.isIgnoredTold) this.options.onIgnored?.(element);
    this.isIgnoredTold = true;
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

  /** Whether a pull would have something to look at. */
  get hasRemoteChanges(): boolean {
    return this.dirty.size > 0 || this.isBackgroundDirty || this.needsRepair;
  }

  /** Shows what others changed. Pushes first, so that the user's own edits are part of the merge. */
  pull(): void {
    const editor = this.scene.editor();
    if (editor.isLoading) return;
    this.push();
    this.isBackgroundDirty = false;
    this.background.pull((color) => this.scene.showBackground(color));
    if (this.dirty.size > 0 || this.needsRepair) this.merge(this.sceneMap(), editor);
  }

  private sceneMap(): SceneMap {
    return new Map(this.scene.elements().map((element) => [element.id, element]));
  }

  /** Shows `scene` with what others changed; `isChanged` says that it is not what the editor has. */
  private merge(scene: SceneMap, editor: EditorState, isChanged = false): void {
    const merged = this.mergeDirty(scene, editor);
    const isMoved = !isChanged && !this.needsRepair && merged.isMoved;
    isChanged ||= merged.changed;
    if (merged.structural || this.needsRepair) {
      const repaired = repairForDisplay(scene, this.baselines, editor);
      isChanged ||= repaired.changed;
      for (const id of repaired.held) this.dirty.add(id);
    }
    this.needsRepair = false;
    if (isMoved) this.scene.move(merged.moved);
    else if (isChanged) this.show(scene);
  }

  /** Takes over what others changed, but for what is under the user's fingers: that stays dirty. */
  private mergeDirty(scene: SceneMap, editor: EditorState) {
    const merged = {
      changed: false,
      structural: false,
      isMoved: true,
      moved: [] as SceneElement[],
    };
    for (const id of [...this.dirty]) {
      const groups = this.readShared(id);
      if (!groups) {
        this.dirty.delete(id);
        continue;
      }
      const { restore } = this.scene;
      const before = scene.get(id);
      const result = mergeElement(id, groups, scene, this.baselines, editor, restore);
      if (!result.held) this.dirty.delete(id);
      if (result.ignored) this.tellIgnored(id);
      merged.changed ||= result.changed;
      merged.structural ||= result.structural;
      if (!result.changed) continue;
      const after = scene.get(id);
      if (!result.structural && isOnlyElsewhere(before, after)) merged.moved.push(after);
      else merged.isMoved = false;
    }
    merged.isMoved &&= merged.changed;
    return merged;
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

  private readonly readShared = (id: string): Groups | null => readGroups(this.doc, id);
}
