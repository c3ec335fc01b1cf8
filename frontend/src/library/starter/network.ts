/** Networks and what runs in them. */
import { t } from "../../i18n";
import {
  arrow,
  BLUE,
  bent,
  box,
  cylinder,
  GREEN,
  GREY,
  INK,
  line,
  RED,
  shape,
  surface,
  text,
  VIOLET,
  YELLOW,
} from "./shapes";
import type { Sketch } from "./starter";

const DOT = { backgroundColor: INK, strokeWidth: 1 };

export function network(): Sketch[] {
  return [
    [t("Server"), server()],
    [
      t("Database"),
      labelled(cylinder(box(5, 0, 110, 110), { backgroundColor: BLUE }), t("Database"), 60, 118),
    ],
    [t("Cloud"), cloud()],
    [t("Router"), router()],
    [t("Firewall"), firewall()],
    [t("Load balancer"), balancer()],
    [t("Laptop"), laptop()],
    [t("Phone"), phone()],
    [t("Queue"), queue()],
    [t("Cache"), cache()],
    [t("Container"), container()],
    [t("People"), people()],
  ];
}

type Elements = ReturnType<typeof shape>;

function labelled(elements: Elements, words: string, x: number, y: number): Elements {
  return [...elements, text(words, x, y, { textAlign: "center" })];
}

function server() {
  const units = [0, 40, 80].flatMap((y) => [
    ...shape("rectangle", box(0, y, 120, 34), "", { backgroundColor: GREY }),
    ...shape("ellipse", box(12, y + 12, 10, 10), "", { ...DOT, backgroundColor: GREEN }),
    line([
      [70, y + 17],
      [106, y + 17],
    ]),
  ]);
  return labelled(units, t("Server"), 60, 122);
}

function cloud() {
  const outline = surface(
    [
      [30, 96],
      [4, 78],
      [16, 46],
      [44, 40],
      [62, 8],
      [108, 4],
      [132, 32],
      [166, 38],
      [176, 74],
      [152, 96],
    ],
    bent({ backgroundColor: BLUE }),
  );
  return labelled([outline], t("Cloud"), 90, 52);
}

function router() {
  const sign: Elements = [
    ...shape("ellipse", box(0, 0, 120, 84), "", { backgroundColor: VIOLET }),
    arrow([
      [60, 36],
      [60, 10],
    ]),
    arrow([
      [60, 48],
      [60, 74],
    ]),
    arrow([
      [52, 42],
      [16, 42],
    ]),
    arrow([
      [68, 42],
      [104, 42],
    ]),
  ];
  return labelled(sign, t("Router"), 60, 92);
}

function firewall() {
  const wall: Elements = [
    ...shape("rectangle", box(0, 0, 120, 96), "", { roundness: null, backgroundColor: RED }),
    line([
      [0, 32],
      [120, 32],
    ]),
    line([
      [0, 64],
      [120, 64],
    ]),
    line([
      [40, 0],
      [40, 32],
    ]),
    line([
      [84, 0],
      [84, 32],
    ]),
    line([
      [62, 32],
      [62, 64],
    ]),
    line([
      [40, 64],
      [40, 96],
    ]),
    line([
      [84, 64],
      [84, 96],
    ]),
  ];
  return labelled(wall, t("Firewall"), 60, 104);
}

function balancer() {
  const sign: Elements = [
    ...shape("diamond", box(0, 20, 100, 80), "", { backgroundColor: YELLOW }),
    arrow([
      [104, 50],
      [160, 14],
    ]),
    arrow([
      [108, 60],
      [164, 60],
    ]),
    arrow([
      [104, 70],
      [160, 106],
    ]),
  ];
  return labelled(sign, t("Load balancer"), 76, 118);
}

function laptop() {
  const own: Elements = [
    ...shape("rectangle", box(16, 0, 128, 84), "", { backgroundColor: GREY }),
    ...shape("rectangle", box(28, 12, 104, 60), "", { backgroundColor: BLUE, strokeWidth: 1 }),
    surface(
      [
        [16, 88],
        [144, 88],
        [160, 106],
        [0, 106],
      ],
      { backgroundColor: GREY },
    ),
  ];
  return labelled(own, t("Laptop"), 80, 114);
}

function phone() {
  const own: Elements = [
    ...shape("rectangle", box(0, 0, 68, 116), "", { backgroundColor: GREY }),
    ...shape("rectangle", box(8, 14, 52, 80), "", { backgroundColor: BLUE, strokeWidth: 1 }),
    ...shape("ellipse", box(29, 100, 10, 10), "", DOT),
  ];
  return labelled(own, t("Phone"), 34, 124);
}

function queue() {
  const own: Elements = [
    ...shape("rectangle", box(0, 0, 190, 62), "", { backgroundColor: GREEN }),
    ...[16, 60, 104, 148].flatMap((x) =>
      shape("rectangle", box(x, 14, 28, 34), "", { roundness: null, backgroundColor: "#ffffff" }),
    ),
  ];
  return labelled(own, t("Queue"), 95, 70);
}

function cache() {
  const bolt = surface(
    [
      [58, 12],
      [34, 56],
      [54, 56],
      [44, 90],
      [80, 42],
      [60, 42],
      [72, 12],
    ],
    {
      ...{ backgroundColor: YELLOW },
    },
  );
  const own: Elements = [
    ...shape("rectangle", box(0, 0, 112, 102), "", { backgroundColor: VIOLET }),
    bolt,
  ];
  return labelled(own, t("Cache"), 56, 110);
}

function container() {
  const own: Elements = [
    ...shape("rectangle", box(0, 0, 180, 130), "", { strokeStyle: "dashed" }),
    ...shape("rectangle", box(20, 20, 62, 40), "", { backgroundColor: BLUE }),
    ...shape("rectangle", box(98, 20, 62, 40), "", { backgroundColor: BLUE }),
    ...shape("rectangle", box(20, 74, 140, 36), "", { backgroundColor: GREEN }),
  ];
  return labelled(own, t("Container"), 90, 138);
}

function people() {
  const one = (x: number): Elements => [
    ...shape("ellipse", box(x + 14, 0, 36, 36), "", { backgroundColor: YELLOW }),
    surface(
      [
        [x, 92],
        [x + 4, 62],
        [x + 20, 46],
        [x + 44, 46],
        [x + 60, 62],
        [x + 64, 92],
      ],
      {
        ...bent({ backgroundColor: YELLOW }),
      },
    ),
  ];
  return labelled([...one(0), ...one(76)], t("People"), 70, 102);
}
