import type { Kept } from "./kept";
import type { Messages } from "./messages";
import type { Letter } from "./protocol";

/** The form for a message to staff: the `seq` it stands after, and the promise it got once sent. */
export interface LetterPlace {
  after: number;
  promise: string | null;
}

interface Options {
  kept: Kept;
  messages: Messages;
  /** Answers with the promise of a reply. */
  leave(letter: Letter): Promise<string>;
  changed(): void;
}

/** Whether a message can be left for staff now, and what came of it. */
export class Letterbox {
  #sent: LetterPlace | null = null;
  readonly #kept: Kept;
  readonly #messages: Messages;
  readonly #leave: (letter: Letter) => Promise<string>;
  readonly #changed: () => void;

  constructor({ kept, messages, leave, changed }: Options) {
    this.#kept = kept;
    this.#messages = messages;
    this.#leave = leave;
    this.#changed = changed;
  }

  /** Where the form stands, if there is one: the server asked for it, or the citizen did. */
  get place(): LetterPlace | null {
    const after = Math.max(this.#kept.letterOpened, this.#messages.lastForm);
    return after > this.#kept.letterSent ? { after, promise: null } : this.#sent;
  }

  open(): void {
    this.#kept.letterOpened = this.#messages.last;
    this.#changed();
  }

  close(): void {
    this.#kept.letterOpened = 0;
    this.#changed();
  }

  /** Throws Refused, or another Error when it may not have come through; the same letter can then be sent again. */
  async send(letter: Letter): Promise<void> {
    const after = this.place?.after ?? 0;
    try {
      this.#sent = { after, promise: await this.#leave(letter) };
    } catch (error) {
      // The conversation is gone: the form stays open in the one that comes.
      if (!this.#kept.session) this.#kept.letterOpened = after;
      throw error;
    }
    this.#kept.letterSent = this.#messages.last;
    this.#kept.forgetLetter();
    this.#changed();
  }

  /** Another conversation begins. */
  forget(): void {
    this.#sent = null;
  }
}
