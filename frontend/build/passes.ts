/**
 * What the build changes where Excalidraw goes through all elements at every change of one. It fails
 * when a change no longer fits.
 */
import type { Plugin } from "vite";
import { editorChange, importOf } from "./editor.ts";

/** Where it looks for elements whose index does not fit between those of their neighbours. */
const INDICES =
  /([\w$]+=([\w$]+)=>\{)(let ([\w$]+)=[\w$]+\(\2\),([\w$]+)=[\w$]+\(\2,\4\);for\(let\[([\w$]+),([\w$]+)\]of \5\)[\w$]+\(\6,\7,!1\);return \2\})/;

/** Where it looks for the selected ones, several times for each frame. */
const SELECTED =
  /(\(([\w$]+),([\w$]+),[\w$]+\)=>\{)(let [\w$]+=new Set,[\w$]+=\[\];for\(let ([\w$]+) of \2\.values\(\)\)\{if\(\3\.selectedElementIds\[\5\.id\]\))/;

/** Where others' changes come in. */
const UPDATE = /("updateScene",[\w$]+\()([\w$]+)(=>\{)(let [\w$]+=[\w$]+\(\2\.elements\?\?\[\]\);)/;

/** Leaves out what would find nothing: see `src/canvas/passes.ts`. */
export function fewerPasses(): Plugin {
  const missing = "Excalidraw's passes over all elements were not found.";
  return editorChange("fewer-passes", missing, (code) => {
    if (!INDICES.test(code) || !SELECTED.test(code)) return null;
    const changed = code
      .replace(
        INDICES,
        (_, head, elements, body) => `${head}if(isInOrder(${elements}))return ${elements};${body}`,
      )
      .replace(
        SELECTED,
        (_, head, _elements, state, body) =>
          `${head}if(!isAnySelected(${state}.selectedElementIds))return[];${body}`,
      );
    return importOf("isAnySelected,isInOrder", "src/canvas/passes.ts") + changed;
  });
}

/** Lets `updateScene` take elements that only moved: see `src/canvas/moved.ts`. */
export function movesInPlace(): Plugin {
  return editorChange("moves-in-place", "Excalidraw's updateScene was not found.", (code) => {
    if (!UPDATE.test(code)) return null;
    const changed = code.replace(
      UPDATE,
      (_, name, scene, head, body) =>
        `${name}${scene}${head}if(${scene}.moved)return showMoved(this,${scene}.moved);${body}`,
    );
    return importOf("showMoved", "src/canvas/moved.ts") + changed;
  });
}
