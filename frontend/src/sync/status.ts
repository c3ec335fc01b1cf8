/**
 * What the status badge says. A pure state machine: events in, a description out. Its one duty is
 * never to claim more than is known; "Saved" means that the server has committed everything.
 */
import { t, tn } from "../i18n";
import { CloseCode } from "./codes";

export type Phase =
  | { readonly name: "connecting" }
  | { readonly name: "syncing" }
  | { readonly name: "synced" }
  | { readonly name: "waiting"; readonly retryAt: number }
  | { readonly name: "closed"; readonly code: number; readonly reason: string };

/** Whether this browser keeps a copy: not known yet, kept, or not possible. */
export type Storage = "unknown" | "kept" | "failed";

export interface SyncState {
  readonly phase: Phase;
  readonly canEdit: boolean;
  /** Whether the browser believes that there is a network. */
  readonly isOnline: boolean;
  /** Whether a connection was ever lost, which makes the next attempt a reconnection. */
  readonly wasLost: boolean;
  /** Changes that the server has not committed. */
  readonly changes: number;
  /** When there began to be such changes on a working connection; `null` when there are none. */
  readonly savingSince: number | null;
  readonly storage: Storage;
  /** How much of work that goes out in pieces has arrived, 0 to 1; `null`: there is none. */
  readonly progress: number | null;
}

export type SyncEvent =
  | { readonly type: "connecting" }
  | { readonly type: "connected" }
  | { readonly type: "synced" }
  | { readonly type: "lost"; readonly retryAt: number }
  | { readonly type: "closed"; readonly code: number; readonly reason: string }
  | { readonly type: "network"; readonly isOnline: boolean }
  | { readonly type: "level"; readonly canEdit: boolean }
  | { readonly type: "unsaved"; readonly changes: number }
  | { readonly type: "storage"; readonly storage: Storage }
  | { readonly type: "progress"; readonly share: number | null };

export function initialState(canEdit: boolean, isOnline: boolean): SyncState {
  return {
    phase: { name: "connecting" },
    canEdit,
    isOnline,
    wasLost: false,
    changes: 0,
    savingSince: null,
    storage: "unknown",
    progress: null,
  };
}

/** The state after an event; `now` in epoch milliseconds. */
export function reduce(state: SyncState, event: SyncEvent, now: number): SyncState {
  const next = { ...state, ...step(state, event) };
  const isSaving = next.phase.name === "synced" && next.changes > 0;
  return { ...next, savingSince: isSaving ? (state.savingSince ?? now) : null };
}

function step(state: SyncState, event: SyncEvent): Partial<SyncState> {
  switch (event.type) {
    case "connecting":
      return { phase: { name: "connecting" } };
    case "connected":
      return { phase: { name: "syncing" } };
    case "synced":
      // A sync that is reported after the connection broke says nothing about now.
      return state.phase.name === "syncing" ? { phase: { name: "synced" } } : {};
    case "lost":
      return { phase: { name: "waiting", retryAt: event.retryAt }, wasLost: true };
    case "closed":
      return { phase: { name: "closed", code: event.code, reason: event.reason } };
    case "network":
      return { isOnline: event.isOnline };
    case "level":
      return { canEdit: event.canEdit };
    case "unsaved":
      return { changes: event.changes };
    case "storage":
      return { storage: event.storage };
    case "progress":
      return { progress: event.share };
  }
}

export type StatusKind =
  | "connecting"
  | "saving"
  | "saved"
  | "viewing"
  | "reconnecting"
  | "offline"
  | "refused"
  | "closed";

/** What the badge shows. */
export interface Status {
  readonly kind: StatusKind;
  readonly label: string;
  /** What happens to the user's changes; empty when there is nothing to tell. */
  readonly detail: string;
  readonly changes: number;
  readonly canRetry: boolean;
}

/** A save that takes longer than this is mentioned. */
const SLOW_SAVE_MS = 10_000;

export function describe(state: SyncState, now: number): Status {
  const { phase, changes } = state;
  const status = (kind: StatusKind, label: string, detail = "", canRetry = false): Status => ({
    kind,
    label,
    detail,
    changes,
    canRetry,
  });
  switch (phase.name) {
    case "connecting":
    case "syncing":
      if (!state.wasLost) return status("connecting", t("Connecting…"), keptDetail(state));
      return state.isOnline || phase.name === "syncing"
        ? status("reconnecting", t("Reconnecting…"), keptDetail(state))
        : status("offline", t("Offline"), keptDetail(state), true);
    case "synced":
      return describeSynced(state, now, status);
    case "waiting": {
      const detail = keptDetail(state);
      if (!state.isOnline) return status("offline", t("Offline"), detail, true);
      const seconds = Math.max(1, Math.ceil((phase.retryAt - now) / 1000));
      return status("reconnecting", t("Reconnecting in {seconds} s", { seconds }), detail, true);
    }
    case "closed":
      return status("closed", closedLabel(phase.code, phase.reason), keptDetail(state));
  }
}

function describeSynced(
  state: SyncState,
  now: number,
  status: (kind: StatusKind, label: string, detail?: string) => Status,
): Status {
  const { changes } = state;
  if (!state.canEdit) {
    if (changes === 0)
      return status("viewing", t("View only"), t("You see changes as they happen"));
    return status("refused", t("View only"), refusedDetail(changes));
  }
  if (changes === 0) return status("saved", t("Saved"));
  if (state.progress !== null) {
    const percent = Math.floor(state.progress * 100);
    return status("saving", t("Saving… {percent} %", { percent }));
  }
  const isSlow = state.savingSince !== null && now - state.savingSince > SLOW_SAVE_MS;
  return status("saving", t("Saving…"), isSlow ? t("This is taking longer than usual") : "");
}

function keptDetail({ changes, storage }: SyncState): string {
  if (changes === 0) return "";
  return storage === "kept"
    ? tn(changes, "1 change kept on this device", "{n} changes kept on this device")
    : tn(
        changes,
        "1 change not saved yet: keep this page open",
        "{n} changes not saved yet: keep this page open",
      );
}

function refusedDetail(changes: number): string {
  return tn(
    changes,
    "1 change on this device can’t be saved",
    "{n} changes on this device can’t be saved",
  );
}

/** How the server begins its reason when a board, or all of its owner's, may not grow. */
const FULL = /^(This board is full|The boards of this owner are full)/;

function closedLabel(code: number, reason: string): string {
  switch (code) {
    case CloseCode.NOT_AUTHENTICATED:
      return t("Signed out");
    case CloseCode.NO_PERMISSION:
      return t("No access");
    case CloseCode.BOARD_GONE:
      return t("Board deleted");
    case CloseCode.TOO_BIG:
      return FULL.test(reason) ? t("Board is full") : t("Change too big");
    default:
      return t("Disconnected");
  }
}

/** "12 changes could not be saved." */
export function notSaved(changes: number): string {
  return tn(changes, "1 change could not be saved.", "{n} changes could not be saved.");
}
