/** A text to begin with, of each of the usual kinds. */
export const SAMPLES = {
  flowchart: `flowchart LR
  A[Idea] --> B{Good?}
  B -->|yes| C[Build it]
  B -->|no| A`,
  sequence: `sequenceDiagram
  Browser->>Server: Open the board
  Server-->>Browser: The drawing
  Browser->>Server: A change`,
  classes: `classDiagram
  Shape <|-- Rectangle
  Shape <|-- Ellipse
  Shape : +move(x, y)`,
  states: `stateDiagram-v2
  [*] --> Draft
  Draft --> Review
  Review --> Draft
  Review --> [*]`,
} as const;
