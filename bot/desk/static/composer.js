// The reply box: what is written survives a reload, what is sent arrives once, also over a bad line.
import { on, tell } from "./live.js";
import { NoConnection, post, Refused } from "./server.js";
import { say } from "./words.js";

const TYPING_EVERY = 3_000;
const TYPING_ENDS = 5_000;
const SHOW_COUNT_FROM = 200;
const LONGEST_WAIT = 10_000;

/**
 * @param {HTMLFormElement} form
 * @param {string} ticket
 * @param {{pending: (item: object, words: string) => void, gone: (id: string) => void, sent: () => void}} log where replies show
 */
export function startComposer(form, ticket, log) {
  const field = form.elements.text;
  const chosen = form.querySelector("[data-chosen]");
  const counter = form.querySelector("[data-counter]");
  const plainCount = counter.textContent;
  const fault = form.querySelector("[data-fault]");
  const most = Number(field.dataset.max);
  const kept = { draft: `draft ${ticket}`, unsent: `unsent ${ticket}` };
  const unsent = JSON.parse(sessionStorage.getItem(kept.unsent) ?? "[]");
  let typingSince = 0;
  let typingEnds = 0;
  let sending = false;

  const links = () => [...chosen.querySelectorAll("input:checked")].map((box) => ({ value: box.value, label: box.parentElement.textContent.trim() }));
  const keepUnsent = () => sessionStorage.setItem(kept.unsent, JSON.stringify(unsent));
  const keepDraft = () => {
    sessionStorage.setItem(kept.draft, JSON.stringify({ text: field.value, links: links() }));
    grow();
  };
  const grow = () => {
    const left = most - field.value.length;
    counter.textContent = left < 0 ? say("tooLong", -left) : left < SHOW_COUNT_FROM ? say("left", left) : plainCount;
    counter.classList.toggle("fault", left < 0);
    field.rows = Math.min(8, Math.max(2, field.value.split("\n").length));
  };
  const tellFault = (text) => {
    fault.textContent = text;
    field.toggleAttribute("aria-invalid", Boolean(text));
  };
  const types = (isOn) => {
    clearTimeout(typingEnds);
    if (isOn) typingEnds = setTimeout(() => types(false), TYPING_ENDS);
    if (isOn ? Date.now() - typingSince > TYPING_EVERY : typingSince) {
      typingSince = tell({ type: "typing", on: isOn }) && isOn ? Date.now() : 0;
    }
  };

  // What was begun while the line was down, or before it was up.
  on("up", () => { if (document.activeElement === field && typingEnds && field.value.trim()) types(true); });

  const addCard = (value, label) => {
    if (chosen.querySelector(`input[value="${CSS.escape(value)}"]`)) return;
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "link", value, checked: true });
    const row = document.createElement("label");
    row.append(box, ` ${label}`);
    const item = document.createElement("li");
    item.append(row);
    chosen.append(item);
    keepDraft();
  };
  const insert = (text) => {
    const before = field.value.trimEnd();
    field.value = before ? `${before}\n${text}` : text;
    keepDraft();
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };

  const insertCanned = () => {
    const list = form.elements.canned;
    const { text } = list.selectedOptions[0].dataset;
    list.value = "";
    if (text) insert(text);
  };

  const send = () => {
    const text = field.value.trim();
    if (!text) { field.focus(); return tellFault(say("empty")); }
    if (field.value.length > most) return tellFault(say("tooLong", field.value.length - most));
    tellFault("");
    const item = { id: newId(), text, links: links() };
    unsent.push(item);
    keepUnsent();
    log.pending(item, say("sending"));
    field.value = "";
    chosen.replaceChildren();
    keepDraft();
    types(false);
    pump();
  };
  const pump = async () => {
    if (sending) return;
    sending = true;
    for (let wait = 1000; unsent.length; ) {
      const [item] = unsent;
      const fields = [["client_id", item.id], ["text", item.text], ["act", "send"], ...item.links.map((link) => ["link", link.value])];
      try {
        await post(form.action, fields);
        wait = 1000;
        drop(item);
        log.sent();
      } catch (error) {
        if (error instanceof NoConnection) {
          log.pending(item, say("retrying"));
          await new Promise((go) => setTimeout(go, wait));
          wait = Math.min(LONGEST_WAIT, wait * 2);
        } else if (error instanceof Refused) {
          // Nothing written is lost: it goes back to where it was written.
          drop(item);
          log.gone(item.id);
          insert(item.text);
          tellFault(error.message);
        } else {
          sending = false;
          throw error;
        }
      }
    }
    sending = false;
  };
  const drop = (item) => {
    unsent.splice(unsent.indexOf(item), 1);
    keepUnsent();
  };

  form.addEventListener("submit", (event) => {
    const act = event.submitter?.value ?? "send";
    if (act === "send") { event.preventDefault(); send(); }
    if (act === "canned") { event.preventDefault(); insertCanned(); }
  });
  // The arrow keys go through a list, so a change by keyboard is no choice yet; there the button inserts.
  let byPointer = false;
  form.elements.canned.addEventListener("pointerdown", () => { byPointer = true; });
  form.elements.canned.addEventListener("keydown", () => { byPointer = false; });
  form.elements.canned.addEventListener("change", () => { if (byPointer) insertCanned(); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  field.addEventListener("input", () => {
    tellFault("");
    keepDraft();
    types(field.value.trim() !== "");
  });
  chosen.addEventListener("change", (event) => {
    if (!event.target.checked) event.target.closest("li").remove();
    keepDraft();
    field.focus();
  });

  const draft = JSON.parse(sessionStorage.getItem(kept.draft) ?? "null");
  if (draft && !field.value) {
    field.value = draft.text;
    for (const link of draft.links) addCard(link.value, link.label);
  }
  grow();
  for (const item of unsent) log.pending(item, say("sending"));
  pump();
  return { insert, addCard, focus: () => field.focus() };
}

/** crypto.randomUUID only exists on https. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
