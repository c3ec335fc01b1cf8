import { expect, test } from "vitest";
import { earlyPart, lazyPart } from "../src/page/lazyPart";

test("a part of every page is asked for at once, any other only when it is first wanted", () => {
  const asked: string[] = [];
  const part = (name: string) => () => {
    asked.push(name);
    return Promise.resolve({ default: () => null });
  };
  lazyPart(part("panel"));
  earlyPart(part("comments"));
  expect(asked).toEqual(["comments"]);
});
