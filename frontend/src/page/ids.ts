/** A fresh element id that nobody else makes. */
export function newElementId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("").slice(0, 32);
}
