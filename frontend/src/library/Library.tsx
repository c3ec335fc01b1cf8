/** The libraries beside the canvas: what was drawn once, to be used again. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import { sayRefused } from "../files/guard";
import { Refused } from "../files/refused";
import { download } from "../files/unsavedExport";
import { t } from "../i18n";
import { SidePanel } from "../page/SidePanel";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import type { Chosen } from "./chosen";
import { takeDrops } from "./drag";
import { ChosenActions, Foot, type Told } from "./Foot";
import { LIBRARY_TYPE, libraryFile, placed } from "./file";
import { insertItem, itemOfSelection } from "./insert";
import type { Item } from "./item";
import { librariesOf } from "./libraries";
import { Section, type SectionActions } from "./Section";
import { MINE } from "./server";
import { type Shelf, useShelves } from "./shelves";
import type { LibraryStore } from "./store";
import { useImporting } from "./useImporting";
import "../styles/library.css";

interface LibraryProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  /** Grows when the selection is to be added to one's own library. */
  readonly additions: number;
  readonly onClose: () => void;
}

/** So many of these have been done. */
let added = 0;

export default function Library({ config, session, board, additions, onClose }: LibraryProps) {
  const libraries = librariesOf(config, session);
  const shelves = useShelves(libraries);
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [isRenaming, setRenaming] = useState(false);
  const [told, setTold] = useState<Told | null>(null);
  const fail = useCallback((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    setTold({ text: error instanceof Refused ? error.message : t("This could not be done.") });
  }, []);
  useEffect(() => {
    libraries.onProblem = ({ message }) => setTold({ text: message });
    void libraries.sync();
  }, [libraries]);
  const { api, canvas, doc } = board;
  useEffect(() => takeDrops(canvas, api, session.mayEdit, fail), [canvas, api, session, fail]);
  const importing = useImporting(libraries, setTold, fail);
  const insert = (item: Item, isByKey: boolean) => {
    if (!canEdit) {
      sayRefused(api);
      return;
    }
    try {
      insertItem(api, item);
      // What is pressed next is for what was inserted.
      if (!isByKey) board.editor.focus();
      setTold({
        text: item.name
          ? t("“{name}” is on the board.", { name: item.name })
          : t("It is on the board."),
      });
    } catch (error) {
      fail(error);
    }
  };
  const add = (library: string, store: LibraryStore, make: () => Omit<Item, "position">) => {
    try {
      const [item] = placed([make()], store.items() ?? []);
      if (!item) return;
      store.put(item);
      setTold(null);
      setChosen({ library, item, store });
      setRenaming(true);
    } catch (error) {
      fail(error);
    }
  };
  useEffect(() => {
    if (additions <= added) return;
    added = additions;
    const store = libraries.store(MINE);
    void store.loaded.then(() => addLatest.current(MINE, store, () => itemOfSelection(api, doc)));
  }, [additions, libraries, api, doc]);
  const addLatest = useRef(add);
  addLatest.current = add;
  const actions: SectionActions = {
    onInsert: insert,
    onChoose: (next, isNaming) => {
      setChosen(next);
      setRenaming(isNaming);
    },
    onAddSelection: (shelf, store) => add(shelf.id, store, () => itemOfSelection(api, doc)),
    onFiles: importing.begin,
    onSave: (items) => download(libraryFile(items), "library.excalidrawlib", LIBRARY_TYPE),
    onRemove: (item, store) => {
      store.remove(item.id);
      setChosen(null);
      setTold({
        text: item.name
          ? t("“{name}” was removed.", { name: item.name })
          : t("The drawing was removed."),
        undo: () => {
          store.put(item);
          setTold(null);
        },
      });
    },
  };
  return (
    <SidePanel title={t("Library")} onClose={onClose}>
      <p className="field library-filter">
        <input
          type="search"
          aria-label={t("Search the library")}
          placeholder={t("Search the library")}
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
        />
      </p>
      {!canEdit && <p className="panel-note">{t("You can look, but not draw on this board.")}</p>}
      {shelves.map((shelf, n) => (
        <Section
          key={shelf.id}
          {...actions}
          shelf={shelf}
          libraries={libraries}
          isOpenFirst={n === 0 || shelf.id === "flow"}
          filter={filter.trim().toLocaleLowerCase()}
          chosen={chosen}
          hint={hintFor(shelf, libraries.isLocal)}
        />
      ))}
      <Foot
        told={told}
        stop={importing.stop}
        actions={
          chosen && (
            <ChosenActions
              chosen={chosen}
              shelves={shelves}
              isRenaming={isRenaming}
              onRenaming={(isNow) => {
                setRenaming(isNow);
                if (!isNow) setChosen(null);
              }}
              onInsert={() => insert(chosen.item, true)}
              onRemove={actions.onRemove}
              onCopy={(id, title) => {
                const { name, elements, files } = chosen.item;
                const store = libraries.store(id);
                void store.loaded.then(() => {
                  const copy = { id: crypto.randomUUID(), name, elements, files };
                  try {
                    store.putAll(placed([copy], store.items() ?? []));
                    setTold({ text: t("Copied to “{library}”.", { library: title }) });
                  } catch (error) {
                    fail(error);
                  }
                });
              }}
              onClose={() => setChosen(null)}
            />
          )
        }
      />
    </SidePanel>
  );
}

function hintFor({ id }: Shelf, isLocal: boolean): string {
  if (id !== MINE) return t("Nothing is in it yet.");
  return isLocal
    ? t(
        "Select something on the board and add it. It stays on this device, because you are not signed in.",
      )
    : t("Select something on the board and add it, to use it again on every board and device.");
}
