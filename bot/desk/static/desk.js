// What makes the inbox and a conversation live. Without it, all of it works by forms and reloads.
import { startAlerts } from "./alerts.js";
import { startChat } from "./chat.js";
import { startInbox } from "./inbox.js";
import { connect, on } from "./live.js";
import { tickTimes, toast } from "./page.js";
import { NoConnection, post } from "./server.js";
import { say } from "./words.js";

const TICK = 5_000;
const POLL = 6_000;

const PHONE = "(max-width: 48rem)";

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
for (const element of document.querySelectorAll("[data-no-script]")) element.hidden = true;
const filters = document.querySelector("[data-filter-box]");
if (filters && matchMedia(PHONE).matches && filters.dataset.active === "0") filters.open = false;

const queue = document.querySelector("#queue");
const chat = document.querySelector("[data-chat]");
const refresh = queue ? startInbox(queue) : startChat(chat);
startAlerts();
setInterval(tickTimes, TICK);

const offline = document.querySelector("[data-offline] span");
let isUp = false;
on("up", () => { isUp = true; offline.hidden = true; });
on("down", () => { isUp = false; offline.hidden = false; });
// A proxy that lets no WebSocket through must not leave the page standing still.
setInterval(() => { if (!isUp) refresh(); }, POLL);
connect(chat?.dataset.chat);

const presence = document.querySelector("[data-presence]");
presence?.addEventListener("change", async () => {
  try {
    await post(presence.form.action, new FormData(presence.form));
    document.querySelector(".me-name .dot").className = `dot dot-${presence.value}`;
    document.querySelector(".me-name .vh").textContent = `, ${presence.selectedOptions[0].textContent}`;
    toast(say("presenceSaved", presence.selectedOptions[0].textContent));
  } catch (error) {
    if (!(error instanceof NoConnection)) throw error;
    offline.hidden = false;
  }
});
