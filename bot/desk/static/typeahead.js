// A field that finds services while one types: the combobox pattern of the ARIA practices guide, keyboard included.
import { fetchJson, NoConnection } from "./server.js";
import { say } from "./words.js";

const CALM = 120;
let made = 0;

/**
 * @param {HTMLInputElement} field
 * @param {(services: object[]) => {label: string, hint: string, value: object}[]} optionsOf what to offer of the services found
 * @param {(value: object) => void} choose called with the value of the chosen one
 */
export function startTypeahead(field, optionsOf, choose) {
  const list = document.createElement("ul");
  list.id = `found-${(made += 1)}`;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0]?.firstChild.textContent.trim() ?? "");
  list.hidden = true;
  const count = document.createElement("span");
  count.className = "vh";
  count.setAttribute("role", "status");
  field.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    field.setAttribute(name, value);
  }
  field.after(list, count);
  field.parentElement.classList.add("combo");

  let options = [];
  let at = -1;
  let asked = 0;
  let timer = 0;
  // Enter came before what it is meant for.
  let takesFirst = false;
  let searching = false;

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = index;
    const option = list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };
  const take = (index) => {
    const option = options[index];
    close();
    choose(option.value);
  };
  const show = () => {
    list.replaceChildren(...options.map((option, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = option.hint;
      item.append(option.label, " ", hint);
      // Before the field loses the focus.
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
      return item;
    }));
    list.hidden = options.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    at = -1;
    count.textContent = options.length ? say("servicesFound", options.length) : say("noService");
    if (options.length) mark(0);
    if (takesFirst && options.length) take(0);
    takesFirst = false;
  };
  const search = async () => {
    const turn = (asked += 1);
    const typed = field.value.trim();
    if (!typed) { searching = false; options = []; count.textContent = ""; return close(); }
    try {
      const found = optionsOf(await fetchJson(`/desk/ydelser?q=${encodeURIComponent(typed)}`));
      if (turn === asked && document.activeElement === field) { searching = false; options = found; show(); }
    } catch (error) {
      searching = false;
      if (!(error instanceof NoConnection)) throw error;
    }
  };

  field.addEventListener("input", () => { takesFirst = false; searching = true; clearTimeout(timer); timer = setTimeout(search, CALM); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && searching) {
      event.preventDefault();
      takesFirst = true;
      return;
    }
    if (list.hidden) {
      if (event.key === "ArrowDown" && field.value) { event.preventDefault(); search(); }
      return;
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) mark((at + by + options.length) % options.length);
    else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
