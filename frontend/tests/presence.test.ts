// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import {
  collaboratorFrom,
  drawnOf,
  firstIds,
  MAX_DRAWN,
  type PresenceState,
} from "../src/presence/states";

afterEach(() => {
  delete document.documentElement.dataset.preferences;
});

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

  test("shows pictures of this site to people who are signed in, and no other address", () => {
    const shown = (picture: unknown) =>
      collaboratorFrom(5, { user: { id: "7", picture } } as PresenceState, false).avatarUrl;
    expect(shown("/account/picture/aB_3-x")).toBeUndefined();
    document.documentElement.dataset.preferences = "/account/preferences";
    expect(shown("/account/picture/aB_3-x")).toBe("/account/picture/aB_3-x");
    for (const address of [
      "https://elsewhere.example/account/picture/a",
      "//elsewhere.example/account/picture/a",
      "/account/picture/../../logout",
      "/account/picture/",
      `/account/picture/${"a".repeat(33)}`,
      "/account/picture/a?b",
      "data:image/png;base64,AA",
      7,
      null,
      undefined,
    ]) {
      expect(shown(address), String(address)).toBeUndefined();
    }
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
