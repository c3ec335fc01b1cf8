/** Reads Mermaid text and lays it out, for its faults alone: what is drawn is made from it later. */
import { MAX_CHARACTERS, MAX_EDGES, type Outcome } from "./limits";
import { detectType, KINDS, parse, render } from "./pele";

interface Fault {
  readonly message: string;
  readonly code?: string;
  readonly line?: number;
}

/** Never throws: what is wrong is the answer. */
export function layOut(text: string): Outcome {
  try {
    if (!KINDS.has(detectType(text))) return { kind: "unknown" };
    const model = parse(text, { limit: MAX_CHARACTERS, maxEdges: MAX_EDGES });
    render(model, { responsive: false, autoDirection: false });
    return { kind: "fits" };
  } catch (error) {
    const { code, line, message } = error as Fault;
    if (code === "unsupported-diagram") return { kind: "unknown" };
    if (code === "limit") return { kind: "edges" };
    return { kind: "fault", line: line ?? 0, problem: problemIn(message) };
  }
}

/** The part of a message that says something: where it is stands beside it. */
function problemIn(message: string): string {
  const [first = "", second] = String(message).split("\n");
  return (second?.trim() || first).slice(0, 300);
}
