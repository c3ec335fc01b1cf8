/**
 * Crops of pictures. Excalidraw keeps a crop in pixels of the picture that was cropped, and other
 * people may have that picture in another size: an SVG is stored as a PNG of twice its size.
 */

interface Cut {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How large the picture was. */
  readonly naturalWidth: number;
  readonly naturalHeight: number;
}

interface Pixels {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
}

/** The same part of a picture, in its own pixels. */
export function cutIn(cut: Cut, picture: Pixels): Cut {
  const across = picture.naturalWidth / cut.naturalWidth;
  const down = picture.naturalHeight / cut.naturalHeight;
  if (!(across > 0 && down > 0) || (across === 1 && down === 1)) return cut;
  return {
    x: cut.x * across,
    y: cut.y * down,
    width: cut.width * across,
    height: cut.height * down,
    naturalWidth: picture.naturalWidth,
    naturalHeight: picture.naturalHeight,
  };
}
