import { initials } from "./initials";
import type { Author } from "./thread";

/** The first letters of a name, on the person's colour. For show: the name stands beside it. */
export function Avatar({ author }: { readonly author: Author }) {
  const hue = hueOf(author.id ?? author.guestId + author.name);
  return (
    <span className={`avatar hue-${hue}`} aria-hidden="true">
      {initials(author.name)}
    </span>
  );
}

/** One of the twelve colours of `controls.css`; the server makes the same. */
function hueOf(key: string): number {
  let hash = 2166136261;
  for (const character of key) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % 12;
}
