/**
 * The reader of Mermaid text, with the kinds of diagrams that become shapes. The build gives it to the
 * library that draws them too (`pele/lazy` there): with all kinds it would be thrice as large.
 */
import { register } from "pele/core";
import classDiagram from "pele/diagrams/class";
import er from "pele/diagrams/er";
import flowchart from "pele/diagrams/flowchart";
import gantt from "pele/diagrams/gantt";
import quadrant from "pele/diagrams/quadrantChart";
import sequence from "pele/diagrams/sequence";
import state from "pele/diagrams/state";
import timeline from "pele/diagrams/timeline";

register(flowchart, sequence, classDiagram, er, state, gantt, quadrant, timeline);

/** The kinds that become shapes; of others there would be a picture only. */
export const KINDS: ReadonlySet<string | null> = new Set([
  ...["flowchart", "sequence", "class", "er", "state", "gantt", "quadrantChart", "timeline"],
]);

/** What the library asks for before it reads a text: all kinds are here already. */
export async function load(kind: string | null): Promise<boolean> {
  return KINDS.has(kind);
}

export { detectType, parse, render } from "pele/core";
