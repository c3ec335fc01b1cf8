/** Decides when the binding pushes and pulls. */
import type { Attached } from "./attached";
import type { Binding } from "./binding";
import { type EditorState, isBusy } from "./gesture";

/** During a gesture changes are sent in batches of this length. */
const BUSY_INTERVAL_MS = 50;
/** Otherwise a change is sent at the end of the current frame. */
const IDLE_INTERVAL_MS = 8;
/** Background tabs get no animation frames; a timer does the work there. */
const FRAME_FALLBACK_MS = 250;
/** What others did while a gesture ended is here by then; not the same for all, who would do the same. */
const REST_MS = 400;
const SPREAD_MS = 500;

export class BindingDriver {
  private readonly binding: Binding;
  private readonly attached: Attached;
  private readonly editor: () => EditorState;
  private isGesture = false;
  private settleTimer: ReturnType<typeof setTimeout> | null = null;
  private pushTimer: ReturnType<typeof setTimeout> | null = null;
  private pullTimer: ReturnType<typeof setTimeout> | null = null;
  /** Runs from a pull to the next frame. */
  private restTimer: ReturnType<typeof setTimeout> | null = null;
  private frame = 0;
  private isPullDue = false;
  private lastPushAt = 0;
  private readonly removeListeners: () => void;

  constructor(binding: Binding, attached: Attached, editor: () => EditorState) {
    this.binding = binding;
    this.attached = attached;
    this.editor = editor;
    this.removeListeners = this.listen();
  }

  /** To be called at every change that the editor reports, also when nothing changed. */
  readonly onEditorChange = (): void => {
    this.followGesture();
    if (this.pushTimer === null && this.binding.hasLocalChanges()) this.schedulePush();
    if (this.binding.hasRemoteChanges) this.schedulePull();
  };

  /**
   * To be called when the document changed. Pulls at once, so that the next frame shows it, and then
   * once for each frame.
   */
  readonly schedulePull = (): void => {
    if (this.restTimer !== null) this.isPullDue = true;
    else this.pullTimer ??= setTimeout(this.pullNow);
  };

  /** Writes at once what is due. */
  readonly flush = (): void => {
    if (this.pushTimer !== null) clearTimeout(this.pushTimer);
    this.pushTimer = null;
    this.lastPushAt = performance.now();
    this.binding.push();
  };

  destroy(): void {
    this.flush();
    if (this.settleTimer !== null) clearTimeout(this.settleTimer);
    this.attached.destroy();
    if (this.pullTimer !== null) clearTimeout(this.pullTimer);
    this.stopRest();
    this.removeListeners();
    this.binding.destroy();
  }

  private followGesture(): void {
    const editor = this.editor();
    const isGesture = isBusy(editor);
    if (isGesture && !this.isGesture) this.attached.begin();
    if (isGesture) this.attached.hold(editor);
    // The editor may still have to finish.
    if (!isGesture && this.isGesture) this.scheduleSettle(0);
    if (isGesture && this.settleTimer !== null) clearTimeout(this.settleTimer);
    this.isGesture = isGesture;
  }

  private scheduleSettle(after: number): void {
    if (this.settleTimer !== null) clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => {
      this.flush();
      this.binding.pull();
      if (this.attached.settle()) this.flush();
      if (after === 0) this.scheduleSettle(REST_MS + Math.random() * SPREAD_MS);
    }, after);
  }

  private schedulePush(): void {
    const interval = isBusy(this.editor()) ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS;
    const since = performance.now() - this.lastPushAt;
    this.pushTimer = setTimeout(this.flush, Math.max(0, interval - since));
  }

  private readonly pullNow = (): void => {
    this.pullTimer = null;
    this.frame = requestAnimationFrame(this.endRest);
    this.restTimer = setTimeout(this.endRest, FRAME_FALLBACK_MS);
    this.binding.pull();
  };

  private readonly endRest = (): void => {
    this.stopRest();
    if (this.isPullDue) this.schedulePull();
    this.isPullDue = false;
  };

  private stopRest(): void {
    cancelAnimationFrame(this.frame);
    if (this.restTimer !== null) clearTimeout(this.restTimer);
    this.restTimer = null;
  }

  private listen(): () => void {
    // The editor finishes a gesture in its own listener, which may run after this one.
    const onPointerUp = () => void setTimeout(this.flush, 0);
    const onVisibility = () => {
      if (document.visibilityState === "hidden") this.flush();
    };
    window.addEventListener("pointerup", onPointerUp);
    window.addEventListener("blur", this.flush);
    window.addEventListener("pagehide", this.flush);
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      window.removeEventListener("pointerup", onPointerUp);
      window.removeEventListener("blur", this.flush);
      window.removeEventListener("pagehide", this.flush);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }
}
