/** Runs work that is needed often and may be slow, with pauses in proportion to its duration. */

/** From one run to the next at least. */
const INTERVAL_MS = 150;
/** A run that takes a while is followed by a pause of this many times as long. */
const SHARE = 10;

export class Throttle {
  private readonly work: () => void;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private ranAt = 0;
  private tookMs = 0;

  constructor(work: () => void) {
    this.work = work;
  }

  /** Runs at once if the last run is long enough ago, else once when it is. */
  readonly soon = (): void => {
    if (this.timer !== null) return;
    const since = Date.now() - this.ranAt;
    const interval = Math.max(INTERVAL_MS, SHARE * this.tookMs);
    if (since >= interval) this.now();
    else this.timer = setTimeout(() => this.now(), interval - since);
  };

  /** Cancels a run that was due. */
  cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Runs at once, and cancels a run that was due. */
  now(): void {
    this.cancel();
    const startedAt = performance.now();
    this.work();
    this.tookMs = performance.now() - startedAt;
    this.ranAt = Date.now();
  }
}
