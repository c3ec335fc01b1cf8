/** The list of versions, in step with the server, and what can be done with one. */
import { useCallback, useEffect, useState } from "react";
import type { BoardConfig } from "../config";
import { problemText } from "../page/boardApi";
import type { JoinedBoard } from "../page/useBoard";
import { MissedChanges } from "../sync/missedChanges";
import type { BoardSession } from "../sync/session";
import {
  listVersions,
  readVersion,
  renameVersion,
  restoreVersion,
  saveVersion,
  type Version,
  type VersionDrawing,
} from "./api";

/** After a restore: from what, and the version that holds what was there before. */
export interface Restored {
  readonly version: Version;
  readonly before: Version | null;
}

export function useVersions(config: BoardConfig, session: BoardSession, board: JoinedBoard) {
  const { versions, problem, reload } = useList(config, session);
  const [preview, setPreview] = useState<VersionDrawing | null>(null);
  const [restored, setRestored] = useState<Restored | null>(null);
  const [failure, setFailure] = useState("");
  const attempt = async (action: () => Promise<void>) => {
    setFailure("");
    try {
      await action();
    } catch (error) {
      setFailure(problemText(error));
    }
  };
  return {
    versions: versions ?? [],
    isEmpty: versions?.length === 0,
    problem: failure || problem,
    preview,
    restored,
    look: ({ id }: Version) => attempt(async () => setPreview(await readVersion(config, id))),
    leave: () => setPreview(null),
    restore: (version: Version) =>
      attempt(async () => {
        board.flush();
        await restoreVersion(config, version.id);
        const [before = null] = (await reload()) ?? [];
        setPreview(null);
        setRestored({ version, before });
      }),
    /** Names a version; with `null`, saves the current one under that name. */
    name: (version: Version | null, text: string) =>
      attempt(async () => {
        board.flush();
        await (version ? renameVersion(config, version.id, text) : saveVersion(config, text));
        await reload();
      }),
  };
}

function useList(config: BoardConfig, session: BoardSession) {
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [problem, setProblem] = useState("");
  const reload = useCallback(async () => {
    try {
      const listed = await listVersions(config);
      setVersions(listed);
      setProblem("");
      return listed;
    } catch (error) {
      setProblem(problemText(error));
      return null;
    }
  }, [config]);
  useEffect(() => {
    void reload();
    const changes = new MissedChanges("versions");
    return session.onEvent(async (event) => {
      const missed = changes.missed(event);
      if (event.type === "versions") void reload();
      else if (missed && (await reload())) changes.asked(missed.number);
    });
  }, [session, reload]);
  return { versions, problem, reload };
}
