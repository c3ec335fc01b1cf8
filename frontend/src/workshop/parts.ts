/** What every part of the bar is given. */
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import type { Ballot, WorkshopState } from "./state";
import type { WorkshopStore } from "./store";

export interface PartProps {
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly store: WorkshopStore;
  readonly workshop: WorkshopState;
  readonly ballot: Ballot;
  readonly isLeading: boolean;
  readonly canEdit: boolean;
  readonly canComment: boolean;
  readonly canManage: boolean;
  /** Reads something out. */
  readonly say: (words: string) => void;
}
