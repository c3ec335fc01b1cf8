/**
 * Takes the place of `mermaid/convert.ts` where there is no browser: the library that makes shapes of
 * Mermaid text reads them from an SVG in a whole DOM.
 */
import { Refused } from "../files/refused";

export async function elementsOfMermaid(): Promise<never> {
  throw new Refused("Mermaid text is drawn on the page alone: drop the file on a board there.");
}
