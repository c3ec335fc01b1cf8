/** A set of functions to call when something changes, in the form that React takes. */
export class Listeners<Args extends readonly unknown[] = []> {
  private readonly all = new Set<(...args: Args) => void>();

  /** Adds one; returns how to remove it. */
  readonly add = (listener: (...args: Args) => void): (() => void) => {
    this.all.add(listener);
    return () => {
      this.all.delete(listener);
    };
  };

  call(...args: Args): void {
    for (const listener of this.all) listener(...args);
  }
}
