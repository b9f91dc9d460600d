type Attributes = Record<string, string | boolean | ((event: Event) => void) | undefined>;

/**
 * Make an element: `h("p.note", { id: "n" }, "words")`. Of its attributes, functions become listeners, `true` an empty
 * attribute, `false` and `undefined` nothing. Strings become text nodes, so nothing from a user or server is ever
 * parsed as HTML. A button submits a form only when it says so.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tagAndClasses: K | `${K}.${string}`,
  ...parts: (Attributes | Node | string)[]
): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = tagAndClasses.split(".") as [K, ...string[]];
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  if (element instanceof HTMLButtonElement) element.type = "button";
  for (const part of parts) {
    if (typeof part === "string" || part instanceof Node) element.append(part);
    else setAttributes(element, part);
  }
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
}

/** Set the text only when it differs: a live region repeats what is written to it. */
export function setText(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}

const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a 24 × 24 grid. */
const ICONS = {
  chat: "M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 4v-4h-1A1.5 1.5 0 0 1 4 14.5zM8 8.5h8M8 11.5h5",
  close: "M6 6l12 12M18 6L6 18",
  restart: "M5 12a7 7 0 1 0 2.3-5.2M4.5 4v4h4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.7-3.7 3.7-5.5 7.5-5.5s6.8 1.8 7.5 5.5",
  send: "M4.5 12h14M12.5 5.5L19 12l-6.5 6.5",
  external: "M13.5 5H19v5.5M19 5l-8.5 8.5M10 6H6.5A1.5 1.5 0 0 0 5 7.5v10A1.5 1.5 0 0 0 6.5 19h10a1.5 1.5 0 0 0 1.5-1.5V14",
  up: "M7.5 20h9.2a2 2 0 0 0 2-1.600l1.100-6A2 2 0 0 0 17.8 10H14l.6-3.8A1.900 1.900 0 0 0 12.7 4L8 10.5M4 10.5h3.5V20H4z",
  down: "M7.5 4h9.2a2 2 0 0 1 2 1.600l1.100 6a2 2 0 0 1-2 2.400H14l.6 3.8a1.900 1.900 0 0 1-1.900 2.2L8 13.5M4 13.5h3.5V4H4z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
  bellOff: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4M3.5 3.5l17 17",
  lock: "M7 10.5V8a5 5 0 0 1 10 0v2.5M5.5 10.5h13v9h-13z",
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
