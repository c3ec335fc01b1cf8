// @vitest-environment happy-dom
/** Mermaid text: what is taken for it, and what is wrong with it, before anything is drawn. */
import { describe, expect, test } from "vitest";
import { elementsOfMermaid, withSafeLink } from "../src/mermaid/convert";
import { layOut } from "../src/mermaid/layout";
import { looksLikeMermaid, MAX_CHARACTERS, MAX_EDGES } from "../src/mermaid/limits";
import { SAMPLES } from "../src/mermaid/samples";

describe("a text is taken for Mermaid", () => {
  test("when it begins as one of its diagrams, also after comments and front matter", () => {
    for (const sample of Object.values(SAMPLES)) expect(looksLikeMermaid(sample)).toBe(true);
    expect(looksLikeMermaid("%% a comment\ngraph TD;\nA-->B")).toBe(true);
    expect(looksLikeMermaid("---\ntitle: Plan\n---\nerDiagram\n A ||--o{ B : has")).toBe(true);
    expect(looksLikeMermaid('%%{init: {"theme": "dark"}}%%\nflowchart-elk LR\n A-->B')).toBe(true);
  });

  test("and words are not", () => {
    for (const text of [
      "graph",
      "graph theory is fun",
      "timelines\nare long",
      "Plan\ngraph TD",
      "",
    ])
      expect(looksLikeMermaid(text)).toBe(false);
    expect(looksLikeMermaid(`graph TD\n${"A-->B\n".repeat(MAX_CHARACTERS)}`)).toBe(false);
  });

  test("looking costs nothing, whatever the text", () => {
    const startedAt = performance.now();
    for (const part of ["%%\n", "---\n", " \n", "%% x\n", "\t"])
      looksLikeMermaid(part.repeat(MAX_CHARACTERS / part.length));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe("laying out", () => {
  test("takes each example", () => {
    for (const sample of Object.values(SAMPLES)) expect(layOut(sample)).toEqual({ kind: "fits" });
  });

  test("names the line that cannot be read, and shows it", () => {
    const outcome = layOut("flowchart LR\n A --> B\n B --> --> C\n");
    expect(outcome).toEqual({ kind: "fault", line: 3, problem: "B --> --> C" });
  });

  test("says what it does not draw", () => {
    for (const text of ["hello", "pie\n a: 1", "mindmap\n root", ""])
      expect(layOut(text)).toEqual({ kind: "unknown" });
  });

  test("refuses too many arrows before it lays any out", () => {
    const names = (letter: string) =>
      Array.from({ length: 200 }, (_, at) => `${letter}${at}`).join(" & ");
    const startedAt = performance.now();
    expect(layOut(`flowchart LR\n${names("a")} --> ${names("b")}`)).toEqual({ kind: "edges" });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    const chain = Array.from({ length: MAX_EDGES }, (_, at) => `a${at} --> a${at + 1}`);
    expect(layOut(`flowchart LR\n${chain.join("\n")}`)).toEqual({ kind: "fits" });
  });

  test("never throws, whatever the text", () => {
    for (const text of [
      "flowchart LR\n A[",
      "sequenceDiagram\n ->>",
      "gantt\n x",
      "classDiagram {",
    ])
      expect(["fault", "fits"]).toContain(layOut(text).kind);
  });
});

test("no link of a diagram does more than lead somewhere", () => {
  for (const link of ["javascript:alert(1)", " JaVaScRiPt:x", "data:text/html,x", "vbscript:x"])
    expect(withSafeLink({ link })).toEqual({ link: null });
  for (const link of ["https://example.org/page", "mailto:a@example.org", null])
    expect(withSafeLink({ link })).toEqual({ link });
});

test("what is too long is refused with its number, before anything reads it", async () => {
  await expect(elementsOfMermaid("x".repeat(MAX_CHARACTERS + 1))).rejects.toThrow(
    `more than ${MAX_CHARACTERS} characters`,
  );
});
