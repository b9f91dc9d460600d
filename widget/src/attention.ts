import { text } from "./texts";

let mark = "";

/** Tell in the page's title that `unread` messages wait; 0 takes it back. The page may change its title meanwhile. */
export function markTitle(unread: number): void {
  const { title } = document;
  const own = title.startsWith(mark) ? title.slice(mark.length) : title;
  mark = unread ? text("titleUnread", { n: unread }) : "";
  if (title !== mark + own) document.title = mark + own;
}

/** When each tone begins, in seconds, and its pitch in hertz. */
const TONES = [
  [0, 660],
  [0.16, 880],
] as const;
const TONE_LASTS_S = 0.4;
const LOUDNESS = 0.2;
const OVER_AFTER_MS = 1_000;

/** Two short tones. Made here: no file to fetch, and nothing the page's policy could refuse. */
export function chime(): void {
  const context = new AudioContext();
  for (const [start, pitch] of TONES) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(LOUDNESS, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_LASTS_S);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + TONE_LASTS_S);
  }
  // A browser holds sound back until the page is touched; one that comes then would puzzle.
  window.setTimeout(() => void context.close(), OVER_AFTER_MS);
}
