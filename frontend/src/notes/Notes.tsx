/** Sticky notes on the page: the tool for people who may edit, and for everybody who wrote them. */
import { useEffect, useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import { NOTE_KEYS } from "../keys/shortcuts";
import { useShortcuts } from "../keys/useShortcuts";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { AuthorLayer } from "./authorLayer";
import { ColourBar } from "./ColourBar";
import { noteColour } from "./colour";
import { NoteButton } from "./NoteButton";
import { watchPaste } from "./paste";
import { boxAround, isToolOn, turnTool, watchTool } from "./tool";
import { NoteWriting } from "./writing";

interface NotesProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly isPresenting: boolean;
}

export default function Notes({ config, session, board, isPresenting }: NotesProps) {
  const { api, doc, editor } = board;
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  useEffect(() => {
    const layer = new AuthorLayer(api, doc, config.user, editor);
    return () => layer.destroy();
  }, [api, doc, config, editor]);
  return canEdit && !isPresenting ? <NoteTool board={board} /> : null;
}

function NoteTool({ board: { api, editor } }: { readonly board: JoinedBoard }) {
  useEffect(() => {
    const writing = new NoteWriting(api, editor);
    const stops = [
      watchTool(api, editor, (x, y) => writing.start(boxAround(x, y), noteColour.snapshot())),
      watchPaste(api, noteColour.snapshot),
    ];
    return () => {
      for (const stop of stops) stop();
      writing.destroy();
      turnTool(api, false);
    };
  }, [api, editor]);
  const isOn = useSyncExternalStore(api.onChange, () => isToolOn(api));
  const toggle = () => turnTool(api, !isToolOn(api));
  useShortcuts({ [NOTE_KEYS.tool]: () => turnTool(api, true) });
  return (
    <>
      <NoteButton editor={editor} isOn={isOn} onToggle={toggle} />
      <ColourBar api={api} editor={editor} isOn={isOn} />
    </>
  );
}
