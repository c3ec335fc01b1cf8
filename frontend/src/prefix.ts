/** Where on its host the site is: at the root, or below a path that it shares the host with others by. */

/** As `/canvas`; empty at the root. */
export const PREFIX = globalThis.document?.documentElement.dataset.prefix ?? "";

/** An address of the site, from the path that it has at the root. */
export function here(path: string): string {
  return PREFIX + path;
}

/** The name of what a browser keeps by origin: two sites on one host keep theirs apart. */
export function ownName(name: string): string {
  return name + PREFIX;
}
