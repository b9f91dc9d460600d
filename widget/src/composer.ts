import { h, icon, setText } from "./dom";
import { text } from "./texts";

/** The counter shows when this share of the limit is used. */
const COUNTER_FROM = 0.8;

interface Options {
  draft: string;
  maxLength(): number;
  send(words: string): void;
  typed(draft: string): void;
}

/** Where the citizen writes. Enter sends, Shift+Enter makes a new line. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly #label = h("label.vh", { for: "composer" });
  readonly #field: HTMLTextAreaElement;
  /** Holds the same text and so makes the field grow, without a style attribute. */
  readonly #mirror = h("div.mirror", { "aria-hidden": "true" });
  readonly #hint = h("p.hint", { id: "hint" });
  readonly #counter = h("p.counter", { id: "counter", hidden: true });
  readonly #spoken = h("p.vh", { role: "status" });
  readonly #button = h("button.send", { type: "submit" }, icon("send"));

  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    this.#field = h("textarea", {
      id: "composer",
      rows: "1",
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "hint counter",
      input: () => this.#edited(),
      keydown: (event) => this.#keydown(event as KeyboardEvent),
    });
    this.#field.value = options.draft;
    const grow = h("div.grow", this.#mirror, this.#field);
    this.element = h(
      "form.composer",
      { submit: (event) => this.#submit(event) },
      this.#label,
      h("div.row", grow, this.#button),
      h("div.below", this.#hint, this.#counter),
      this.#spoken,
    );
  }

  render(): void {
    setText(this.#label, text("inputLabel"));
    this.#field.placeholder = text("inputLabel");
    this.#button.setAttribute("aria-label", text("send"));
    this.#button.title = text("send");
    setText(this.#hint, text("privacyShort"));
    this.#showLength();
  }

  focus(): void {
    this.#field.focus();
  }

  #keydown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const words = this.#field.value.trim();
    if (words && length(words) <= this.#options.maxLength()) {
      this.#field.value = "";
      this.#edited();
      this.#options.send(words);
    }
    this.#field.focus();
  }

  #edited(): void {
    this.#options.typed(this.#field.value);
    this.#showLength();
  }

  #showLength(): void {
    const max = this.#options.maxLength();
    const left = max - length(this.#field.value.trim());
    const words = left < 0 ? text("tooLong", { n: -left }) : text("remaining", { n: left });
    // A space after the last line break, or the mirror would be one line too low.
    setText(this.#mirror, `${this.#field.value} `);
    this.#counter.hidden = left > max * (1 - COUNTER_FROM);
    this.#counter.classList.toggle("over", left < 0);
    this.#field.setAttribute("aria-invalid", String(left < 0));
    setText(this.#counter, words);
    // Read aloud at every 50th character and when the limit is passed, not at every key.
    if (this.#counter.hidden) setText(this.#spoken, "");
    else if (left < 0) setText(this.#spoken, words);
    else if (left % 50 === 0) setText(this.#spoken, words);
  }
}

/** Characters as the server counts them, not UTF-16 units. */
function length(words: string): number {
  return [...words].length;
}
