import { chime } from "./attention";
import type { Conversation } from "./conversation";
import { h, icon, setText } from "./dom";
import { text } from "./texts";

interface Options {
  leaveHuman(from: HTMLElement): void;
  writeLetter(): void;
}

/** Who answers when it isn't the robot, the place in line, and the ways out. */
export class Standing {
  readonly element: HTMLElement;
  readonly #words = h("p");
  readonly #spoken = h("p.vh", { role: "status" });
  readonly #sound = h("button.icon-button", { click: () => this.#switchSound() });
  readonly #leaveQueue = h("button.secondary", h("span"), h("span.vh"));
  readonly #letter = h("button.secondary");
  readonly #leaveHuman = h("button.secondary");
  #place: number | null = null;

  readonly #conversation: Conversation;

  constructor(conversation: Conversation, { leaveHuman, writeLetter }: Options) {
    this.#conversation = conversation;
    this.#leaveQueue.addEventListener("click", () => conversation.cancel());
    this.#letter.addEventListener("click", writeLetter);
    this.#leaveHuman.addEventListener("click", () => leaveHuman(this.#leaveHuman));
    const ways = h("div.answers", this.#leaveQueue, this.#letter, this.#leaveHuman);
    const line = h("div.row", this.#words, this.#sound);
    this.element = h("div.standing", { hidden: true }, line, ways, this.#spoken);
  }

  render(): void {
    const { state, place, kept } = this.#conversation;
    const words = this.#describe();
    this.element.hidden = state === "bot";
    setText(this.#words, words);
    // Coming and going is told by messages in the log; read aloud here is only that the line has moved.
    const hasMoved = place !== null && this.#place !== null && place < this.#place;
    if (hasMoved) setText(this.#spoken, words);
    else if (place === null) setText(this.#spoken, "");
    this.#place = place;

    this.#leaveQueue.hidden = this.#letter.hidden = state !== "queued";
    setText(this.#leaveQueue.firstElementChild!, text("leaveQueue"));
    setText(this.#leaveQueue.lastElementChild!, ` ${text("leaveQueueMore")}`);
    setText(this.#letter, text("letterInstead"));
    this.#leaveHuman.hidden = state !== "human";
    setText(this.#leaveHuman, text("leaveHuman"));
    this.#sound.hidden = state === "closed";
    this.#sound.setAttribute("aria-label", text("sound"));
    this.#sound.setAttribute("aria-pressed", String(kept.sound));
    this.#sound.title = text("sound");
    this.#sound.replaceChildren(icon(kept.sound ? "bell" : "bellOff"));
  }

  #describe(): string {
    const { state, place, human } = this.#conversation;
    if (state === "queued") return place ? text("queuedPlace", { place }) : text("queued");
    return state === "human" ? text("withHuman", { name: human }) : text("closed");
  }

  #switchSound(): void {
    const { kept } = this.#conversation;
    kept.sound = !kept.sound;
    if (kept.sound) chime();
    this.render();
  }
}
