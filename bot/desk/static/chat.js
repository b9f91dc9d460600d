// The page of one conversation: it follows what is said and done, and helps to answer.
import { startComposer } from "./composer.js";
import { on } from "./live.js";
import { calmly, parse, putInto, showWaiting, tickTimes, toast } from "./page.js";
import { fetchPart, NoConnection, post, Refused } from "./server.js";
import { startShortcuts, step } from "./shortcuts.js";
import { startTypeahead } from "./typeahead.js";
import { say } from "./words.js";

const CALM = 80;
const TYPING_ENDS = 6_000;
const NEAR_END = 80;

export function startChat(page) {
  const ticket = page.dataset.chat;
  const log = page.querySelector("[data-log]");
  const messages = page.querySelector("[data-messages]");
  const typing = page.querySelector("[data-typing]");
  let typingTimer = 0;

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  // On a phone the whole page scrolls, not the log.
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    if (getComputedStyle(log).overflowY === "visible") scrollTo(0, document.body.scrollHeight);
  };
  const lastSeq = () => Math.max(0, ...[...messages.querySelectorAll("[data-seq]")].map((item) => Number(item.dataset.seq)));
  const showTyping = (text) => {
    clearTimeout(typingTimer);
    if (typing) typing.textContent = text;
    if (text) typingTimer = setTimeout(() => showTyping(""), TYPING_ENDS);
  };

  const add = (items) => {
    const stays = atEnd();
    let spoken = false;
    for (const item of [...items]) {
      const { seq, day, client } = item.dataset;
      if (seq && messages.querySelector(`[data-seq="${seq}"]`)) continue;
      if (day && messages.querySelector(`[data-day="${day}"]`)) continue;
      if (client) messages.querySelector(`[data-pending="${CSS.escape(client)}"]`)?.remove();
      if (item.matches(".from-citizen")) spoken = true;
      const pending = messages.querySelector("[data-pending]");
      pending ? pending.before(item) : messages.append(item);
    }
    if (spoken) showTyping("");
    if (stays) toEnd();
    else if (spoken) toast(say("newMessage"));
  };

  const refresh = async (after = lastSeq()) => {
    const seen = document.visibilityState === "visible" ? "&set=1" : "";
    const update = parse(await fetchPart(`/desk/samtale/${ticket}/beskeder?after=${after}${seen}`)).querySelector("[data-update]");
    if (update.dataset.state !== page.dataset.state || update.dataset.owns !== page.dataset.owns) {
      // Somebody took, passed on or ended it: all of the page is different. What is being written is kept.
      location.reload();
      return;
    }
    if (after === 0) messages.querySelectorAll(":scope > :not([data-pending])").forEach((item) => item.remove());
    add(update.querySelector('[data-part="messages"]').children);
    for (const part of ["mine", "status", "help", "notes"]) {
      const fresh = update.querySelector(`[data-part="${part}"]`);
      const old = page.querySelector(`[data-part="${part}"]`);
      if (old.innerHTML !== fresh.innerHTML) putInto(old, fragmentOf(fresh));
    }
    showWaiting(Number(update.querySelector("[data-waiting]").dataset.waiting));
    tickTimes();
  };
  let whole = false;
  const refreshSoon = calmly(async () => {
    const after = whole ? 0 : undefined;
    whole = false;
    try {
      await refresh(after);
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
    }
  }, CALM);

  const replies = {
    pending(item, words) {
      let line = messages.querySelector(`[data-pending="${item.id}"]`);
      if (messages.querySelector(`[data-client="${item.id}"]`)) return;
      if (!line) {
        line = parse('<li class="message from-human pending"><p class="who"></p><div class="bubble"><p class="said"></p></div><p class="decision"></p></li>').firstChild;
        line.dataset.pending = item.id;
        line.querySelector(".who").textContent = say("you");
        line.querySelector(".said").textContent = item.text;
        messages.append(line);
        toEnd();
      }
      line.querySelector(".decision").textContent = words;
    },
    gone(id) { messages.querySelector(`[data-pending="${id}"]`)?.remove(); },
    sent() { refreshSoon(); },
  };
  const form = page.querySelector("#reply");
  const composer = form && startComposer(form, ticket, replies);

  on("conversation", (event) => { if (event.conversation === page.dataset.conversation) refreshSoon(); });
  on("typing", (event) => { if (event.conversation === page.dataset.conversation) showTyping(event.on === false ? "" : say("citizenTypes")); });
  for (const type of ["queue", "new", "up"]) on(type, refreshSoon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refreshSoon(); });

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert], [data-card]");
    if (!button || !composer) return;
    event.preventDefault();
    if (location.hash === "#side") location.hash = "#svar";
    if (button.dataset.card) composer.addCard(button.dataset.card, button.dataset.label);
    if (button.dataset.insert) composer.insert(button.dataset.insert);
    else composer.focus();
  });
  page.addEventListener("submit", async (event) => {
    const sent = event.target;
    if (!sent.matches("[data-in-place], [data-claim-form]")) return;
    event.preventDefault();
    try {
      const done = await post(sent.action, new FormData(sent, event.submitter));
      if (sent.matches("[data-claim-form]")) return location.reload();
      toast(done.text);
      sent.reset();
      sent.closest("details")?.removeAttribute("open");
      whole = true;
    } catch (error) {
      if (error instanceof Refused) toast(error.message, true);
      else if (!(error instanceof NoConnection)) throw error;
    }
    refreshSoon();
  });
  // A form that opens at the end of the log would open out of sight.
  page.addEventListener("toggle", ({ target }) => { if (target.open) target.scrollIntoView({ block: "nearest" }); }, true);
  page.addEventListener("focusin", ({ target }) => {
    if (target.dataset.typeahead || !target.matches("[data-service-field], [data-link-field]")) return;
    target.dataset.typeahead = "on";
    if (target.matches("[data-service-field]")) {
      startTypeahead(target, (found) => found.map((one) => ({ label: one.title, hint: one.department, value: one })), (one) => { target.value = one.title; });
      return;
    }
    const linksOf = (found) => found.flatMap((one) => one.links.map((link) => ({ label: link.label, hint: `${one.title} · ${new URL(link.url).hostname.replace(/^www\./, "")}`, value: link })));
    startTypeahead(target, linksOf, (link) => {
      target.value = "";
      composer.addCard(link.value, link.label);
    });
    target.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });
  for (const button of page.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      toast(say("copied"));
    });
  }

  const mine = () => [...page.querySelectorAll(".mine-chat")];
  const go = (by) => {
    const link = step(mine(), by, (one) => one.matches("[aria-current]"));
    if (link && !link.matches("[aria-current]")) link.click();
  };
  startShortcuts({
    j: () => go(1),
    k: () => go(-1),
    t: () => page.querySelector("[data-claim]")?.click(),
    r: () => composer?.focus(),
    Escape: () => location.hash === "#side" ? (location.hash = "#svar") : location.assign("/desk/indbakke"),
  });
  showWaiting(Number(page.querySelector("[data-waiting]").dataset.waiting));
  toEnd();
  return refreshSoon;
}

function fragmentOf(element) {
  const fragment = document.createDocumentFragment();
  fragment.append(...element.childNodes);
  return fragment;
}
