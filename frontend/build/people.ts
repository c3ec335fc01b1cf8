/** What the build changes about how Excalidraw shows people. It fails when the change no longer fits. */
import type { Plugin } from "vite";
import { editorChange, importOf } from "./editor.ts";

/** Where a colour is made of an id: so light that it is hardly seen on white. */
const COLOUR =
  /\(([\w$]+),([\w$]+)\)=>`hsl\(\$\{Math\.abs\([\w$]+\(\2\?\.id\|\|\1\)\)%37\*10\}, 100%, 83%\)`/;

/** Where boxes are drawn around what is selected: dashed for others. */
const BOX =
  /lineWidth=\(([\w$]+)\?4:1\)(\/[\w$]+\.zoom\.value;let [\w$]+=[\w$]+\.length;for\(let ([\w$]+)=0;\3<[\w$]+;\+\+\3\)[\w$]+\.strokeStyle=[\w$]+\[\3\],([\w$]+)&&)/;

/** Gives people the colours of `src/people.ts`, and draws two pixels around what others select. */
export function seenPeople(): Plugin {
  const missing = "Excalidraw's colours of people were not found.";
  return editorChange("seen-people", missing, (code) => {
    if (!COLOUR.test(code) || !BOX.test(code)) return null;
    const changed = code
      .replace(
        COLOUR,
        (_, socket, person) => `(${socket},${person})=>colourOf(${person}?.id||${socket})`,
      )
      .replace(
        BOX,
        (_, isActive, middle, _at, isDashed) =>
          `lineWidth=(${isActive}?4:${isDashed}?2:1)${middle}`,
      );
    return importOf("colourOf", "src/people.ts") + changed;
  });
}

/** Where other people's laser trails are drawn, once a frame. */
const TRAILS = "onFrame(){this.updateCollabTrails()}";

/** Lets the page rest while nobody points with a laser: see `src/presence/trails.ts`. */
export function restingTrails(): Plugin {
  return editorChange("resting-trails", "Excalidraw's laser trails were not found.", (code) => {
    if (!code.includes(TRAILS)) return null;
    const changed = code.replace(
      TRAILS,
      "onFrame(){this.updateCollabTrails();return restUntilLaser(this)}",
    );
    return importOf("restUntilLaser", "src/presence/trails.ts") + changed;
  });
}
