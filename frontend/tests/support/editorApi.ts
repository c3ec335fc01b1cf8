/**
 * Excalidraw's imperative API over the stand-in editor: what the page asks of it, and what it reports.
 * Like the real one it reports changes some time later, and shows what it is given at once.
 */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type { EditorState } from "../../src/canvas/gesture";
import type { SceneElement } from "../../src/canvas/groups";
import { FakeEditor } from "./fakeEditor";

type Update = {
  readonly elements?: readonly SceneElement[];
  readonly appState?: Partial<EditorState> & Record<string, unknown>;
  readonly collaborators?: Map<string, Record<string, unknown>>;
};

export class EditorApi {
  readonly editor = new FakeEditor();
  readonly files: Record<string, unknown> = {};
  readonly toasts: string[] = [];
  collaborators = new Map<string, Record<string, unknown>>();
  /** What was brought into view, as ids. */
  readonly shownIds: string[][] = [];
  tool = "selection";
  private appState: Record<string, unknown> = {
    scrollX: 0,
    scrollY: 0,
    width: 800,
    height: 600,
    offsetLeft: 0,
    offsetTop: 0,
    zoom: { value: 1 },
    viewModeEnabled: false,
  };
  private readonly changeListeners = new Set<() => void>();
  private readonly scrollListeners = new Set<() => void>();
  private followListener: ((event: unknown) => void) | null = null;

  /** As the page takes it. */
  get api(): ExcalidrawImperativeAPI {
    return this as unknown as ExcalidrawImperativeAPI;
  }

  readonly history = { clear: () => {} };

  getSceneElements = () => this.editor.elements().filter(({ isDeleted }) => !isDeleted);
  getSceneElementsIncludingDeleted = () => this.editor.elements();
  getAppState = () => ({ ...this.appState, ...this.editor.state });
  getFiles = () => this.files;

  addFiles = (files: readonly { readonly id: string }[]) => {
    for (const file of files) this.files[file.id] = file;
  };

  setToast = ({ message }: { readonly message: string }) => void this.toasts.push(message);
  setActiveTool = ({ type }: { readonly type: string }) => {
    this.tool = type;
  };

  updateScene = ({ elements, appState, collaborators }: Update) => {
    if (elements) this.editor.scene = [...elements];
    if (appState) this.setState(appState);
    if (collaborators) this.collaborators = collaborators;
    if (elements || appState) this.report();
  };

  scrollToContent = (target: unknown) => {
    const elements = Array.isArray(target) ? target : target ? [target] : [];
    this.shownIds.push(elements.map(({ id }: { id: string }) => id));
  };

  onChange = (listener: () => void) => listenTo(this.changeListeners, listener);
  onScrollChange = (listener: () => void) => listenTo(this.scrollListeners, listener);
  onUserFollow = (listener: (event: unknown) => void) => {
    this.followListener = listener;
    return () => {
      this.followListener = null;
    };
  };

  /** Whether anybody listens. */
  get isWatched(): boolean {
    return this.changeListeners.size > 0;
  }

  /** Something was done in the editor. */
  report(): void {
    for (const listener of [...this.changeListeners]) listener();
  }

  /** The user draws an element. */
  draw(element: SceneElement): void {
    this.editor.add(element);
    this.report();
  }

  scroll(change: { scrollX?: number; scrollY?: number }): void {
    this.setState(change);
    for (const listener of [...this.scrollListeners]) listener();
  }

  setState(change: Record<string, unknown>): void {
    const followed = change.userToFollow as { socketId: string } | null | undefined;
    const before = this.appState.userToFollow as { socketId: string } | null | undefined;
    this.appState = { ...this.appState, ...change };
    this.editor.setState(change as Partial<EditorState>);
    if (!("userToFollow" in change)) return;
    // As when an avatar is clicked.
    if (followed) this.followListener?.({ userToFollow: followed, action: "FOLLOW" });
    else if (before) this.followListener?.({ userToFollow: before, action: "UNFOLLOW" });
  }
}

function listenTo(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
