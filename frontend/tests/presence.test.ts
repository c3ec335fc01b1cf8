import { describe, expect, test } from "vitest";
import {
  collaboratorFrom,
  drawnOf,
  firstIds,
  MAX_DRAWN,
  type PresenceState,
} from "../src/presence/states";

const pointer = { x: 1, y: 2, tool: "pointer" } as const;

describe("presence of many", () => {
  test("draws who is needed and people with an account before anonymous ones", () => {
    const states = new Map<number, PresenceState>();
    for (let client = 1; client <= 240; client++)
      states.set(client, { user: { id: null }, pointer });
    states.set(900, { user: { id: "7" } });
    states.set(901, { user: { id: null } });
    const drawn = drawnOf(states, [901]).map(([client]) => client);
    expect(drawn).toHaveLength(MAX_DRAWN);
    expect(drawn.slice(0, 3)).toEqual([901, 900, 1]);
  });

  test("says of a selection what the server takes", () => {
    const ids = Array.from({ length: 80 }, (_none, index) => `element-${index}`.padEnd(21, "x"));
    expect(firstIds(ids, 2500)).toHaveLength(50);
    expect(JSON.stringify(firstIds(ids, 500)).length).toBeLessThan(510);
  });

  test("takes of a state only what is within bounds", () => {
    const state = {
      user: { id: "7", name: "x".repeat(500) },
      pointer: { x: 1e300, y: 0, tool: "pointer" },
      selected: ["a", 7, "y".repeat(1000), null],
      button: "sideways",
    } as unknown as PresenceState;
    const shown = collaboratorFrom(5, state, false);
    expect(shown.pointer).toBeUndefined();
    expect(shown.selectedElementIds).toEqual({ a: true });
    expect(shown.username).toHaveLength(80);
    expect(shown.button).toBe("up");
    expect(collaboratorFrom(5, { pointer }, false).pointer).toEqual(pointer);
  });
});
