/** Which elements are sticky notes: `src/notes/` has the rest. */

interface Marked {
  readonly type: string;
  readonly customData?: unknown;
}

/** Whether an element is a note; one that was made by REST or in another editor too. */
export function isNote({ type, customData }: Marked): boolean {
  if (type !== "rectangle" || typeof customData !== "object" || customData === null) return false;
  return "note" in customData && customData.note === true;
}
