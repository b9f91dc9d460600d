import type { Conversation } from "./conversation";
import { h, icon, setText } from "./dom";
import type { Letter, LetterField } from "./protocol";
import { text, type TextKey } from "./texts";
import { Refused } from "./transport";
import { uuid } from "./uuid";

/** Told at once; whether the number or address can exist is for the server to say. */
const HAS_ADDRESS = /@|(\D*\d){8}/;

/** The form for a message to staff, who can't answer in the chat now. */
export class LetterForm {
  /** Quiet: only the message that brings the form is read aloud, not every field of it. */
  readonly element = h("div.letter", { "aria-live": "off" });
  readonly #title = h("h3", { id: "letter" });
  readonly #lead = h("p");
  readonly #name = new Field(h("input", { id: "letter-name", autocomplete: "name" }), "letterName");
  readonly #contact = new Field(
    h("input", { id: "letter-contact", autocapitalize: "off", spellcheck: "false" }),
    "letterContact",
  );
  readonly #text = new Field(h("textarea", { id: "letter-text", rows: "4" }), "letterText");
  readonly #fields: Record<LetterField, Field> = { name: this.#name, contact: this.#contact, text: this.#text };
  readonly #entries = Object.entries(this.#fields) as [LetterField, Field][];
  readonly #privacy = h("span");
  readonly #failed = h("p.error", { role: "alert" });
  readonly #send = h("button.primary", { type: "submit" });
  readonly #close = h("button.secondary");
  readonly #form: HTMLFormElement;
  readonly #sent = h("p", { tabindex: "-1" });
  /** Which form it is now, by the message it stands after; 0 while there is none. */
  #after = 0;
  #letter!: Letter;
  #underway = false;

  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#close.addEventListener("click", () => conversation.letterbox.close());
    this.#form = h(
      "form",
      { novalidate: true, "aria-labelledby": "letter", submit: (event) => void this.#submit(event) },
      this.#title,
      this.#lead,
      ...Object.values(this.#fields).map(({ element }) => element),
      h("p.privacy", icon("lock"), this.#privacy),
      this.#failed,
      h("div.answers", this.#send, this.#close),
    );
    this.#form.addEventListener("input", () => this.#keep());
    this.element.append(this.#form, h("div.sent", icon("check"), this.#sent));
  }

  render(): void {
    const { letterbox, state, config, kept } = this.#conversation;
    const { after, promise } = letterbox.place ?? { after: 0, promise: null };
    const hadFocus = this.#form.matches(":focus-within");
    if (after && after !== this.#after) this.#fill();
    this.#after = after;
    const to = { municipality: config.municipality ?? text("municipality") };
    setText(this.#title, text("letterTitle"));
    setText(this.#lead, state === "queued" ? text("letterLeavesQueue") : "");
    for (const field of Object.values(this.#fields)) field.render();
    setText(this.#privacy, text("letterPrivacy", to));
    setText(this.#send, text(this.#underway ? "sending" : "letterSend", to));
    this.#send.setAttribute("aria-disabled", String(this.#underway));
    setText(this.#close, text("letterClose"));
    this.#close.hidden = kept.letterOpened !== after;
    this.#form.hidden = promise !== null;
    this.#form.nextElementSibling!.toggleAttribute("hidden", promise === null);
    setText(this.#sent, promise ?? "");
    if (promise && hadFocus) this.#sent.focus();
  }

  focus(): void {
    this.#name.input.focus({ preventScroll: true });
  }

  #fill(): void {
    const { kept, ownWords } = this.#conversation;
    this.#letter = kept.letter ?? { client_id: uuid(), name: "", contact: "", text: ownWords };
    for (const [key, field] of this.#entries) {
      field.input.value = this.#letter[key];
      field.complain("");
    }
    setText(this.#failed, "");
  }

  /** Changed words are another message: the server keeps one message for each id. */
  #keep(): void {
    this.#letter = { ...this.#letter, client_id: uuid() };
    for (const [key, { input }] of this.#entries) this.#letter[key] = input.value;
    this.#conversation.kept.letter = this.#letter;
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.#underway || !this.#isComplete()) return;
    setText(this.#failed, "");
    this.#underway = true;
    this.render();
    try {
      await this.#conversation.sendLetter(this.#letter);
    } catch (error) {
      this.#explain(error);
    }
    this.#underway = false;
    this.render();
  }

  #isComplete(): boolean {
    this.#name.complain(this.#name.isEmpty ? text("letterNameMissing") : "");
    this.#contact.complain(HAS_ADDRESS.test(this.#contact.input.value) ? "" : text("letterContactMissing"));
    this.#text.complain(this.#text.isEmpty ? text("letterTextMissing") : "");
    const wrong = Object.values(this.#fields).find(({ isWrong }) => isWrong);
    wrong?.input.focus();
    return !wrong;
  }

  #explain(error: unknown): void {
    const field = error instanceof Refused && error.field ? this.#fields[error.field] : null;
    const words = (error instanceof Refused && error.text) || text("letterFailed");
    if (!field) return setText(this.#failed, words);
    field.complain(words);
    field.input.focus();
  }
}

/** A field with its label above and what is wrong with it below. */
class Field {
  readonly element: HTMLElement;
  readonly #label: HTMLLabelElement;
  readonly #error: HTMLElement;
  readonly #key: TextKey;

  constructor(
    readonly input: HTMLInputElement | HTMLTextAreaElement,
    key: TextKey,
  ) {
    this.#key = key;
    this.#label = h("label", { for: input.id });
    this.#error = h("p.error", { id: `${input.id}-error` });
    input.setAttribute("aria-required", "true");
    input.setAttribute("aria-describedby", this.#error.id);
    input.addEventListener("input", () => this.complain(""));
    this.element = h("div.field", this.#label, input, this.#error);
  }

  get isEmpty(): boolean {
    return !this.input.value.trim();
  }

  get isWrong(): boolean {
    return this.#error.textContent !== "";
  }

  render(): void {
    setText(this.#label, text(this.#key));
  }

  complain(words: string): void {
    setText(this.#error, words);
    this.input.setAttribute("aria-invalid", String(words !== ""));
  }
}
