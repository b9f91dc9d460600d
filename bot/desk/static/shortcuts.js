// Single-key shortcuts. They can be switched off (WCAG 2.1.4) and never fire while someone writes.
import { setting } from "./alerts.js";

/** `acts` maps a key to what it does. */
export function startShortcuts(acts) {
  const list = document.querySelector("[data-shortcuts]");
  for (const button of document.querySelectorAll("[data-show-shortcuts]")) {
    button.addEventListener("click", () => list.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || list.open) return;
    const writes = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      if (writes) writes.blur();
      else acts.Escape?.();
      return;
    }
    if (writes || setting("shortcuts") !== "on") return;
    const act = event.key === "?" ? () => list.showModal() : acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}

/** The next (1) or previous (-1) of `elements` from the focused one; the first when none has the focus. */
export function step(elements, by, isAt) {
  const at = elements.findIndex(isAt);
  return elements[at < 0 ? 0 : Math.min(elements.length - 1, Math.max(0, at + by))];
}
