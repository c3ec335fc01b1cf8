/** Rows of the audit log in words. */
import { t } from "../i18n";

export interface ActivityRow {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly action: string;
  readonly actor: string;
  /** The token of the program that did it for them; empty if they did it themselves. */
  readonly program: string;
  readonly isSystem: boolean;
  readonly isDenied: boolean;
  readonly target: string;
  readonly level: string;
  readonly old: string;
}

export function decodeActivity(value: unknown): ActivityRow {
  const row = value as Record<string, unknown>;
  const data = (row.data ?? {}) as Record<string, unknown>;
  const text = (one: unknown) => (typeof one === "string" ? one : "");
  return {
    id: String(row.id),
    at: Date.parse(text(row.created_at)),
    action: text(row.action),
    actor: text(row.actor_name),
    program: text(data.token),
    isSystem: row.actor_kind === "system",
    isDenied: row.outcome === "denied",
    target: text(row.target_name) || text(data.group) || text(data.label),
    level: text(data.new) || text(row.level),
    old: text(data.old),
  };
}

/** Repeated rows of one person become one line, because a page opens several sockets. */
export function collapsed(
  rows: readonly ActivityRow[],
): { readonly row: ActivityRow; readonly count: number }[] {
  const lines: { row: ActivityRow; count: number }[] = [];
  for (const row of rows) {
    const last = lines.at(-1);
    if (last && whoDid(last.row) === whoDid(row) && whatHappened(last.row) === whatHappened(row)) {
      last.count += 1;
    } else lines.push({ row, count: 1 });
  }
  return lines;
}

export function whoDid({ actor, program, isSystem }: ActivityRow): string {
  if (actor && program) return t("{name} (by {program})", { name: actor, program });
  if (actor) return actor;
  return isSystem ? t("The system") : t("Somebody without an account");
}

export function whatHappened(row: ActivityRow): string {
  return boardWords(row) ?? accessWords(row) ?? row.action.replaceAll("_", " ");
}

/** What was done with the board itself. */
function boardWords(row: ActivityRow): string | null {
  switch (row.action) {
    case "room_access":
      return t("opened the board ({level})", { level: levelWord(row.level) });
    case "room_access_denied":
      return t("was denied access");
    case "room_leave":
      return t("left the board");
    case "room_write":
      return t("wrote to the board");
    case "room_create":
      return t("created the board");
    case "room_update":
      return t("renamed the board");
    case "room_lock":
      return t("locked the board");
    case "room_unlock":
      return t("unlocked the board");
    case "room_delete":
      return t("moved the board to the trash");
    case "room_restore":
      return t("restored the board from the trash");
    case "room_export":
      return t("exported the board");
    case "room_import":
      return t("imported a drawing");
    case "room_workshop":
      return t("led a workshop");
    case "room_snapshot_restore":
      return t("restored an earlier version");
    default:
      return null;
  }
}

/** What was done about who may open the board. */
function accessWords(row: ActivityRow): string | null {
  const level = levelWord(row.level);
  switch (row.action) {
    case "permission_change":
      return permissionWords(row, level);
    case "public_access_change":
      return t("changed the public link: {level}", { level });
    case "share_link_create":
      return t("created a share link ({level})", { level });
    case "share_link_revoke":
      return t("revoked a share link");
    case "share_link_use":
      return t("came in through a share link ({level})", { level });
    case "ownership_transfer":
      return t("transferred the board to {name}", { name: row.target });
    case "invitation_create":
      return t("invited somebody by mail ({level})", { level });
    case "invitation_withdraw":
      return t("withdrew an invitation");
    case "invitation_accept":
      return t("accepted an invitation ({level})", { level });
    case "access_request":
      return t("asked for access ({level})", { level });
    case "access_request_resolve":
      return t("answered the request of {name}", { name: row.target });
    case "token_issue":
      return t("got an access token");
    default:
      return null;
  }
}

function permissionWords({ target: name, old }: ActivityRow, level: string): string {
  if (!old || old === "none") return t("changed the access of {name}: {level}", { name, level });
  return t("changed the access of {name}: {old} → {level}", { name, old: levelWord(old), level });
}

function levelWord(level: string): string {
  switch (level) {
    case "view":
      return t("view");
    case "comment":
      return t("comment");
    case "edit":
      return t("edit");
    case "owner":
      return t("owner");
    default:
      return t("no access");
  }
}
