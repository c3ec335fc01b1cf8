/** A board that is joined with the stand-in editor, without React: what panels are given. */
import { ConflictActions } from "../../src/conflicts/actions";
import { Ghost } from "../../src/conflicts/ghost";
import { DropImport } from "../../src/files/dropImport";
import { excalidrawScene } from "../../src/page/scene";
import type { JoinedBoard } from "../../src/page/useBoard";
import { Follow } from "../../src/presence/follow";
import { Presence } from "../../src/presence/presence";
import type { BoardSession } from "../../src/sync/session";
import { OwnHistory } from "../../src/undo/history";
import { EditorApi } from "./editorApi";

export interface Joined {
  readonly board: JoinedBoard;
  readonly editor: EditorApi;
}

export function joinedBoard(session: BoardSession): Joined {
  const editor = new EditorApi();
  const { api } = editor;
  const { doc, connection } = session;
  const user = { id: "1", name: "Alice", username: "alice", picture: "" };
  const canvas = document.createElement("div");
  document.body.append(canvas);
  const { restore } = excalidrawScene(api);
  const flush = () => {};
  const board: JoinedBoard = {
    api,
    doc,
    canvas,
    editor: canvas,
    flush,
    presence: new Presence(connection.provider.awareness, api, user),
    follow: new Follow(connection.provider.awareness, api),
    conflicts: {
      actions: new ConflictActions({ api, doc, user, restore, flush }),
      ghost: new Ghost(api, canvas),
    },
    history: new OwnHistory({ api, doc, author: user, flush }),
    drops: new DropImport(canvas, api),
  };
  return { board, editor };
}
