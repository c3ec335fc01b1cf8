/** Flow charts. */
import { t } from "../../i18n";
import {
  arrow,
  BLUE,
  box,
  cylinder,
  GREEN,
  GREY,
  line,
  RED,
  shape,
  surface,
  text,
  VIOLET,
  YELLOW,
} from "./shapes";
import type { Sketch } from "./starter";

export function flow(): Sketch[] {
  return [
    [t("Step"), shape("rectangle", box(0, 0, 180, 80), t("Step"), { backgroundColor: BLUE })],
    [
      t("Decision"),
      shape("diamond", box(0, 0, 200, 130), t("Decision?"), { backgroundColor: YELLOW }),
    ],
    [t("Start"), shape("ellipse", box(0, 0, 160, 80), t("Start"), { backgroundColor: GREEN })],
    [t("End"), shape("ellipse", box(0, 0, 160, 80), t("End"), { backgroundColor: RED })],
    [t("Input or output"), slanted()],
    [t("Document"), page()],
    [t("Database"), database()],
    [t("Subprocess"), subprocess()],
    [t("Connector"), shape("ellipse", box(0, 0, 60, 60), "A", { backgroundColor: GREY })],
    [t("Yes and no"), fork()],
    [t("Lane"), lane()],
  ];
}

function slanted() {
  const style = { backgroundColor: VIOLET };
  const label = text(t("Input"), 100, 28, { textAlign: "center" });
  return [
    surface(
      [
        [30, 0],
        [200, 0],
        [170, 80],
        [0, 80],
      ],
      style,
    ),
    label,
  ];
}

function page() {
  const bottom: [number, number][] = [];
  for (let n = 0; n <= 8; n += 1)
    bottom.push([160 - n * 20, 96 + 12 * Math.sin((n / 8) * Math.PI * 2)]);
  const style = { backgroundColor: GREY };
  const label = text(t("Document"), 80, 34, { textAlign: "center" });
  return [surface([[0, 0], [160, 0], ...bottom], style), label];
}

function database() {
  const label = text(t("Data"), 60, 66, { textAlign: "center" });
  return [...cylinder(box(0, 0, 120, 130), { backgroundColor: BLUE }), label];
}

function subprocess() {
  return [
    ...shape("rectangle", box(0, 0, 200, 80), t("Subprocess"), {
      ...{ backgroundColor: BLUE, roundness: null },
    }),
    line([
      [18, 0],
      [18, 80],
    ]),
    line([
      [182, 0],
      [182, 80],
    ]),
  ];
}

function fork() {
  return [
    ...shape("diamond", box(70, 0, 160, 110), t("OK?"), { backgroundColor: YELLOW }),
    ...shape("rectangle", box(0, 180, 130, 64), t("Yes"), { backgroundColor: GREEN }),
    ...shape("rectangle", box(170, 180, 130, 64), t("No"), { backgroundColor: RED }),
    arrow([
      [110, 90],
      [65, 174],
    ]),
    arrow([
      [190, 90],
      [235, 174],
    ]),
  ];
}

function lane() {
  return [
    ...shape("rectangle", box(0, 0, 420, 140), "", { roundness: null }),
    ...shape("rectangle", box(0, 0, 110, 140), t("Team"), {
      ...{ roundness: null, backgroundColor: GREY },
    }),
  ];
}
