import type { Entry } from "./conversation";
import { h, icon, setText } from "./dom";
import { linkify, opensNewWindow, safeUrl, shownAddress } from "./linkify";
import type { Button, Link, Message } from "./protocol";
import { text, type TextKey } from "./texts";

/** What a bubble must know about its place in the conversation. */
export interface Surroundings {
  firstOfRun: boolean;
  /** Titles the citizen has chosen after this message. */
  chosen: Set<string>;
  /** The buttons can still be used. */
  active: boolean;
  choose(button: Button): void;
}

/** One message: bubble, link cards and chips. Built once, then only brought up to date. */
export class Bubble {
  readonly element = h("div.message");
  readonly #status = h("p.delivery");
  readonly #chips = new Map<string, HTMLButtonElement>();
  #built = "";

  update({ message, delivery }: Entry, around: Surroundings): void {
    this.element.className = `message ${message.author} ${delivery}${around.firstOfRun ? " first" : ""}`;
    const content = JSON.stringify([message.text, message.links, message.buttons, message.name]);
    if (content !== this.#built) {
      this.#built = content;
      this.#build(message, around);
    }
    for (const [title, chip] of this.#chips) {
      const isChosen = around.chosen.has(title);
      chip.classList.toggle("chosen", isChosen);
      chip.setAttribute("aria-disabled", String(isChosen || !around.active));
      setText(chip.lastElementChild!, isChosen ? ` ${text("used")}` : "");
    }
    const key: Partial<Record<typeof delivery, TextKey>> = {
      sending: "sending",
      waiting: "waiting",
      rejected: "rejected",
    };
    setText(this.#status, key[delivery] ? text(key[delivery]!) : "");
  }

  #build(message: Message, around: Surroundings): void {
    const bubble = h("div.bubble", speaker(message), body(message));
    const parts: Node[] = [];
    if (message.author === "human" && around.firstOfRun) {
      parts.push(h("p.name", { "aria-hidden": "true" }, message.name || text("humanUnnamed")));
    }
    parts.push(bubble);
    if (message.links?.length) parts.push(h("div.cards", ...message.links.map(card)));
    this.#chips.clear();
    if (message.buttons?.length) {
      parts.push(h("div.chips", ...message.buttons.map((button) => this.#chip(button, around))));
    }
    this.element.replaceChildren(...parts, this.#status);
  }

  #chip(button: Button, around: Surroundings): HTMLButtonElement {
    // aria-disabled, not disabled: a used chip keeps the keyboard's place.
    const chip = h(
      "button.chip",
      {
        click: () => {
          if (chip.getAttribute("aria-disabled") !== "true") around.choose(button);
        },
      },
      icon("check"),
      h("span", button.title),
      h("span.vh"),
    );
    this.#chips.set(button.title, chip);
    return chip;
  }
}

/** Who speaks, for those who can't see which side the bubble is on. */
function speaker({ author, name }: Message): HTMLElement {
  const key = { citizen: "authorCitizen", bot: "authorBot", human: "authorHuman", system: "authorSystem" } as const;
  const words = text(key[author] ?? "authorSystem", { name: name || text("humanUnnamed") });
  return h("span.vh", `${words} `);
}

function body(message: Message): HTMLElement {
  const words = String(message.text ?? "");
  const parts =
    message.author === "citizen"
      ? [words]
      : linkify(words, (url, label) => h("a", anchorAttributes(url), label, ...newWindow(url)));
  return h("span.text", ...parts);
}

function card(link: Link): HTMLElement {
  const url = safeUrl(link.url);
  const kind = link.kind === "self_service" ? "selfService" : link.kind === "information" ? "information" : null;
  const place = [kind && text(kind), url && shownAddress(url)].filter(Boolean).join(" · ");
  const lines = [h("span.label", link.label)];
  if (place) lines.push(h("span.host", place));
  if (link.note) lines.push(h("span.note", link.note));
  // An address of another kind (javascript:, data:) is shown as words, never as a link.
  if (!url) return h("div.card", h("span.lines", ...lines));
  const kindOf = link.kind ? (`a.card.${link.kind}` as const) : "a.card";
  const marks = opensNewWindow(url) ? [icon("external")] : [];
  return h(kindOf, anchorAttributes(url), h("span.lines", ...lines, ...newWindow(url)), ...marks);
}

function anchorAttributes(url: URL): Record<string, string> {
  return opensNewWindow(url) ? { href: url.href, target: "_blank", rel: "noopener" } : { href: url.href };
}

function newWindow(url: URL): HTMLElement[] {
  return opensNewWindow(url) ? [h("span.vh", ` ${text("newWindow")}`)] : [];
}
