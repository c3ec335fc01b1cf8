/** Finds the keys of `t` and `tn` in the sources. */
import { readdirSync, readFileSync } from "node:fs";

const CALL = /(?<![\w.$])(tn?)\(/g;
const LITERAL = /^\s*("(?:[^"\\\n]|\\.)*")\s*[,)]/;

/** All keys, and the places where a key is no plain string literal. */
export interface Words {
  readonly keys: ReadonlySet<string>;
  readonly unreadable: readonly string[];
}

export function wordsIn(source: string, name: string): Words {
  const keys = new Set<string>();
  const unreadable: string[] = [];
  for (const call of source.matchAll(CALL)) {
    let rest = source.slice(call.index + call[0].length);
    if (call[1] === "tn") rest = afterFirstArgument(rest);
    for (let left = call[1] === "tn" ? 2 : 1; left > 0; left -= 1) {
      const literal = LITERAL.exec(rest);
      if (!literal?.[1]) {
        const line = source.slice(0, call.index).split("\n").length;
        unreadable.push(`${name}:${line}`);
        break;
      }
      keys.add(JSON.parse(literal[1]) as string);
      rest = rest.slice(literal[0].length);
    }
  }
  return { keys, unreadable };
}

/** What follows the first comma that is in no brackets. */
function afterFirstArgument(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? "";
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
    if (character === "," && depth === 0) return text.slice(i + 1);
  }
  return "";
}

/** The words of all sources; `i18n.ts` itself only explains. */
export function allWords(): Words {
  const found = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && name !== "i18n.ts")
    .map((name) => wordsIn(readFileSync(`src/${name}`, "utf8"), name));
  return {
    keys: new Set(found.flatMap(({ keys }) => [...keys])),
    unreadable: found.flatMap(({ unreadable }) => unreadable),
  };
}

/** The names in braces, sorted. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}
