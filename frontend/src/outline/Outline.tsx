/** The canvas for people who do not see it or use no mouse: the outline, the keys, and what is read out. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { sayRefused } from "../files/guard";
import type { Opened } from "../page/opened";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { Hands } from "./hands";
import { OutlinePanel } from "./OutlinePanel";
import { tellOthers } from "./others";
import { type OutlineEntry, outlineOf } from "./read";
import { useCanvasKeys } from "./useCanvasKeys";
import { isReadingOutWanted, rememberReadingOut, Voice } from "./voice";

interface OutlineProps {
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly opened: Opened;
}

/** Between two readings of the whole scene, at least; and so much longer than the last one took. */
const REST_MS = 250;
const REST_SHARE = 10;

export default function Outline({ session, board, opened }: OutlineProps) {
  const { level } = useSyncExternalStore(session.subscribe, session.board);
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  const [voice] = useState(() => new Voice());
  const hands = useMemo(() => new Hands(board.api, board.editor, voice.say), [board, voice]);
  const [isReadingOut, setReadingOut] = useState(isReadingOutWanted);
  const words = useSyncExternalStore(voice.subscribe, voice.snapshot);
  const refuse = useCallback(() => sayRefused(board.api), [board]);
  useCanvasKeys(hands, canEdit, refuse);
  useEffect(() => {
    if (!isReadingOut) return;
    return tellOthers(session.doc, session.away.authorOf, voice.say);
  }, [session, voice, isReadingOut]);
  const onReadingOut = (isOn: boolean) => {
    setReadingOut(isOn);
    rememberReadingOut(isOn);
  };
  return (
    <>
      {opened.panel === "outline" && (
        <OpenOutline
          {...{ board, hands, canEdit, isReadingOut, onReadingOut }}
          canComment={level !== "view"}
          onComment={() => opened.setPlacing("selection")}
          onClose={opened.closePanel}
        />
      )}
      <span className="visually-hidden canvas-voice" role="status">
        {words}
      </span>
    </>
  );
}

type OpenOutlineProps = Omit<Parameters<typeof OutlinePanel>[0], "entries"> & {
  readonly board: JoinedBoard;
};

function OpenOutline({ board, ...props }: OpenOutlineProps) {
  return <OutlinePanel entries={useEntries(board, props.hands)} {...props} />;
}

/** What is on the canvas now; a moment late while it is being changed. */
function useEntries({ api }: JoinedBoard, hands: Hands): readonly OutlineEntry[] {
  const [entries, setEntries] = useState(() => outlineOf(hands.elements()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let known = versionOf(api.getSceneElements());
    let rest = REST_MS;
    const read = () => {
      timer = null;
      const version = versionOf(api.getSceneElements());
      if (version === known) return;
      known = version;
      const began = performance.now();
      setEntries(outlineOf(hands.elements()));
      rest = Math.max(REST_MS, REST_SHARE * (performance.now() - began));
    };
    const stop = api.onChange(() => {
      timer ??= setTimeout(read, rest);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [api, hands]);
  return entries;
}

/** Changes with every change of any element. */
function versionOf(
  elements: readonly { readonly version: number; readonly versionNonce: number }[],
) {
  let sum = elements.length;
  for (const { version, versionNonce } of elements) {
    sum = (Math.imul(sum, 31) + version + versionNonce) | 0;
  }
  return sum;
}
