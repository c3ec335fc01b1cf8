/** What one arrival may hold. The server has limits of its own for each drawing. */

const MEGABYTE = 1024 * 1024;
/** Of all files that are looked at, those inside of zips too. */
export const MAX_FILES = 5000;
export const MAX_DRAWINGS = 500;
export const MAX_DRAWING_MEGABYTES = 100;
export const MAX_DRAWING_BYTES = MAX_DRAWING_MEGABYTES * MEGABYTE;
export const MAX_TOTAL_MEGABYTES = 2000;
export const MAX_TOTAL_BYTES = MAX_TOTAL_MEGABYTES * MEGABYTE;
/** How much larger than in its zip a file may be: drawings shrink to a tenth, bombs to a thousandth. */
export const MAX_RATIO = 200;
/** Of the list of files in a zip. */
export const MAX_LIST_BYTES = 8 * MEGABYTE;
export const MAX_DEPTH = 20;
