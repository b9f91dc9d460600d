import { h, icon, setText } from "./dom";
import type { Rating } from "./protocol";
import { text } from "./texts";

const COMMENT_MAX = 1000;
let made = 0;

/** Thumbs under an answer, and a comment for those who want to say more. */
export class Feedback {
  readonly element: HTMLElement;
  readonly #thanks = h("p.thanks", { role: "status" });
  readonly #thumbs: Record<Rating, HTMLButtonElement>;
  readonly #more = h("button.quiet", { hidden: true, click: () => this.#openForm() });
  #form: HTMLFormElement | null = null;

  #value: Rating | null;
  readonly #rate: (value: Rating, comment?: string) => boolean;

  constructor(value: Rating | null, rate: (value: Rating, comment?: string) => boolean) {
    this.#value = value;
    this.#rate = rate;
    this.#thumbs = {
      up: this.#thumb("up", text("helpfulYes")),
      down: this.#thumb("down", text("helpfulNo")),
    };
    this.#more.append(text("commentOpen"));
    const question = h("span.question", text("helpful"));
    const row = h("div.thumbs", question, this.#thumbs.up, this.#thumbs.down);
    this.element = h("div.feedback", { role: "group", "aria-label": text("helpful") }, row, this.#thanks, this.#more);
    this.#show();
  }

  #thumb(value: Rating, label: string): HTMLButtonElement {
    const click = (): void => this.#choose(value);
    return h("button.icon-button", { "aria-label": label, title: label, click }, icon(value));
  }

  #choose(value: Rating): void {
    if (!this.#rate(value)) return;
    this.#value = value;
    this.#show();
    setText(this.#thanks, text("thanks"));
    this.#form?.remove();
    this.#form = null;
    if (value === "down") this.#openForm(false);
    else this.#more.hidden = false;
  }

  #show(): void {
    for (const value of ["up", "down"] as const) {
      this.#thumbs[value].setAttribute("aria-pressed", String(this.#value === value));
    }
  }

  #openForm(focus = true): void {
    this.#more.hidden = true;
    const id = `comment-${++made}`;
    const field = h("textarea", { id, rows: "2", maxlength: String(COMMENT_MAX) });
    const submit = (event: Event): void => {
      event.preventDefault();
      const comment = field.value.trim();
      if (!comment) return field.focus();
      if (!this.#value || !this.#rate(this.#value, comment)) return;
      setText(this.#thanks, text("commentThanks"));
      this.#form?.remove();
      this.#form = null;
      this.#thumbs[this.#value].focus();
    };
    this.#form = h(
      "form.comment",
      { submit },
      h("label", { for: id }, text(this.#value === "up" ? "commentUp" : "commentDown")),
      field,
      h("button.secondary", { type: "submit" }, text("commentSend")),
    );
    this.element.append(this.#form);
    if (focus) field.focus();
  }
}
