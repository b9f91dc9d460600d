// The inbox page: the list follows the queue, and a chat is taken without leaving the page in doubt who got it.
import { on } from "./live.js";
import { calmly, parse, putInto, showWaiting, tickTimes, toast } from "./page.js";
import { fetchPart, NoConnection, post, Refused } from "./server.js";
import { startShortcuts, step } from "./shortcuts.js";
import { say } from "./words.js";

const CALM = 200;
const HAND_STILL = 700;
const MOST_HOLDS = 4;

export function startInbox(place) {
  let holds = 0;
  const refresh = calmly(async () => {
    // Rows must not move under a hand that is about to take one.
    if (place.querySelector("[data-claim]:hover, select:focus") && holds < MOST_HOLDS) {
      holds += 1;
      setTimeout(refresh, HAND_STILL);
      return;
    }
    holds = 0;
    try {
      putInto(place, parse(await fetchPart(place.dataset.live)));
      settle();
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
    }
  }, CALM);

  const settle = () => {
    showWaiting(Number(place.querySelector("[data-waiting]").dataset.waiting));
    tickTimes();
    countPicked();
  };

  const countPicked = () => {
    const picked = place.querySelectorAll("input[name=ticket]:checked").length;
    const bulk = place.querySelector("[data-bulk]");
    if (!bulk) return;
    bulk.dataset.ready = "";
    bulk.hidden = picked === 0;
    bulk.querySelector("[data-bulk-count]").textContent = say("picked", picked);
  };

  const claim = async (button) => {
    button.disabled = true;
    try {
      const { path } = await post(button.formAction, {});
      location.assign(path);
    } catch (error) {
      button.disabled = false;
      if (error instanceof Refused) toast(error.message, true);
      else document.querySelector("[data-offline] span").hidden = false;
      refresh();
    }
  };

  place.addEventListener("change", (event) => {
    if (event.target.name === "ticket") countPicked();
  });
  place.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-claim]")) return;
    event.preventDefault();
    claim(event.submitter);
  });
  for (const type of ["queue", "new", "conversation", "up"]) on(type, refresh);

  const rows = () => [...place.querySelectorAll(".ticket")];
  const isAt = (row) => row.contains(document.activeElement);
  const move = (by) => step(rows(), by, isAt)?.querySelector(".ticket-title a").focus();
  startShortcuts({
    j: () => move(1),
    k: () => move(-1),
    t: () => (rows().find(isAt) ?? place).querySelector("[data-claim]")?.click(),
    r: () => rows().find(isAt)?.querySelector(".ticket-title a").click(),
  });
  settle();
  return refresh;
}
