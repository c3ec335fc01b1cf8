/** The history of the drawing: look at an earlier version, name one, go back to one. */
import { useState } from "react";
import { createPortal } from "react-dom";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { byDay, clockTime, moment } from "../page/days";
import { PlusIcon } from "../page/icons";
import { Problem } from "../page/Problem";
import { SidePanel } from "../page/SidePanel";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import type { Version } from "./api";
import { NameDialog, RestoreDialog } from "./dialogs";
import { type Restored, useVersions } from "./useVersions";
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

export default function VersionsPanel(props: VersionsPanelProps) {
  const { config, session, board, canEdit, onClose } = props;
  const history = useVersions(config, session, board);
  const { preview, restored } = history;
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <SidePanel title={t("Version history")} onClose={onClose}>
      <Intro canEdit={canEdit} onName={() => setAsked({ what: "name", version: null })} />
      <Problem text={history.problem} />
      <div role="status">
        {restored && <RestoredNote restored={restored} onUndo={history.restore} />}
      </div>
      {history.isEmpty && (
        <p className="panel-note">
          {t("No versions yet. One is saved every ten minutes while people draw.")}
        </p>
      )}
      {byDay(history.versions, ({ at }) => at, Date.now()).map(({ day, items }) => (
        <section key={day} className="version-day" aria-label={day}>
          <h3>{day}</h3>
          <ul className="version-list">
            {items.map((version) => (
              <VersionItem
                key={version.id}
                version={version}
                isCurrent={version.id === preview?.id}
                onLook={() => history.look(version)}
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
            onBack={history.leave}
          />,
          board.canvas,
        )}
      {asked && <Question asked={asked} history={history} onClose={() => setAsked(null)} />}
    </SidePanel>
  );
}

function Intro({ canEdit, onName }: { readonly canEdit: boolean; readonly onName: () => void }) {
  if (!canEdit) {
    return (
      <p className="panel-note">{t("You can look at earlier versions, but not restore them.")}</p>
    );
  }
  return (
    <p className="panel-actions">
      <button type="button" className="button" onClick={onName}>
        <PlusIcon />
        {t("Name the current version")}
      </button>
    </p>
  );
}

interface QuestionProps {
  readonly asked: Asked;
  readonly history: Pick<ReturnType<typeof useVersions>, "name" | "restore">;
  readonly onClose: () => void;
}

/** What is asked before a version is named or restored. */
function Question({ asked, history, onClose }: QuestionProps) {
  if (asked.what === "restore") {
    return (
      <RestoreDialog
        title={titleOf(asked.version)}
        onRestore={() => {
          onClose();
          void history.restore(asked.version);
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <NameDialog
      initial={asked.version?.name ?? ""}
      onSubmit={(text) => {
        onClose();
        void history.name(asked.version, text);
      }}
      onClose={onClose}
    />
  );
}

/** What a version is called in a sentence. */
function titleOf({ name, at }: Version): string {
  return name || t("Version of {time}", { time: moment(at) });
}

interface RestoredNoteProps {
  readonly restored: Restored;
  readonly onUndo: (before: Version) => void;
}

function RestoredNote({ restored: { version, before }, onUndo }: RestoredNoteProps) {
  return (
    <div className="version-restored">
      <p>
        {t("Restored: {title}. What was there before is saved as the newest version.", {
          title: titleOf(version),
        })}
      </p>
      {before && (
        <button type="button" className="button" onClick={() => onUndo(before)}>
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
  /** `null` for people who may not. */
  readonly onName: (() => void) | null;
}

function VersionItem({ version, isCurrent, onLook, onName }: VersionItemProps) {
  const { name, author, at } = version;
  return (
    <li className="version-item" data-named={name !== ""} aria-current={isCurrent}>
      <button type="button" className="version-look" onClick={onLook}>
        <span className="version-time">{clockTime(at)}</span>
        <span className="version-name">{name || t("Saved automatically")}</span>
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
