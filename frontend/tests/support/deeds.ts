/** What a person at an editor does at random: all kinds of elements, and everything that is done to them. */
import type { SceneElement } from "../../src/canvas/groups";
import { arrow, type Properties, rectangle, textElement } from "./fakeEditor";
import type { Random } from "./random";
import type { RandomUser } from "./randomUser";
import { indexAt } from "./steps";

const STYLES: readonly ((random: Random) => Properties)[] = [
  (random) => ({ strokeColor: `#${random.below(50)}` }),
  (random) => ({ opacity: random.below(101) }),
  (random) => ({ angle: random.below(6) }),
  (random) => ({ locked: random.chance(2) }),
  (random) => ({ link: random.chance(2) ? null : `https://example.org/${random.below(9)}` }),
  (random) => ({ customData: random.chance(2) ? undefined : { note: random.below(9) } }),
  (random) => ({ roundness: random.chance(2) ? null : { type: 3 } }),
];

export const KINDS: readonly ((id: string, random: Random) => SceneElement)[] = [
  (id) => rectangle(id),
  (id) => rectangle(id, { type: "ellipse", backgroundColor: "#fff", fillStyle: "solid" }),
  (id) => rectangle(id, { type: "diamond" }),
  (id) => arrow(id),
  (id) => arrow(id, { type: "line" }),
  (id) => arrow(id, { type: "freedraw", pressures: [0.5, 0.5], simulatePressure: false }),
  (id) => textElement(id, "new"),
  (id) => rectangle(id, { type: "frame", name: null, width: 200, height: 100 }),
  (id) => rectangle(id, { type: "magicframe", name: null, width: 200, height: 100 }),
  (id) => rectangle(id, { type: "embeddable", link: "https://example.org/" }),
  (id, random) =>
    rectangle(id, {
      type: "image",
      fileId: `file${random.below(5)}`,
      scale: [1, 1],
      crop: null,
      status: "pending",
    }),
];

type Deed = (
  user: RandomUser,
  target: SceneElement,
  random: Random,
  live: readonly SceneElement[],
) => void;

export const DEEDS: readonly Deed[] = [
  (user, target, random) => drag(user, target, random),
  (user, target, random) => drag(user, target, random),
  (user, target, random) => style(user, target, random),
  (user, target, random) => style(user, target, random),
  (user, target, random) => resize(user, target, random),
  (user, target, random) => write(user, target, random),
  (user, target, random, live) => connect(user, target, random, live),
  (user, target, random, live) => label(user, target, random, live),
  (user, target, random, live) => frame(user, target, random, live),
  (user, target, random, live) => group(user, target, random, live),
  (user, target, random) => image(user, target, random),
  (user, target, random) => reorder(user, target, random),
  (user, target, _random, live) => remove(user, target, live),
];

function drag(user: RandomUser, target: SceneElement, random: Random): void {
  const group = (target.groupIds as string[])[0];
  const taken = user.editor.scene.filter(
    (one) => one.id === target.id || (group && (one.groupIds as string[]).includes(group)),
  );
  const by = random.below(200) - 100;
  user.editor.setState({
    selectedElementIds: Object.fromEntries(taken.map(({ id }) => [id, true])),
    selectedElementsAreBeingDragged: true,
  });
  for (const { id, x, y } of taken) {
    user.change(id, { x: Number(x) + by, y: Number(y) + by }, true);
  }
}

function style(user: RandomUser, target: SceneElement, random: Random): void {
  user.change(target.id, random.pick(STYLES)?.(random) ?? {}, random.chance(2));
}

function resize(user: RandomUser, target: SceneElement, random: Random): void {
  const [width, height] = [1 + random.below(50), 1 + random.below(50)];
  if (target.points)
    user.change(target.id, {
      points: [
        [0, 0],
        [width, height],
      ],
      width,
      height,
    });
  else if (target.type === "text") user.change(target.id, { width, height, fontSize: width });
  else user.change(target.id, { x: random.below(90), width, height });
}

function write(user: RandomUser, target: SceneElement, random: Random): void {
  const text = random.chance(9) ? "" : `t${random.below(9)}`;
  // The editor deletes a text that is left empty.
  const words = { text, originalText: text, isDeleted: text === "" };
  if (target.type === "text") user.change(target.id, words, true);
  if (target.type === "frame") user.change(target.id, { name: text || null });
}

function remove(user: RandomUser, target: SceneElement, live: readonly SceneElement[]): void {
  const bound = (target.boundElements as { id: string; type: string }[] | null) ?? [];
  const texts = bound.filter(({ type }) => type === "text").map(({ id }) => id);
  for (const { id } of live.filter((one) => one === target || texts.includes(one.id))) {
    user.change(id, { isDeleted: true });
  }
}

function connect(
  user: RandomUser,
  target: SceneElement,
  random: Random,
  live: readonly SceneElement[],
): void {
  const line = random.pick(live.filter(({ type }) => type === "arrow"));
  if (!line || target.points || target.type === "frame") return;
  const end = random.chance(2) ? "startBinding" : "endBinding";
  user.change(line.id, { [end]: { elementId: target.id, focus: 0, gap: 1 } });
  const others = (target.boundElements as { id: string }[] | null) ?? [];
  const bound = [...others.filter(({ id }) => id !== line.id), { id: line.id, type: "arrow" }];
  user.change(target.id, { boundElements: random.chance(4) ? [] : bound });
}

function label(
  user: RandomUser,
  target: SceneElement,
  random: Random,
  live: readonly SceneElement[],
): void {
  const text = random.pick(live.filter(({ type }) => type === "text"));
  if (!text || target.type === "text" || target.type === "frame") return;
  user.change(text.id, { containerId: target.id, text: `t${random.below(9)}` }, true);
  user.change(target.id, { boundElements: [{ id: text.id, type: "text" }] });
}

function frame(
  user: RandomUser,
  target: SceneElement,
  random: Random,
  live: readonly SceneElement[],
): void {
  const frame = random.pick(live.filter(({ type }) => type === "frame"));
  if (target.type === "frame") return;
  user.change(target.id, { frameId: frame && !random.chance(3) ? frame.id : null });
}

function group(
  user: RandomUser,
  target: SceneElement,
  random: Random,
  live: readonly SceneElement[],
): void {
  const other = random.pick(live) ?? target;
  const ids = random.chance(3) ? [] : [`g${random.below(3)}`];
  for (const { id } of new Set([target, other])) user.change(id, { groupIds: ids });
}

function image(user: RandomUser, target: SceneElement, random: Random): void {
  if (target.type !== "image") return;
  const crop = { x: 0, y: 0, width: 5, height: 5, naturalWidth: 10, naturalHeight: 10 };
  const changes: readonly Properties[] = [
    { fileId: `file${random.below(5)}` },
    { scale: [random.chance(2) ? 1 : -1, 1] },
    { crop: random.chance(2) ? null : crop },
    { status: "saved" },
  ];
  user.change(target.id, random.pick(changes) ?? {}, true);
}

function reorder(user: RandomUser, target: SceneElement, random: Random): void {
  const others = user.editor.scene.filter(({ id }) => id !== target.id);
  user.change(target.id, { index: indexAt(others, random.below(others.length + 1)) });
  user.sort();
}
