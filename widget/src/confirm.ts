import { h, setText } from "./dom";

interface Question {
  question: string;
  yes: string;
  no: string;
  act(): void;
}

/** Asks before something that can't be taken back. The focus returns to `from` after a no. */
export class Confirm {
  readonly element: HTMLElement;
  readonly #question = h("p", { id: "confirm" });
  readonly #yes = h("button.primary", { click: () => this.#answer() });
  readonly #no = h("button.secondary", { click: () => this.end() });
  #act = (): void => undefined;
  #from: HTMLElement | null = null;

  constructor() {
    this.element = h(
      "div.confirm",
      { role: "group", "aria-labelledby": "confirm", hidden: true },
      this.#question,
      h("div.answers", this.#yes, this.#no),
    );
  }

  get asks(): boolean {
    return !this.element.hidden;
  }

  ask({ question, yes, no, act }: Question, from: HTMLElement): void {
    setText(this.#question, question);
    setText(this.#yes, yes);
    setText(this.#no, no);
    this.#act = act;
    this.#from = from;
    this.element.hidden = false;
    this.#yes.focus();
  }

  end(): void {
    this.element.hidden = true;
    this.#from?.focus();
  }

  /** The question has lost its meaning. */
  withdraw(): void {
    this.element.hidden = true;
  }

  #answer(): void {
    this.element.hidden = true;
    this.#act();
  }
}
