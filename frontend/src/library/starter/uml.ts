/** Diagrams of software. */
import { t } from "../../i18n";
import {
  arrow,
  BLUE,
  box,
  GREEN,
  GREY,
  INK,
  line,
  shape,
  surface,
  text,
  VIOLET,
  YELLOW,
} from "./shapes";
import type { Sketch } from "./starter";

const SQUARE = { roundness: null };

export function uml(): Sketch[] {
  return [
    [t("Class"), classBox()],
    [t("Interface"), interfaceBox()],
    [t("Actor"), actor()],
    [
      t("Use case"),
      shape("ellipse", box(0, 0, 190, 90), t("Use case"), { backgroundColor: YELLOW }),
    ],
    [t("Package"), packageBox()],
    [t("Component"), component()],
    [t("Comment"), comment()],
    [t("State"), shape("rectangle", box(0, 0, 160, 70), t("State"), { backgroundColor: GREEN })],
    [t("First state"), shape("ellipse", box(0, 0, 36, 36), "", { backgroundColor: INK })],
    [t("Last state"), lastState()],
    [t("Lifeline"), lifeline()],
    [
      t("Inheritance"),
      [
        arrow(
          [
            [0, 120],
            [0, 0],
          ],
          { endArrowhead: "triangle_outline" },
        ),
      ],
    ],
    [
      t("Composition"),
      [
        arrow(
          [
            [0, 0],
            [160, 0],
          ],
          { startArrowhead: "diamond", endArrowhead: null },
        ),
      ],
    ],
    [
      t("Dependency"),
      [
        arrow(
          [
            [0, 0],
            [160, 0],
          ],
          { strokeStyle: "dashed" },
        ),
      ],
    ],
  ];
}

function classBox() {
  return [
    ...shape("rectangle", box(0, 0, 220, 150), "", { ...SQUARE, backgroundColor: BLUE }),
    text(t("Class"), 110, 10, { textAlign: "center" }),
    line([
      [0, 44],
      [220, 44],
    ]),
    text(t("+ attribute: Type"), 14, 56, { fontSize: 16 }),
    line([
      [0, 92],
      [220, 92],
    ]),
    text(t("+ method(): Type"), 14, 106, { fontSize: 16 }),
  ];
}

function interfaceBox() {
  return [
    ...shape("rectangle", box(0, 0, 220, 110), "", { ...SQUARE, backgroundColor: VIOLET }),
    text(t("«interface»\nName"), 110, 8, { textAlign: "center", fontSize: 16 }),
    line([
      [0, 56],
      [220, 56],
    ]),
    text(t("+ method(): Type"), 14, 70, { fontSize: 16 }),
  ];
}

function actor() {
  return [
    ...shape("ellipse", box(20, 0, 40, 40)),
    line([
      [40, 40],
      [40, 95],
    ]),
    line([
      [0, 60],
      [80, 60],
    ]),
    line([
      [8, 140],
      [40, 95],
      [72, 140],
    ]),
    text(t("Person"), 40, 150, { textAlign: "center" }),
  ];
}

function packageBox() {
  const style = { ...SQUARE, backgroundColor: GREY };
  return [
    ...shape("rectangle", box(0, 0, 80, 28), "", style),
    ...shape("rectangle", box(0, 28, 200, 100), t("Package"), style),
  ];
}

function component() {
  const style = { ...SQUARE, backgroundColor: GREEN };
  return [
    ...shape("rectangle", box(14, 0, 200, 100), t("Component"), style),
    ...shape("rectangle", box(0, 20, 30, 18), "", style),
    ...shape("rectangle", box(0, 60, 30, 18), "", style),
  ];
}

function comment() {
  return [
    surface(
      [
        [0, 0],
        [150, 0],
        [180, 30],
        [180, 100],
        [0, 100],
      ],
      { backgroundColor: YELLOW },
    ),
    line([
      [150, 0],
      [150, 30],
      [180, 30],
    ]),
    text(t("Comment"), 84, 42, { textAlign: "center" }),
  ];
}

function lastState() {
  return [
    ...shape("ellipse", box(0, 0, 44, 44)),
    ...shape("ellipse", box(10, 10, 24, 24), "", { backgroundColor: INK }),
  ];
}

function lifeline() {
  return [
    ...shape("rectangle", box(0, 0, 140, 50), t("Object"), { ...SQUARE, backgroundColor: BLUE }),
    line(
      [
        [70, 50],
        [70, 260],
      ],
      { strokeStyle: "dashed" },
    ),
    ...shape("rectangle", box(60, 90, 20, 110), "", { ...SQUARE, backgroundColor: BLUE }),
  ];
}
