import { expect, test } from "vitest";
import { copyWithNewIds } from "../src/canvas/copy";
import { arrow, rectangle, textElement } from "./support/fakeEditor";

test("a copied drawing keeps its inner references and shares no id with the original", () => {
  const original = [
    rectangle("frame", { type: "frame", name: "F" }),
    rectangle("r", {
      frameId: "frame",
      groupIds: ["g"],
      boundElements: [
        { id: "a", type: "arrow" },
        { id: "t", type: "text" },
        { id: "elsewhere", type: "arrow" },
      ],
    }),
    textElement("t", "hi", { containerId: "r", groupIds: ["g"] }),
    arrow("a", {
      startBinding: { elementId: "r", focus: 0.5, gap: 2 },
      endBinding: { elementId: "elsewhere", focus: 0, gap: 1 },
    }),
    rectangle("deleted", { isDeleted: true }),
  ];
  let serial = 0;
  const copies = copyWithNewIds(original, () => `new${serial++}`, 10, -5);
  const [frame, r, t, a] = copies;
  expect(copies).toHaveLength(4);
  expect(new Set(copies.map(({ id }) => id)).size).toBe(4);
  for (const { id } of copies) expect(id).toMatch(/^new/);
  expect(r).toMatchObject({ x: 10, y: -5, frameId: frame?.id, index: null });
  expect(r?.boundElements).toEqual([
    { id: a?.id, type: "arrow" },
    { id: t?.id, type: "text" },
  ]);
  expect(t).toMatchObject({ containerId: r?.id, groupIds: r?.groupIds });
  expect(a?.startBinding).toEqual({ elementId: r?.id, focus: 0.5, gap: 2 });
  expect(a?.endBinding).toBeNull();
  expect(r).not.toHaveProperty("containerId");
});
