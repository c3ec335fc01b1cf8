import { useEffect, useState } from "react";
import { language } from "../i18n";
import { timeAgo } from "./ago";

const MINUTE_MS = 60_000;

/** "5 minutes ago", kept up to date; the exact time on hover. */
export function TimeAgo({ at }: { readonly at: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString(language())}>
      {timeAgo(at, now)}
    </time>
  );
}
