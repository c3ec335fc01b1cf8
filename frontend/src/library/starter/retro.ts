/** Looking back as a team, and planning. */
import { t } from "../../i18n";
import { fittedNote } from "../../notes/measure";
import { COLOURS, SIZE } from "../../notes/note";
import {
  arrow,
  BLUE,
  bent,
  box,
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

export function retro(): Sketch[] {
  return [
    [
      t("Went well, to improve, to try"),
      columns([t("Went well"), t("To improve"), t("To try")], [GREEN, RED, BLUE]),
    ],
    [
      t("Start, stop, continue"),
      columns([t("Start"), t("Stop"), t("Keep doing")], [GREEN, RED, BLUE]),
    ],
    [t("Mad, sad, glad"), columns([t("Mad"), t("Sad"), t("Glad")], [RED, BLUE, GREEN])],
    [t("To do, doing, done"), columns([t("To do"), t("Doing"), t("Done")], [GREY, YELLOW, GREEN])],
    [t("Sailing boat"), boat()],
    [t("Effort and value"), matrix()],
    [t("Timeline"), timeline()],
    [t("Mood"), mood()],
    [t("Note"), fittedNote(box(0, 0, SIZE, SIZE), COLOURS.yellow, t("Idea"))],
    [t("Action"), action()],
    [t("Vote"), shape("ellipse", box(0, 0, 44, 44), "+1", { backgroundColor: VIOLET })],
  ];
}

function columns(titles: readonly string[], colours: readonly string[]) {
  const [width, gap] = [220, 24];
  return titles.flatMap((title, n) => {
    const x = n * (width + gap);
    return [
      ...shape("rectangle", box(x, 64, width, 320)),
      ...shape("rectangle", box(x, 0, width, 52), title, { backgroundColor: colours[n] ?? GREY }),
    ];
  });
}

function boat() {
  return [
    surface(
      [
        [40, 150],
        [260, 150],
        [220, 210],
        [80, 210],
      ],
      { backgroundColor: "#d0956a" },
    ),
    line([
      [150, 150],
      [150, 10],
    ]),
    surface(
      [
        [158, 14],
        [158, 136],
        [236, 136],
      ],
      { backgroundColor: "#ffffff" },
    ),
    surface(
      [
        [142, 30],
        [142, 136],
        [76, 136],
      ],
      { backgroundColor: "#ffffff" },
    ),
    line(
      [
        [0, 216],
        [40, 204],
        [80, 222],
        [120, 206],
        [160, 222],
        [200, 206],
        [240, 222],
        [300, 206],
      ],
      {
        ...bent({ strokeColor: "#1971c2" }),
      },
    ),
    text(t("Wind: what drives us"), 262, 40),
    text(t("Anchor: what holds us back"), 180, 270),
    arrow([
      [170, 214],
      [150, 282],
    ]),
    text(t("Island: where we want to be"), 310, 150),
  ];
}

function matrix() {
  return [
    arrow([
      [40, 340],
      [40, 0],
    ]),
    arrow([
      [40, 340],
      [400, 340],
    ]),
    ...shape("rectangle", box(52, 10, 160, 154), t("Do first"), { backgroundColor: GREEN }),
    ...shape("rectangle", box(222, 10, 160, 154), t("Plan"), { backgroundColor: BLUE }),
    ...shape("rectangle", box(52, 174, 160, 154), t("In between"), { backgroundColor: YELLOW }),
    ...shape("rectangle", box(222, 174, 160, 154), t("Leave"), { backgroundColor: RED }),
    text(t("Effort"), 217, 350, { textAlign: "center" }),
    text(t("Value"), 20, 157, { textAlign: "center", angle: (3 * Math.PI) / 2 }),
  ];
}

function timeline() {
  const marks = [60, 180, 300, 420];
  return [
    arrow([
      [0, 60],
      [500, 60],
    ]),
    ...marks.flatMap((x, n) => [
      ...shape("ellipse", box(x - 10, 50, 20, 20), "", { backgroundColor: BLUE }),
      text(t("Week {n}", { n: n + 1 }), x, 84, { textAlign: "center", fontSize: 16 }),
    ]),
  ];
}

function mood() {
  const mouths: [number, number][][] = [
    [
      [26, 52],
      [40, 62],
      [54, 52],
    ],
    [
      [26, 56],
      [54, 56],
    ],
    [
      [26, 60],
      [40, 50],
      [54, 60],
    ],
  ];
  return mouths.flatMap((mouth, n) => {
    const x = n * 100;
    const eye = { backgroundColor: "#1e1e1e", strokeWidth: 1 };
    return [
      ...shape("ellipse", box(x, 0, 80, 80), "", {
        backgroundColor: [GREEN, YELLOW, RED][n] ?? GREY,
      }),
      ...shape("ellipse", box(x + 24, 26, 8, 8), "", eye),
      ...shape("ellipse", box(x + 48, 26, 8, 8), "", eye),
      line(
        mouth.map(([mx, my]) => [mx + x, my]),
        bent(),
      ),
    ];
  });
}

function action() {
  return [
    ...shape("rectangle", box(0, 0, 260, 110), "", { backgroundColor: GREY }),
    ...shape("rectangle", box(16, 18, 24, 24), "", { roundness: null, backgroundColor: "#ffffff" }),
    text(t("What is to be done"), 54, 18),
    text(t("Who:"), 18, 66, { fontSize: 16 }),
    text(t("By when:"), 130, 66, { fontSize: 16 }),
  ];
}
