/** The history of the drawing: look at an earlier version, name one, go back to one. */
import { useCallback, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { problemText } from "../page/boardApi";
import { byDay, clockTime, moment } from "../page/days";
import { PlusIcon } from "../page/icons";
import { SidePanel } from "../page/SidePanel";
import type { JoinedBoard } from "../page/useBoard";
import { News } from "../sync/news";
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
import { NameDialog, RestoreDialog } from "./dialogs";
import { VersionPreview } from "./VersionPreview";
import "../styles/versions.css";

export interface VersionsPanelProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly canEdit: boolean;
  readonly onClose: () => void;
}

/** What a dialog asks about: a new version has no id yet. */
type Asked =
  | { readonly what: "name"; readonly version: Version | null }
  | { readonly what: "restore"; readonly version: Version };

/** After a restore: from what, and the version that holds what was there before. */
interface Restored {
  readonly version: Version;
  readonly before: Version | null;
}

export default function VersionsPanel(props: VersionsPanelProps) {
  const { config, session, board, canEdit, onClose } = props;
  const { versions, problem, reload } = useVersions(config, session);
  const [preview, setPreview] = useState<VersionDrawing | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
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
  const look = ({ id }: Version) => attempt(async () => setPreview(await readVersion(config, id)));
  const restore = (version: Version) =>
    attempt(async () => {
      setAsked(null);
      board.flush();
      await restoreVersion(config, version.id);
      const [before = null] = (await reload()) ?? [];
      setPreview(null);
      setRestored({ version, before });
    });
  const name = (version: Version | null, text: string) =>
    attempt(async () => {
      setAsked(null);
      board.flush();
      await (version ? renameVersion(config, version.id, text) : saveVersion(config, text));
      await reload();
    });
  return (
    <SidePanel title={t("Version history")} onClose={onClose}>
      {canEdit ? (
        <p className="panel-actions">
          <button
            type="button"
            className="button"
            onClick={() => setAsked({ what: "name", version: null })}
          >
            <PlusIcon />
            {t("Name the present version")}
          </button>
        </p>
      ) : (
        <p className="panel-note">{t("You can look at earlier versions, not restore them.")}</p>
      )}
      {(failure || problem) && (
        <p className="field-error" role="alert">
          {failure || problem}
        </p>
      )}
      <div role="status">
        {restored && (
          <RestoredNote
            restored={restored}
            onUndo={restored.before && (() => restore(restored.before as Version))}
          />
        )}
      </div>
      {versions?.length === 0 && (
        <p className="panel-note">
          {t("No versions yet. One is kept every ten minutes while people draw.")}
        </p>
      )}
      {byDay(versions ?? [], ({ at }) => at, Date.now()).map(({ day, items }) => (
        <section key={day} className="version-day" aria-label={day}>
          <h3>{day}</h3>
          <ul className="version-list">
            {items.map((version) => (
              <VersionItem
                key={version.id}
                version={version}
                isCurrent={version.id === preview?.id}
                onLook={() => look(version)}
                onName={canEdit ? () => setAsked({ what: "name", version }) : null}
              />
            ))}
          </ul>
        </section>
      ))}
      {preview &&
        createPortal(
          <VersionPreview
            key={preview.id}
            config={config}
            board={board}
            version={preview}
            title={titleOf(preview)}
            onRestore={canEdit ? () => setAsked({ what: "restore", version: preview }) : null}
            onBack={() => setPreview(null)}
          />,
          board.canvas,
        )}
      {asked?.what === "name" && (
        <NameDialog
          initial={asked.version?.name ?? ""}
          onSubmit={(text) => void name(asked.version, text)}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.what === "restore" && (
        <RestoreDialog
          title={titleOf(asked.version)}
          onRestore={() => void restore(asked.version)}
          onClose={() => setAsked(null)}
        />
      )}
    </SidePanel>
  );
}

/** What a version is called in a sentence. */
function titleOf({ name, at }: Version): string {
  return name || t("Version of {time}", { time: moment(at) });
}

function RestoredNote({
  restored,
  onUndo,
}: {
  readonly restored: Restored;
  readonly onUndo: (() => void) | null;
}) {
  return (
    <div className="version-restored">
      <p>
        {t("Restored: {title}. What was there before is kept as the newest version.", {
          title: titleOf(restored.version),
        })}
      </p>
      {onUndo && (
        <button type="button" className="button" onClick={onUndo}>
          {t("Undo this")}
        </button>
      )}
    </div>
  );
}

interface VersionItemProps {
  readonly version: Version;
  readonly isCurrent: boolean;
  readonly onLook: () => void;
  /** `null` for who may not. */
  readonly onName: (() => void) | null;
}

function VersionItem({ version, isCurrent, onLook, onName }: VersionItemProps) {
  const { name, author, at } = version;
  return (
    <li className="version-item" data-named={name !== ""} aria-current={isCurrent}>
      <button type="button" className="version-look" onClick={onLook}>
        <span className="version-time">{clockTime(at)}</span>
        <span className="version-name">{name || t("Kept automatically")}</span>
        {author && <span className="version-author">{t("by {name}", { name: author })}</span>}
      </button>
      {onName && (
        <button
          type="button"
          className="link-button"
          aria-label={
            name
              ? t("Rename {title}", { title: name })
              : t("Name the version of {time}", { time: moment(at) })
          }
          onClick={onName}
        >
          {name ? t("Rename") : t("Name")}
        </button>
      )}
    </li>
  );
}

/** The list, kept in step with the server. */
function useVersions(config: BoardConfig, session: BoardSession) {
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
    const news = new News("versions");
    return session.onEvent(async (event) => {
      const missed = news.missed(event);
      if (event.type === "versions") void reload();
      else if (missed && (await reload())) news.asked(missed.number);
    });
  }, [session, reload]);
  return { versions, problem, reload };
}
