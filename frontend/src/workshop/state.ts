/** A workshop as the server tells it, and what follows from that. Pure. */

export interface Lead {
  /** As `user.id` in presence; a label of guests. */
  readonly id: string;
  /** Empty for guests. */
  readonly name: string;
}

export interface Timer {
  readonly seconds: number;
  /** Of this page's monotonic clock, in milliseconds; `null` while it is paused. */
  readonly endsAt: number | null;
  readonly leftMs: number;
}

export interface Results {
  /** Objects with dots, the most first. */
  readonly ranked: readonly (readonly [id: string, dots: number])[];
  readonly people: number;
  readonly guests: number;
}

export interface Vote {
  readonly id: string;
  readonly dots: number;
  readonly objects: readonly string[];
  /** How many people have finished. */
  readonly finished: number;
  readonly results: Results | null;
}

export interface WorkshopState {
  readonly revision: number;
  readonly lead: Lead | null;
  /** When the lead falls free, by this page's monotonic clock. */
  readonly leadUntil: number;
  readonly timer: Timer | null;
  readonly vote: Vote | null;
  /** The round of private writing. */
  readonly writing: string | null;
}

export interface Ballot {
  readonly dots: Readonly<Record<string, number>>;
  readonly isDone: boolean;
}

export const NO_BALLOT: Ballot = { dots: {}, isDone: false };

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what the server says. `now` is `performance.now()` at that moment: times are counted from it,
 * so a wrong clock on this device, or one that is set meanwhile, changes nothing.
 */
export function decodeWorkshop(value: unknown, now: number): WorkshopState | null {
  const said = objectOf(value);
  if (!said || typeof said.revision !== "number") return null;
  const shift = now - numberOf(said.now);
  const lead = objectOf(said.lead);
  return {
    revision: said.revision,
    lead: lead && { id: String(lead.id), name: String(lead.name ?? "") },
    leadUntil: lead ? numberOf(lead.free_at) + shift : 0,
    timer: timerOf(objectOf(said.timer), shift),
    vote: voteOf(objectOf(said.vote)),
    writing: textOf(objectOf(said.writing)?.id),
  };
}

export function decodeBallot(value: unknown): Ballot {
  const said = objectOf(value);
  return said ? { dots: dotsOf(said.dots), isDone: said.is_done === true } : NO_BALLOT;
}

/** What is left of a timer, in milliseconds; never less than nothing. */
export function leftOf({ endsAt, leftMs }: Timer, now: number): number {
  return endsAt === null ? leftMs : Math.max(0, endsAt - now);
}

/** As `4:05`, or `1:04:05`; a second that has begun counts. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  const [first = 0, ...rest] = hours > 0 ? [hours, ...parts] : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, "0"))].join(":");
}

export function sumOf(dots: Readonly<Record<string, number>>): number {
  return Object.values(dots).reduce((sum, count) => sum + count, 0);
}

/** The ballot with one dot more or less on an object; the same when that can't be. */
export function withDot(ballot: Ballot, vote: Vote, id: string, change: 1 | -1): Ballot {
  const count = (ballot.dots[id] ?? 0) + change;
  if (count < 0 || !vote.objects.includes(id)) return ballot;
  if (change > 0 && sumOf(ballot.dots) >= vote.dots) return ballot;
  const { [id]: _, ...others } = ballot.dots;
  return { ...ballot, dots: count === 0 ? others : { ...others, [id]: count } };
}

function timerOf(timer: Json | null, shift: number): Timer | null {
  if (!timer) return null;
  const endsAt = typeof timer.ends_at === "number" ? timer.ends_at + shift : null;
  return { seconds: numberOf(timer.seconds), endsAt, leftMs: numberOf(timer.left_ms) };
}

function voteOf(vote: Json | null): Vote | null {
  if (!vote) return null;
  const results = objectOf(vote.results);
  return {
    id: String(vote.id),
    dots: numberOf(vote.dots),
    objects: Array.isArray(vote.objects) ? vote.objects.map(String) : [],
    finished: numberOf(vote.finished),
    results: results && {
      ranked: Object.entries(dotsOf(results.dots)).sort((a, b) => b[1] - a[1]),
      people: numberOf(results.people),
      guests: numberOf(results.guests),
    },
  };
}

function dotsOf(value: unknown): Record<string, number> {
  const entries = Object.entries(objectOf(value) ?? {});
  return Object.fromEntries(entries.map(([id, count]) => [id, numberOf(count)]));
}

function objectOf(value: unknown): Json | null {
  return typeof value === "object" && value !== null ? (value as Json) : null;
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
