/** Whether people type on the screen: then Enter makes a line, and focus brings up the keyboard. */
export function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
