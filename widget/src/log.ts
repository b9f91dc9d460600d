import { Bubble } from "./bubble";
import type { Conversation, Entry } from "./conversation";
import { h, icon, setText } from "./dom";
import { Feedback } from "./feedback";
import { LetterForm } from "./letter";
import { text } from "./texts";

/** Closer to the end than this counts as reading along. */
const AT_END_PX = 48;
const SETTLED_MS = 300;
const LETTER_MARGIN_PX = 8;

/** The scrolling part of the panel: privacy note, messages, typing sign. */
export class Log {
  readonly element = h("div.log-frame");
  readonly #scroller = h("div.scroller", { tabindex: "0" });
  readonly #messages = h("div.messages", { role: "log", "aria-live": "off" });
  readonly #typing = h("div.typing", { hidden: true });
  readonly #typingWords = h("span");
  readonly #newer: HTMLButtonElement;
  readonly #bubbles = new Map<string, Bubble>();
  readonly #feedbacks = new Map<string, Feedback>();
  readonly #letter: LetterForm;
  /** The message after which the form for staff was last shown from its beginning; 0 for none. */
  #letterAfter = 0;
  #followsEnd = true;

  readonly #conversation: Conversation;

  constructor(conversation: Conversation, privacy: HTMLElement) {
    this.#conversation = conversation;
    this.#letter = new LetterForm(conversation);
    this.#newer = h("button.newer", { hidden: true, click: () => this.toEnd() });
    this.#newer.append(icon("arrowDown"), h("span"));
    const dots = h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.#typing.append(dots, this.#typingWords);
    this.#scroller.append(privacy, this.#messages, this.#typing);
    this.element.append(this.#scroller, this.#newer);
    this.#scroller.addEventListener("scroll", () => this.#scrolled());
    // When the panel shrinks, as when a phone's keyboard comes up, the end or the field in use stays in sight.
    new ResizeObserver(() => {
      if (this.#followsEnd) this.#jumpToEnd();
      else this.#scroller.querySelector(":focus")?.scrollIntoView({ block: "nearest" });
    }).observe(this.#scroller);
  }

  render(): void {
    setText(this.#newer.lastElementChild!, text("newMessages"));
    this.#messages.setAttribute("aria-label", text("log"));
    this.#scroller.setAttribute("aria-label", text("log"));
    this.#scroller.setAttribute("role", "region");
    const entries = this.#conversation.entries();
    const isNew = entries.filter(({ key }) => !this.#bubbles.has(key));
    this.#renderEntries(entries);
    this.#renderTyping();
    if (isNew.some(({ message }) => message.author === "citizen")) this.#followsEnd = true;
    if (this.#letterIsNew()) this.#scrollTo(this.#letter.element.previousElementSibling);
    else if (this.#followsEnd) this.#jumpToEnd();
    else if (isNew.length) this.#newer.hidden = false;
    // Only what comes from now on is read aloud, not the history that a page load brings back.
    if (this.#conversation.loaded) window.setTimeout(() => this.#messages.setAttribute("aria-live", "polite"), SETTLED_MS);
  }

  toEnd(): void {
    this.#followsEnd = true;
    this.#jumpToEnd();
    this.focus();
  }

  focus(): void {
    this.#scroller.focus({ preventScroll: true });
  }

  toLetter(): void {
    this.#scrollTo(this.#letter.element);
    this.#letter.focus();
  }

  #renderEntries(entries: Entry[]): void {
    const nodes: Node[] = [];
    const letter = this.#conversation.letterbox.place;
    let letterAt = 0;
    const chosen = chosenAfter(entries);
    entries.forEach((entry, i) => {
      const { key, message } = entry;
      let bubble = this.#bubbles.get(key);
      if (!bubble) this.#bubbles.set(key, (bubble = new Bubble()));
      bubble.update(entry, {
        firstOfRun: entries[i - 1]?.message.author !== message.author,
        chosen: chosen[i]!,
        active: this.#conversation.takesButtonsOf(message),
        choose: (button) => this.#conversation.choose(button),
      });
      nodes.push(bubble.element);
      if (this.#asksForRating(entries, i)) nodes.push(this.#feedback(entry).element);
      if (letter && message.seq <= letter.after) letterAt = nodes.length;
    });
    this.#letter.render();
    if (letter && letterAt) nodes.splice(letterAt, 0, this.#letter.element);
    this.#arrange(nodes);
    const keys = new Set(entries.map(({ key }) => key));
    for (const known of [this.#bubbles, this.#feedbacks]) {
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
    }
  }

  /** Put the nodes in order, touching only what changed: moved nodes are read aloud again and lose focus. */
  #arrange(nodes: Node[]): void {
    const wanted = new Set(nodes);
    for (const child of [...this.#messages.childNodes]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, i) => {
      const there = this.#messages.childNodes[i] ?? null;
      if (there !== node) this.#messages.insertBefore(node, there);
    });
  }

  /** After the citizen's first message: the newest answer, every answer with a link, and those already rated. */
  #asksForRating(entries: Entry[], i: number): boolean {
    const isBot = (at: number): boolean => entries[at]?.message.author === "bot";
    if (!isBot(i) || isBot(i + 1) || entries[i]!.message.form) return false;
    let start = i;
    while (isBot(start - 1)) start--;
    const isAnswer = entries.slice(0, start).some(({ message }) => message.author === "citizen");
    if (!isAnswer) return false;
    const { typing, withHuman } = this.#conversation;
    const isLast = i === entries.length - 1 && typing !== "bot" && !withHuman;
    const hasLink = entries.slice(start, i + 1).some((entry) => entry.message.links?.length);
    const isRated = this.#conversation.kept.rating(entries[i]!.message.seq) !== null;
    return isLast || hasLink || isRated;
  }

  #feedback({ key, message }: Entry): Feedback {
    let feedback = this.#feedbacks.get(key);
    if (!feedback) {
      const { kept } = this.#conversation;
      feedback = new Feedback(kept.rating(message.seq), (value, comment) => {
        return this.#conversation.rate(message.seq, value, comment);
      });
      this.#feedbacks.set(key, feedback);
    }
    return feedback;
  }

  #renderTyping(): void {
    const { typing, humanName } = this.#conversation;
    this.#typing.hidden = !typing;
    const name = humanName || text("humanUnnamed");
    setText(this.#typingWords, typing === "human" ? text("humanTyping", { name }) : text("botTyping"));
  }

  /** True once for each form that comes last, so that it is read from its beginning. */
  #letterIsNew(): boolean {
    const after = this.#conversation.letterbox.place?.after ?? 0;
    const isNew = after > this.#letterAfter && this.#messages.lastChild === this.#letter.element;
    if (isNew || !after) this.#letterAfter = after;
    return isNew;
  }

  #scrollTo(element: Element | null): void {
    if (!(element instanceof HTMLElement)) return;
    this.#scroller.scrollTop = element.offsetTop - LETTER_MARGIN_PX;
    this.#scrolled();
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#followsEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    if (this.#followsEnd) this.#newer.hidden = true;
  }

  #jumpToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#newer.hidden = true;
  }
}

/** For each entry, what the citizen wrote or chose after it. Made from the history, so it survives a reload. */
function chosenAfter(entries: Entry[]): Set<string>[] {
  const later = new Set<string>();
  const result: Set<string>[] = [];
  for (let i = entries.length - 1; i >= 0; i--) {
    result[i] = new Set(later);
    if (entries[i]!.message.author === "citizen") later.add(entries[i]!.message.text);
  }
  return result;
}
