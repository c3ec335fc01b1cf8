/** The starter set: drawn by this product, for everybody, and not to be changed. */
import type { FileElement } from "../../canvas/file";
import { t } from "../../i18n";
import type { Item } from "../item";
import { flow } from "./flow";
import { network } from "./network";
import { retro } from "./retro";
import { uml } from "./uml";

/** The name of a drawing, and what it is made of. */
export type Sketch = readonly [name: string, elements: readonly FileElement[]];

export interface StarterSet {
  readonly id: string;
  readonly title: string;
  readonly items: readonly Item[];
}

/** In the language of the page. */
export function starterSets(): StarterSet[] {
  return [
    setOf("flow", t("Flow charts"), flow()),
    setOf("uml", t("UML"), uml()),
    setOf("network", t("Networks"), network()),
    setOf("retro", t("Retrospectives"), retro()),
  ];
}

function setOf(id: string, title: string, sketches: readonly Sketch[]): StarterSet {
  const items = sketches.map(([name, elements], n) => ({
    ...{ id: `${id}-${n}`, name, position: n, elements, files: {} },
  }));
  return { id, title, items };
}
