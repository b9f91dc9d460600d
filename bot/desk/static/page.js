// Small things every page of the inbox shares: fragments put in place, ticking times, title, notices.
import { limit, say } from "./words.js";

const SAID_FOR = 6_000;
const plainTitle = document.title;

/** The elements of a fragment. The server has escaped what people wrote. */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Replace what is in `place`, keeping focus, ticks and chosen values by their ids. */
export function putInto(place, content) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const kept = [...place.querySelectorAll("input[id], select[id]")].map((field) => [field.id, field.checked, field.value]);
  place.replaceChildren(content);
  for (const [id, checked, value] of kept) {
    const field = document.getElementById(id);
    if (!field || !place.contains(field)) continue;
    if (field.type === "checkbox") field.checked = checked;
    else field.value = value;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Say something for a moment, also to screen readers. */
export function toast(text, isFault = false) {
  const line = document.createElement("p");
  line.className = isFault ? "toast toast-fault" : "toast";
  line.textContent = text;
  document.querySelector("[data-toasts]").append(line);
  setTimeout(() => line.remove(), isFault ? 2 * SAID_FOR : SAID_FOR);
}

/** How many wait, before the page's title. */
export function showWaiting(count) {
  document.title = count > 0 ? `(${count}) ${plainTitle}` : plainTitle;
}

export function tickTimes() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(element.dataset.since)) / 1000);
    const step = seconds >= limit("long") ? "Long" : seconds >= limit("soon") ? "Soon" : "New";
    element.className = `wait wait-${step.toLowerCase()}`;
    element.querySelector(".wait-step").textContent = say(`step${step}`);
    element.querySelector(".wait-words").textContent = inWords(seconds);
  }
}

/** The same as `wait` in bot/desk/waiting.py. */
function inWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "under 1 min.";
  if (minutes < 60) return `${minutes} min.`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} t. ${minutes % 60} min.`;
  const days = Math.floor(minutes / 1440);
  return days === 1 ? "1 dag" : `${days} dage`;
}

/** Calls `work` soon after the last of many calls, one at a time, and once more if called meanwhile. */
export function calmly(work, delay) {
  let timer = 0;
  let busy = false;
  let again = false;
  const run = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      await work();
    } finally {
      busy = false;
      if (again) { again = false; later(); }
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(run, delay); };
  return later;
}
