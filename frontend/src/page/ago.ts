import { language, t } from "../i18n";

const MINUTE_MS = 60_000;

/** A moment in words, seen from `now`; both in epoch milliseconds. */
export function timeAgo(at: number, now: number): string {
  const minutes = Math.max(0, Math.round((now - at) / MINUTE_MS));
  if (minutes < 1) return t("just now");
  const formatter = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (minutes < 60) return formatter.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 24
    ? formatter.format(-hours, "hour")
    : formatter.format(-Math.round(hours / 24), "day");
}
