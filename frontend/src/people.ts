/** The colour of a person, the same wherever they are: cursor, selection, avatar, pin. */

/**
 * Twelve hues of one brightness: 3.3:1 on white, 4.4:1 and more on the dark canvas, which the editor makes by
 * inverting, and 4.9:1 under the dark text of names. `controls.css` has the same.
 */
export const COLOURS = [
  ...["#f15858", "#d57311", "#929208", "#539e08", "#0da40d", "#0da257"],
  ...["#0d9d9d", "#308fee", "#8080f5", "#b06cf3", "#ee30ee", "#f14d9f"],
] as const;

/** What is marked on the canvas for a reason of the board, and not of a person. */
export const MARKS = { conflict: "canvas:conflict", away: "canvas:away" } as const;
const COLOURS_OF_MARKS: Readonly<Record<string, string>> = {
  [MARKS.conflict]: "#d9480f",
  [MARKS.away]: "#1971c2",
};

/** Which of the colours a person has, by their id; the server makes the same for pages. */
export function hueOf(id: string): number {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % COLOURS.length;
}

/** What the editor draws for somebody, or for a mark. */
export function colourOf(id: string): string {
  return COLOURS_OF_MARKS[id] ?? COLOURS[hueOf(id)] ?? COLOURS[0];
}
