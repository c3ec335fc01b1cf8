/** What the page shares with the server: every name is known here, and one line adds a property. */
import { afterEach, expect, test, vi } from "vitest";
import shared from "../../boards/shared.json";
import data from "../../sync/drawing/element_bounds.json";
import protocol from "../../sync/wire/protocol.json";
import { anchorAt } from "../src/comments/place";
import { LEVELS } from "../src/config";
import * as codes from "../src/sync/codes";
import { PIECE_BYTES } from "../src/sync/pieces";
import { rectangle } from "./support/fakeEditor";

const BOUNDS = "../../sync/drawing/element_bounds.json";

afterEach(() => {
  vi.doUnmock(BOUNDS);
  vi.resetModules();
});

test("every close code has its number, and the page stays away or returns as the schema says", () => {
  for (const [name, { code, client }] of Object.entries(protocol.closeCodes)) {
    expect(codes.CloseCode[name as keyof typeof protocol.closeCodes]).toBe(code);
    expect(["stays away", "returns"]).toContain(client);
    expect(codes.isPermanent(code), name).toBe(client === "stays away");
  }
});

test("codes that nobody knows yet follow the convention", () => {
  expect(codes.isPermanent(4477)).toBe(true);
  expect(codes.isPermanent(4577)).toBe(false);
  expect(codes.isPermanent(1006)).toBe(false);
});

test("every message type is known", () => {
  const known = {
    SYNC: codes.MESSAGE_SYNC,
    AWARENESS: codes.MESSAGE_AWARENESS,
    QUERY_AWARENESS: codes.MESSAGE_QUERY_AWARENESS,
    SAVED: codes.MESSAGE_SAVED,
  };
  expect(protocol.messageTypes).toEqual(known);
});

test("work that the server takes for somebody else's is told by each of its reasons", () => {
  for (const reason of Object.values(protocol.foreignReasons)) {
    expect(codes.isNotOurs(codes.CloseCode.MALFORMED, reason)).toBe(true);
  }
  expect(codes.isNotOurs(codes.CloseCode.MALFORMED, "frame is cut off")).toBe(false);
});

test("levels and the size of a piece are the server's", () => {
  expect(Object.keys(shared.levels)).toEqual(["none", ...LEVELS]);
  expect(PIECE_BYTES).toBe(protocol.pieceBytes);
});

test("a board reaches equally far for shapes, pointers, views and comments", async () => {
  const { farthest } = shared;
  const { bounded, isCoordinate } = await import("../src/canvas/bounds");
  const { decodeGroup } = await import("../src/canvas/decode");
  const beyond = farthest + 1;
  expect(data.kinds.coordinate).toEqual({ type: "number" });
  expect(bounded({ pos: [beyond, -beyond] })).toEqual({ pos: [farthest, -farthest] });
  expect(decodeGroup("rectangle", "pos", [farthest, 0])).toEqual({ x: farthest, y: 0 });
  expect(decodeGroup("rectangle", "pos", [beyond, 0])).toBeNull();
  expect([farthest, beyond, -beyond, Number.NaN, "1"].map(isCoordinate)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(anchorAt({ x: beyond, y: -beyond }, [], 1)).toEqual({ x: farthest, y: -farthest });
});

test("a property is added by one line of the schema", async () => {
  const glow = { type: "number", minimum: 0, maximum: 5 };
  const drawn = rectangle("a", { glow: 3 });
  expect((await import("../src/canvas/groups")).encodeGroups(drawn).glow).toBeUndefined();
  vi.resetModules();
  const more = { ...data, properties: { ...data.properties, glow } };
  vi.doMock(BOUNDS, () => ({ ...more, default: more }));
  const { CHOSEN_GROUPS, encodeGroups } = await import("../src/canvas/groups");
  const { decodeGroup } = await import("../src/canvas/decode");
  const { bounded } = await import("../src/canvas/bounds");
  expect(encodeGroups(drawn).glow).toBe(3);
  expect(decodeGroup("rectangle", "glow", 3)).toEqual({ glow: 3 });
  expect(decodeGroup("rectangle", "glow", 7)).toBeNull();
  expect(bounded({ glow: 7 })).toEqual({ glow: 5 });
  expect(CHOSEN_GROUPS.has("glow")).toBe(true);
});
