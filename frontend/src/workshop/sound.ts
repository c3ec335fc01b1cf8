/** A quiet sound at the end of a timer, for those who want it. */

const WANTED = "canvas-timer-sound";
const NOTES_HZ = [660, 880];
const NOTE_S = 0.25;
const VOLUME = 0.08;

/** Off unless somebody turned it on in this browser. */
export function isSoundWanted(): boolean {
  try {
    return localStorage.getItem(WANTED) === "1";
  } catch {
    return false;
  }
}

export function rememberSound(isWanted: boolean): void {
  try {
    if (isWanted) localStorage.setItem(WANTED, "1");
    else localStorage.removeItem(WANTED);
  } catch {
    // It holds for this visit.
  }
}

/** Two soft notes. Browsers that allow no sound without a click stay silent. */
export function playEnd(): void {
  const context = new AudioContext();
  for (const [at, frequency] of NOTES_HZ.entries()) {
    const start = context.currentTime + at * NOTE_S;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(VOLUME, start);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + NOTE_S);
  }
  setTimeout(() => void context.close(), 2000);
}
