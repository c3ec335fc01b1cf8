/** The bar of a workshop, below the top bar: what goes on, and what one can do in it. */
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { BoardConfig } from "../config";
import { t, tn } from "../i18n";
import { useOwnKeys } from "../keys/useOwnKeys";
import { Voice } from "../outline/voice";
import { problemText } from "../page/boardApi";
import { IconButton } from "../page/buttons";
import { CloseIcon } from "../page/icons";
import type { Opened } from "../page/opened";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { Drafts } from "./drafts";
import { LeadPart } from "./LeadPart";
import type { PartProps } from "./parts";
import { ReactPart } from "./ReactPart";
import type { WorkshopState } from "./state";
import { WorkshopStore } from "./store";
import { TimerPart } from "./TimerPart";
import { VotePart } from "./VotePart";
import { WritingPart } from "./WritingPart";
import "../styles/votes.css";
import "../styles/workshop.css";

export interface WorkshopProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly opened: Opened;
}

export default function Workshop({ config, session, board, opened }: WorkshopProps) {
  const { api } = board;
  const onProblem = useCallback(
    (error: unknown) => api.setToast({ message: problemText(error), closable: true }),
    [api],
  );
  const store = useOwned(
    useCallback(() => new WorkshopStore(config, session, onProblem), [config, session, onProblem]),
  );
  const drafts = useOwned(
    useCallback(() => new Drafts(config, session, board), [config, session, board]),
  );
  const [voice] = useState(() => new Voice());
  const words = useSyncExternalStore(voice.subscribe, voice.snapshot);
  return (
    <>
      {store && drafts && <Known {...{ session, board, opened, store, drafts, say: voice.say }} />}
      <span className="visually-hidden" role="status">
        {words}
      </span>
    </>
  );
}

type KnownProps = Pick<PartProps, "session" | "board" | "store" | "say"> & {
  readonly opened: Opened;
  readonly drafts: Drafts;
};

function Known({ session, board, opened, store, drafts, say }: KnownProps) {
  const { workshop, ballot, isLoaded } = useSyncExternalStore(store.subscribe, store.snapshot);
  const { level, shareUrl } = useSyncExternalStore(session.subscribe, session.board);
  const canEdit = level === "edit";
  const isWriting = workshop?.writing != null;
  useEffect(() => {
    if (isLoaded) drafts.update(isWriting, canEdit);
  }, [drafts, isLoaded, isWriting, canEdit]);
  useNews(workshop, say);
  const bar = useRef<HTMLElement>(null);
  useOwnKeys(bar);
  const { isWorkshop, setWorkshop } = opened;
  const isOn = workshop !== null;
  useLayoutEffect(() => {
    if (!isWorkshop || !isLoaded) return;
    bar.current?.querySelector<HTMLElement>("button")?.focus();
    // Asked for again, it gets the focus again.
    if (isOn) setWorkshop(false);
  }, [isWorkshop, isLoaded, isOn, setWorkshop]);
  if (!isLoaded || (!isOn && !isWorkshop)) return null;
  const close = () => setWorkshop(false);
  const isLeading = store.isLeading();
  const canComment = level !== "view";
  const canManage = shareUrl !== null;
  const shared = { session, board, store, ballot, isLeading, canEdit, canComment, canManage, say };
  return (
    <section ref={bar} className="workshop-bar" aria-label={t("Workshop")}>
      {workshop ? (
        <>
          <LeadPart {...shared} workshop={workshop} />
          <TimerPart {...shared} workshop={workshop} />
          <VotePart {...shared} workshop={workshop} />
          <WritingPart {...shared} workshop={workshop} drafts={drafts} />
          <ReactPart {...shared} workshop={workshop} />
        </>
      ) : (
        <Nothing canEdit={canEdit} store={store} onClose={close} />
      )}
    </section>
  );
}

interface NothingProps {
  readonly canEdit: boolean;
  readonly store: WorkshopStore;
  readonly onClose: () => void;
}

function Nothing({ canEdit, store, onClose }: NothingProps) {
  return (
    <>
      <span>
        {canEdit
          ? t("Lead a workshop: a timer, votes with dots, and private writing for everybody here.")
          : t("No workshop is on. People who may edit this board can begin one.")}
      </span>
      {canEdit && (
        <button
          type="button"
          className="button primary"
          onClick={() => void store.command("POST", "/lead", {})}
        >
          {t("Begin a workshop")}
        </button>
      )}
      <IconButton label={t("Close")} onClick={onClose}>
        <CloseIcon />
      </IconButton>
    </>
  );
}

/** Reads out what others begin and reveal. */
function useNews(workshop: WorkshopState | null, say: (words: string) => void): void {
  const before = useRef<WorkshopState | null>(workshop);
  useEffect(() => {
    const was = before.current;
    before.current = workshop;
    const { vote, writing } = workshop ?? { vote: null, writing: null };
    if (vote && vote.id !== was?.vote?.id && !vote.results) {
      say(tn(vote.dots, "A vote begins: you have one dot.", "A vote begins: you have {n} dots."));
    } else if (vote?.results && was?.vote && !was.vote.results) say(t("The dots are revealed."));
    if (writing !== null && was?.writing == null) say(t("New notes are private from now on."));
    else if (writing === null && was?.writing) say(t("The notes are revealed."));
  }, [workshop, say]);
}

/** Something with a life of its own, which ends with the component. `make` stays the same one. */
function useOwned<T extends { destroy(): void }>(make: () => T): T | null {
  const [owned, setOwned] = useState<T | null>(null);
  useEffect(() => {
    const made = make();
    setOwned(made);
    return () => made.destroy();
  }, [make]);
  return owned;
}
