// The editors' pages: preview and remarks while typing, and how far a publication has come. All of it also works without.
import { NoConnection, Refused, fetchPart, post } from "./server.js";

const PREVIEW_WAIT = 600;
const LINES_WAIT = 900;
const PROGRESS_EVERY = 1_500;
const MOST_AT_ONCE = 40;
const waiting = new Map();

const studio = document.querySelector("[data-studio]");
if (studio) editing(studio);
const publication = document.querySelector("[data-publication]");
if (publication) following(publication);

function editing(root) {
  const path = root.dataset.studio;
  const form = root.querySelector("[data-form]");
  let changed = false;
  form.addEventListener("input", () => { changed = true; later("preview", PREVIEW_WAIT, preview); });
  form.addEventListener("submit", () => { changed = false; });
  later("preview", 0, preview);  // what was typed before this script was there
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  async function preview() {
    root.querySelector("[data-preview]").innerHTML = await postPart(`${path}/vis`, form);
  }

  for (const button of form.querySelectorAll("[data-link-test]")) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => testLink(form, button.dataset.linkTest));
  }

  const phrasings = form.querySelector("#phrasings");
  if (!phrasings) return;
  const known = new Map();
  const before = new Set(linesOf(phrasings));
  phrasings.addEventListener("input", () => {
    form.querySelector("[data-count]").textContent = linesOf(phrasings).length;
    later("lines", LINES_WAIT, remark);
  });

  // Only what has been written since the page was opened: the others were looked at when they were published.
  async function remark() {
    const lines = linesOf(phrasings);
    const unknown = lines.filter((line) => !before.has(line) && !known.has(line)).slice(0, MOST_AT_ONCE);
    const found = await post(`${path}/linjer`, { lines: unknown.join("\n"), phrasings: phrasings.value });
    for (const [line, remarks] of Object.entries(found.lines)) known.set(line, remarks);
    show(lines.filter((line) => !before.has(line)), found.whole);
    if (lines.some((line) => !before.has(line) && !known.has(line))) later("lines", 0, remark);
  }

  function show(lines, whole) {
    const list = document.createElement("ul");
    list.className = "findings";
    for (const one of whole) list.append(item(one.severity, one.text));
    for (const line of [...lines].reverse()) {
      for (const one of known.get(line) ?? []) list.append(item(one.severity, `«${line}»: ${one.text}`));
    }
    form.querySelector("[data-findings]").replaceChildren(list);
  }
}

async function testLink(form, row) {
  const told = form.querySelector(`[data-link-result="${row}"]`);
  told.textContent = "…";
  try {
    const found = await post("/desk/indhold/link", { url: form.elements[`link${row}.url`].value });
    told.className = found.works ? "works" : "fails";
    told.textContent = found.text;
  } catch (error) {
    told.textContent = error.message;
  }
}

function item(severity, words) {
  const element = document.createElement("li");
  element.className = severity;
  element.textContent = words;
  return element;
}

function linesOf(area) {
  return [...new Set(area.value.split("\n").map((line) => line.trim()).filter(Boolean))];
}

function following(root) {
  const again = async () => {
    if (!root.querySelector("[data-working]")) return;
    try {
      root.innerHTML = await fetchPart(root.dataset.publication);
      const told = document.querySelector("[data-told]");
      const state = root.querySelector("[data-state]").textContent;
      if (told.textContent !== state) told.textContent = state;
    } catch (error) {
      if (!(error instanceof NoConnection || error instanceof Refused)) throw error;
    }
    setTimeout(again, PROGRESS_EVERY);
  };
  setTimeout(again, PROGRESS_EVERY);
}

/** Once, when nothing more has been typed for a while. The server's absence is no harm: it is asked again at the next key. */
function later(name, milliseconds, act) {
  clearTimeout(waiting.get(name));
  waiting.set(name, setTimeout(async () => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof NoConnection || error instanceof Refused)) throw error;
    }
  }, milliseconds));
}

async function postPart(address, form) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch {
    throw new NoConnection();
  }
  if (!answer.ok) throw new Refused("");
  return answer.text();
}
