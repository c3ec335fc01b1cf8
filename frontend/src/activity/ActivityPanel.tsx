/** What happened on the board, for its owner: from the audit log, without addresses. */
import { useCallback, useEffect, useState } from "react";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { callBoard, problemText } from "../page/boardApi";
import { pressable } from "../page/buttons";
import { byDay, clockTime } from "../page/days";
import { Problem } from "../page/Problem";
import { SidePanel } from "../page/SidePanel";
import "../styles/versions.css";
import { type ActivityRow, collapsed, decodeActivity, whatHappened, whoDid } from "./words";

export interface ActivityPanelProps {
  readonly config: BoardConfig;
  readonly onClose: () => void;
}

export default function ActivityPanel({ config, onClose }: ActivityPanelProps) {
  const { rows, hasMore, problem, isLoading, load } = useActivity(config);
  return (
    <SidePanel title={t("Activity")} onClose={onClose}>
      <p className="panel-actions">
        <button type="button" className="button" {...pressable(!isLoading, () => load(1))}>
          {t("Refresh")}
        </button>
      </p>
      <Problem text={problem} />
      {rows.length === 0 && (
        <p className="panel-note" role="status">
          {isLoading ? t("Loading…") : t("Nothing has happened yet.")}
        </p>
      )}
      {byDay(rows, ({ at }) => at, Date.now()).map(({ day, items }) => (
        <section key={day} className="version-day" aria-label={day}>
          <h3>{day}</h3>
          <ul className="activity-list">
            {collapsed(items).map(({ row, count }) => (
              <li key={row.id} data-denied={row.isDenied}>
                <time dateTime={new Date(row.at).toISOString()}>{clockTime(row.at)}</time>
                <span>
                  <strong>{whoDid(row)}</strong> {whatHappened(row)}
                  {count > 1 && ` ${t("({n} times)", { n: count })}`}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {hasMore && (
        <button type="button" className="button" {...pressable(!isLoading, () => load())}>
          {t("Show more")}
        </button>
      )}
    </SidePanel>
  );
}

function useActivity(config: BoardConfig) {
  const [rows, setRows] = useState<readonly ActivityRow[]>([]);
  const [next, setNext] = useState<number | null>(1);
  const [problem, setProblem] = useState("");
  const [isLoading, setLoading] = useState(false);
  const load = useCallback(
    async (page: number) => {
      setLoading(true);
      setProblem("");
      try {
        const answer = await callBoard(config, "GET", `audit?page=${page}`);
        const { results, next: more } = answer as { results: unknown[]; next: string | null };
        const decoded = results.map(decodeActivity);
        // Rows that were added meanwhile push others to this page that are already shown.
        setRows((shown) => (page === 1 ? decoded : united(shown, decoded)));
        setNext(more === null ? null : page + 1);
      } catch (error) {
        setProblem(problemText(error));
      } finally {
        setLoading(false);
      }
    },
    [config],
  );
  useEffect(() => void load(1), [load]);
  return {
    rows,
    problem,
    isLoading,
    hasMore: next !== null && rows.length > 0,
    load: (page = next ?? 1) => void load(page),
  };
}

function united(shown: readonly ActivityRow[], more: readonly ActivityRow[]): ActivityRow[] {
  const known = new Set(shown.map(({ id }) => id));
  return [...shown, ...more.filter(({ id }) => !known.has(id))];
}
