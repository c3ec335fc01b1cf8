/** What may stand beside the canvas, one at a time. */
export type Panel = "conflicts" | "away" | "comments" | "versions" | "activity";
