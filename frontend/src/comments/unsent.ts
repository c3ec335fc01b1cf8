/** What this device holds of comments that the server has not got, as a text. */
import { t } from "../i18n";
import { moment } from "../page/days";
import type { CommentStore } from "./commentStore";

/** Unsent comments and drafts for reading; `null` when there are none. */
export function unsentText(kept: CommentStore, title: string): string | null {
  const comments = kept.outbox().map(({ at, thread, body }) => {
    return [`${moment(at)}, ${thread === null ? t("New comment") : t("Reply to a comment")}`, body];
  });
  const drafts = [...kept.drafts().values()]
    .filter(({ body }) => body.trim() !== "")
    .map(({ body }) => [t("Draft"), body]);
  if (comments.length + drafts.length === 0) return null;
  const heading = t("Comments on “{board}” that were not sent", { board: title });
  return `${[heading, ...[...comments, ...drafts].map((lines) => lines.join("\n"))].join("\n\n")}\n`;
}
