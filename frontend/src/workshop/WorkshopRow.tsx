/** Loads workshops when one is on, or is asked for. */
import { Suspense, useRef, useSyncExternalStore } from "react";
import { lazyPart } from "../page/lazyPart";
import { hasDrafts } from "./hasDrafts";
import type { WorkshopProps } from "./Workshop";

const Workshop = lazyPart(() => import("./Workshop"));

export function WorkshopRow(props: WorkshopProps) {
  const { config, session, opened } = props;
  const isOn = useSyncExternalStore(session.subscribe, () => session.board().workshop > 0);
  // Once it is there it stays: the end of a workshop is something to do, too.
  const isUsed = useRef(false);
  isUsed.current ||= isOn || opened.isWorkshop || hasDrafts(config);
  if (!isUsed.current) return null;
  return (
    <Suspense>
      <Workshop {...props} />
    </Suspense>
  );
}
