import { useEffect, useRef } from "react";
import { linkedThread } from "../comments/linkedThread";
import type { BoardConfig } from "../config";
import { csrfToken } from "../language";
import type { BoardSession } from "../sync/session";
import { Bell } from "./bell";

interface BellButtonProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

/** The bell on a board. The server tells it of news, and comments of this board open in place. */
export function BellButton({ config, session }: BellButtonProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const bell = new Bell(place.current, {
      csrf: () => csrfToken(config),
      open: (url) => linkedThread.follow(url),
    });
    const stop = session.onEvent((event) => {
      if (event.type === "notifications") void bell.refresh();
    });
    return () => {
      stop();
      bell.destroy();
    };
  }, [config, session]);
  return <div ref={place} />;
}
