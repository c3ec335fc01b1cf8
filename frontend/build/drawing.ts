/** What the build changes about how Excalidraw draws. It fails when a change no longer fits. */
import type { Plugin } from "vite";
import { editorChange, importOf } from "./editor.ts";

/** The picture of an arrow's label, which Excalidraw makes for every element. */
const LABEL_PICTURE =
  /([\w$]+)=document\.createElement\("canvas"\),([\w$]+)=\1\.getContext\("2d"\);if\(([\w$]+\([\w$]+\)&&[\w$]+)\)\{/;

/** Where it decides that an element is drawn from a picture of its own: strokes, and all else. */
const OWN_PICTURE =
  /(\.generateElementShape\(([\w$]+),(?:null|[\w$]+)\),[\w$]+\.isExporting)(?=\)\{let\[[^=]*=[\w$]+\(\2,[\w$]+\),[\w$]+=\([^)]*\)\/2\+([\w$]+)\.scrollX)/g;

/** Where it draws the whole scene, in the next frame or at once. */
const SCENE =
  /(([\w$]+)=[\w$]+\(([\w$]+)=>\{)([\w$]+)\(\3\)(\},\{trailing:!0\}\),[\w$]+=\(([\w$]+),([\w$]+)\)=>\{if\(\7\)\{\2\(\6\);return\})\4\(\6\)\}/;

/** Where it cuts a part out of a picture to draw it. */
const CUT = /(=([\w$]+)\.crop\?)\2\.crop(?=:\{x:0,y:0,width:([\w$]+)\.naturalWidth,)/;

/** Where an edge of what is cut out is dragged, and where the picture is moved behind it. */
const CUTTING = /(\(([\w$]+),[\w$]+,)([\w$]+)\.naturalWidth,\3\.naturalHeight,/;
const MOVING =
  /(\*Math\.sign\([\w$]+\.scale\[[01]\]\),0,)[\w$]+(?=\.natural(?:Width|Height)-([\w$]+)\.)/g;

/** Draws small elements without a picture of each: see `src/canvas/small.ts`. */
export function fewerPictures(): Plugin {
  const missing = "Excalidraw's pictures of elements were not found.";
  return editorChange("fewer-pictures", missing, (code) => {
    if (!LABEL_PICTURE.test(code) || [...code.matchAll(OWN_PICTURE)].length !== 2) return null;
    const changed = code
      .replace(
        LABEL_PICTURE,
        (_, canvas, context, has) =>
          `${canvas}=${has}?document.createElement("canvas"):null,` +
          `${context}=${canvas}?.getContext("2d");if(${has}){`,
      )
      .replace(
        OWN_PICTURE,
        (head, _, element, state) => `${head}||isDrawnDirectly(${element},${state})`,
      );
    return importOf("isDrawnDirectly", "src/canvas/small.ts") + changed;
  });
}

/** Zooms over many elements without drawing all of them: see `src/canvas/zoomed.ts`. */
export function quickZoom(): Plugin {
  return editorChange("quick-zoom", "Excalidraw's drawing of a scene was not found.", (code) => {
    if (!code.includes("pendingFlowchartNodes?.forEach") || !SCENE.test(code)) return null;
    const changed = code.replace(
      SCENE,
      (_, head, _throttled, later, draw, between, now) =>
        `${head}drawOrStretch(${draw},${later})${between}drawOrStretch(${draw},${now})}`,
    );
    return importOf("drawOrStretch", "src/canvas/zoomed.ts") + changed;
  });
}

/** Cuts the same part out of a picture, however many pixels it has: see `src/images/cut.ts`. */
export function equalCuts(): Plugin {
  return editorChange("equal-cuts", "Where Excalidraw cuts pictures was not found.", (code) => {
    if (CUT.test(code)) {
      const changed = code.replace(
        CUT,
        (_, head, element, image) => `${head}cutIn(${element}.crop,${image})`,
      );
      return importOf("cutIn", "src/images/cut.ts") + changed;
    }
    if (!CUTTING.test(code) || [...code.matchAll(MOVING)].length !== 2) return null;
    return code
      .replace(
        CUTTING,
        (_, head, element, image) =>
          `${head}(${element}.crop??${image}).naturalWidth,(${element}.crop??${image}).naturalHeight,`,
      )
      .replace(MOVING, (_, head, crop) => `${head}${crop}`);
  });
}
