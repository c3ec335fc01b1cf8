/** The timer: for everybody the time, for the leader what to do with it. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { t, tn } from "../i18n";
import { Popover } from "./Popover";
import type { PartProps } from "./parts";
import { isSoundWanted, playEnd, rememberSound } from "./sound";
import { clockText, leftOf, type Timer } from "./state";

const TICK_MS = 200;
const MINUTE_MS = 60_000;
const MOST_MINUTES = 240;
const USUAL = [1, 3, 5, 10, 15];

export function TimerPart({ store, workshop, isLeading, say }: PartProps) {
  const { timer } = workshop;
  return (
    <>
      {timer && <Clock timer={timer} say={say} />}
      {timer && isLeading && <Controls timer={timer} store={store} />}
      {!timer && isLeading && (
        <Popover label={t("Timer")}>
          {(close) => (
            <Lengths
              onStart={(seconds) => {
                close();
                void store.command("PUT", "/timer", { seconds });
              }}
            />
          )}
        </Popover>
      )}
    </>
  );
}

function Clock({ timer, say }: { readonly timer: Timer } & Pick<PartProps, "say">) {
  const [isLoud, setLoud] = useState(isSoundWanted);
  const left = useLeft(timer);
  useSpoken(timer, left, isLoud, say);
  const isPaused = timer.endsAt === null;
  const toggleSound = () => {
    rememberSound(!isLoud);
    setLoud(!isLoud);
  };
  return (
    <>
      <span
        className="workshop-clock"
        role="timer"
        data-state={left === 0 ? "over" : isPaused ? "paused" : left <= MINUTE_MS ? "soon" : "on"}
      >
        {left === 0 ? t("Time is up") : clockText(left)}
        {isPaused && left > 0 && <span className="workshop-soft"> {t("paused")}</span>}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-pressed={isLoud}
        aria-label={t("Sound at the end")}
        title={t("Sound at the end")}
        onClick={toggleSound}
      >
        <SoundIcon isOn={isLoud} />
      </button>
    </>
  );
}

function SoundIcon({ isOn }: { readonly isOn: boolean }) {
  return (
    <svg className="workshop-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 9v6h4l5 4V5L8 9z" />
      <path
        d={isOn ? "M16.5 8.5a5 5 0 0 1 0 7M19 6a8.5 8.5 0 0 1 0 12" : "M17 9.5l5 5M22 9.5l-5 5"}
      />
    </svg>
  );
}

function Controls({ timer, store }: { readonly timer: Timer } & Pick<PartProps, "store">) {
  const isPaused = timer.endsAt === null;
  const change = (what: string) => void store.command("PATCH", "/timer", { change: what });
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => change(isPaused ? "resume" : "pause")}
      >
        {isPaused ? t("Go on") : t("Pause")}
      </button>
      <button type="button" className="button" onClick={() => change("extend")}>
        {t("+1 min")}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => void store.command("DELETE", "/timer")}
      >
        {t("Stop the timer")}
      </button>
    </>
  );
}

function Lengths({ onStart }: { readonly onStart: (seconds: number) => void }) {
  const [minutes, setMinutes] = useState("5");
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = Number(minutes);
    if (wanted > 0 && wanted <= MOST_MINUTES) onStart(Math.max(5, Math.round(wanted * 60)));
  };
  return (
    <>
      <p className="workshop-choices">
        {USUAL.map((n) => (
          <button key={n} type="button" className="button" onClick={() => onStart(n * 60)}>
            {t("{n} min", { n })}
          </button>
        ))}
      </p>
      <form className="workshop-form" onSubmit={onSubmit}>
        <label>
          {t("Minutes")}
          <input
            type="number"
            min="0.1"
            max={MOST_MINUTES}
            step="any"
            required
            value={minutes}
            onChange={({ target }) => setMinutes(target.value)}
          />
        </label>
        <button type="submit" className="button primary">
          {t("Start the timer")}
        </button>
      </form>
    </>
  );
}

/** What is left now, in milliseconds; renewed as often as the seconds need it. */
function useLeft(timer: Timer): number {
  const [, tick] = useState(0);
  const left = leftOf(timer, performance.now());
  const isRunning = timer.endsAt !== null && left > 0;
  useEffect(() => {
    if (!isRunning) return;
    const clock = setInterval(() => tick((n) => n + 1), TICK_MS);
    return () => clearInterval(clock);
  }, [isRunning]);
  return left;
}

/** Reads out how long it runs, the last minute, and the end, each once. */
function useSpoken(timer: Timer, left: number, isLoud: boolean, say: (words: string) => void) {
  const told = useRef<string | null>(null);
  const stage = left === 0 ? "over" : left <= MINUTE_MS ? "soon" : "on";
  const isPaused = timer.endsAt === null;
  useEffect(() => {
    const before = told.current;
    if (before === stage) return;
    told.current = stage;
    if (stage === "over") {
      // Who comes later was not waiting for it.
      if (before === null) return;
      say(t("Time is up"));
      if (isLoud) playEnd();
    } else if (stage === "soon" && before !== null) say(t("One minute left"));
    else if (before !== "soon" && !isPaused) {
      const minutes = Math.round(left / MINUTE_MS);
      const length = tn(minutes, "one minute", "{n} minutes");
      say(t("A timer runs: {length}", { length: minutes > 0 ? length : clockText(left) }));
    }
  }, [stage, isPaused, isLoud, left, say]);
}
