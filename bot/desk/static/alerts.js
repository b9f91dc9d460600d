// Sound and browser notification when a new chat waits: only for those who asked for it, and never with a citizen's words.
import { on } from "./live.js";
import { say } from "./words.js";

const KEY = "odder-desk-";
const NOTES = [[660, 0], [880, 0.16]];
const ONCE_WITHIN = 4_000;
let audio = null;

export function setting(name) {
  return localStorage.getItem(KEY + name) ?? (name === "shortcuts" ? "on" : "off");
}

export function startAlerts() {
  for (const box of document.querySelectorAll("[data-setting]")) {
    box.checked = setting(box.dataset.setting) === "on";
    box.addEventListener("change", () => choose(box));
  }
  on("new", alertNew);
  closeLikeMenu(document.querySelector(".alerts"));
}

/** It lies over the list: Escape, and a click elsewhere, put it away. */
function closeLikeMenu(box) {
  document.addEventListener("click", ({ target }) => { if (box && !box.contains(target)) box.open = false; });
  box?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    event.preventDefault();
    box.open = false;
    box.querySelector("summary").focus();
  });
}

async function choose(box) {
  const name = box.dataset.setting;
  localStorage.setItem(KEY + name, box.checked ? "on" : "off");
  if (!box.checked) return;
  if (name === "sound") play();
  if (name === "notify") {
    const allowed = "Notification" in window && (await Notification.requestPermission()) === "granted";
    document.querySelector("[data-notify-blocked]").hidden = allowed;
    if (!allowed) {
      box.checked = false;
      localStorage.setItem(KEY + name, "off");
    }
  }
}

function alertNew() {
  if (document.querySelector("[data-presence]")?.value !== "available" || toldByOtherTab()) return;
  if (setting("sound") === "on") play();
  if (setting("notify") === "on" && document.hidden && window.Notification?.permission === "granted") {
    const shown = new Notification(say("newChat"), { body: say("newBody"), tag: "odder-desk-new" });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign("/desk/indbakke");
    });
  }
}

function toldByOtherTab() {
  const before = Number(localStorage.getItem(`${KEY}told`));
  localStorage.setItem(`${KEY}told`, Date.now());
  return Date.now() - before < ONCE_WITHIN;
}

function play() {
  audio ??= new AudioContext();
  // A browser lets a page sound only after a click in it; then this does nothing.
  audio.resume();
  for (const [pitch, after] of NOTES) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const loudness = new GainNode(audio, { gain: 0 });
    const at = audio.currentTime + after;
    loudness.gain.linearRampToValueAtTime(0.15, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.32);
  }
}
