/** How large the letters of a note are: as large as its text allows, within bounds. */
export const LARGEST = 24;
export const LEAST = 12;
/** From here on letters become smaller only for lines, and no more for the sake of one long word. */
const WHOLE_WORDS = 15;
/** Nobody reads so much in large letters, and measuring it takes long. */
export const LONG = 2_000;

export interface Measured {
  readonly height: number;
  /** Whether a word was broken into two lines. */
  readonly isBroken: boolean;
}

/**
 * The largest size, in whole pixels, in which a text is at most `room` high and has no broken word;
 * `LEAST` when none is. `measure` tells how a text looks in a size.
 */
export function fittingSize(
  measure: (size: number) => Measured,
  room: number,
  largest: number = LARGEST,
): number {
  const known = new Map<number, Measured>();
  const look = (size: number): Measured => {
    const measured = known.get(size) ?? measure(size);
    known.set(size, measured);
    return measured;
  };
  const size = largestWhere((one) => look(one).height <= room, largest);
  const whole = largestWhere((one) => !look(one).isBroken, size);
  return whole >= WHOLE_WORDS ? whole : size;
}

/** `isRight` holds for the small sizes, if for any. */
function largestWhere(isRight: (size: number) => boolean, largest: number): number {
  if (isRight(largest)) return largest;
  let [low, high] = [LEAST, largest];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isRight(middle)) low = middle;
    else high = middle;
  }
  return low;
}

const IN_WORD = /[\p{L}\p{N}]/u;
/** Written without spaces: a line ends anywhere. */
const ANYWHERE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/u;

/** Whether wrapping broke one of a text's words. Spaces are lost at the ends of lines. */
export function hasBrokenWord(text: string, wrapped: string): boolean {
  const ends = new Set<number>();
  let count = 0;
  for (const char of wrapped) {
    if (char === "\n") ends.add(count);
    else if (char.trim() !== "") count += 1;
  }
  let at = 0;
  let previous = "";
  for (const char of text) {
    if (char.trim() !== "") {
      const isInside = isLetter(previous) && isLetter(char);
      if (isInside && ends.has(at)) return true;
      at += 1;
    }
    previous = char;
  }
  return false;
}

function isLetter(char: string): boolean {
  return IN_WORD.test(char) && !ANYWHERE.test(char);
}
