import { chime } from "./attention";
import { Kept } from "./kept";
import { Letterbox } from "./letterbox";
import { Messages } from "./messages";
import type {
  Author,
  Button,
  Config,
  Letter,
  Message,
  Outgoing,
  Rating,
  ServerFrame,
  Standing,
  State,
} from "./protocol";
import { overrideTexts, text } from "./texts";
import { Transport } from "./transport";
import { uuid } from "./uuid";

/** Errors after which the same message may be sent again. */
const PASSING = new Set(["too_many", "unavailable"]);
const RETRY_AFTER_S = 5;
const TYPING_EVERY_MS = 3_000;
/** A typing sign that is never taken back would be a lie. */
const TYPING_LASTS_MS = 10_000;
/** The gateway accepts a button for this many messages. */
const BUTTONS_LAST = 20;

export type Delivery = "stored" | "sending" | "waiting" | "rejected";

/** One line of the conversation as shown, in order. */
export interface Entry {
  key: string;
  message: Message;
  delivery: Delivery;
}

/** The conversation as this tab knows it. It holds the truth; the views only show it. */
export class Conversation {
  config: Config = {};
  state: State = "bot";
  place: number | null = null;
  humanName: string | null = null;
  typing: Author | null = null;
  /** null until the first attempt has ended. */
  online: boolean | null = null;
  /** A Danish sentence about the last thing that went wrong. */
  notice = "";
  /** The history has come from the server at least once. */
  loaded = false;
  readonly letterbox: Letterbox;

  readonly #messages = new Messages();
  readonly #rejected = new Map<string, Outgoing>();
  /** Sent by this tab, not yet acknowledged. Another tab that hears of a message first empties the shared outbox. */
  readonly #underway = new Map<string, Outgoing>();
  readonly #transport: Transport;
  #code: string | null;
  #typingTimer = 0;
  #typedAt = 0;

  readonly #changed: () => void;

  constructor(
    readonly kept: Kept,
    server: string,
    changed: () => void,
  ) {
    this.#changed = changed;
    this.#code = kept.session?.code ?? null;
    this.#transport = new Transport(server, {
      token: () => this.kept.session?.token ?? null,
      after: () => this.#messages.complete,
      tokenRefused: () => (this.kept.session = null),
      receive: (frame) => this.#receive(frame),
      connected: (online) => this.#connected(online),
    });
    this.letterbox = new Letterbox({
      kept,
      messages: this.#messages,
      leave: (letter) => this.#transport.leave(letter),
      changed,
    });
    kept.onChange(() => this.#otherTabChanged());
  }

  async configure(): Promise<void> {
    this.config = await this.#transport.config();
    overrideTexts(this.config.texts);
    this.#changed();
  }

  connect(): void {
    this.#transport.connect();
  }

  get maxLength(): number {
    return this.config.max_length ?? 1000;
  }

  /** True from the citizen's first own message. */
  get begun(): boolean {
    return this.entries().some(({ message }) => message.author === "citizen");
  }

  /** A person has the conversation or is on the way. */
  get withHuman(): boolean {
    return this.state === "queued" || this.state === "human";
  }

  /** Who answers, as in the middle of a sentence. */
  get human(): string {
    return this.humanName ?? text("humanUnnamed").toLowerCase();
  }

  /** What the citizen last wrote, not counting pressed buttons. */
  get ownWords(): string {
    return this.#messages.ownWords(text("human"));
  }

  entries(): Entry[] {
    // What was promised already stands where the form was.
    const letter = this.letterbox.place;
    const isTwice = ({ author, text, seq }: Message): boolean =>
      author === "system" && text === letter?.promise && seq > letter.after;
    const stored = this.#messages.inOrder().filter((message) => !isTwice(message));
    const known = new Set(stored.map(({ client_id }) => client_id));
    const entries = stored.map((message): Entry => {
      return { key: message.client_id ?? `seq ${message.seq}`, message, delivery: "stored" };
    });
    if (this.config.greeting && stored[0]?.author !== "bot") {
      const greeting: Message = { seq: 0, author: "bot", text: this.config.greeting };
      entries.unshift({ key: "greeting", message: greeting, delivery: "stored" });
    }
    const add = (outgoing: Outgoing, delivery: Delivery): void => {
      if (known.has(outgoing.client_id)) return;
      entries.push({ key: outgoing.client_id, message: asMessage(outgoing, Infinity), delivery });
    };
    for (const outgoing of this.#rejected.values()) add(outgoing, "rejected");
    for (const outgoing of this.kept.outbox) add(outgoing, this.online === false ? "waiting" : "sending");
    return entries;
  }

  /** Whether the robot answers, and the gateway still takes the buttons of this message. */
  takesButtonsOf(message: Message): boolean {
    return !this.withHuman && message.seq > this.#messages.last - BUTTONS_LAST;
  }

  get unread(): number {
    return this.#messages.unread(this.kept.session?.seen ?? 0);
  }

  markSeen(): void {
    if (this.unread) this.#remember(this.#messages.last);
  }

  say(words: string): void {
    this.#post({ client_id: uuid(), text: words });
  }

  choose({ title, payload }: Button): void {
    this.#post({ client_id: uuid(), payload, title });
  }

  askForHuman(): void {
    this.choose({ title: text("human"), payload: "/tal_med_menneske" });
  }

  /** False when there is no line; nothing is then remembered. */
  rate(seq: number, value: Rating, comment?: string): boolean {
    const sent = this.#transport.send({ type: "feedback", seq, value, ...(comment ? { comment } : {}) });
    if (sent) this.kept.rate(seq, value);
    else this.#fail(text("offlineAct"));
    return sent;
  }

  restart(): void {
    // Nobody shall wait for, or sit with, a conversation that its citizen has left.
    if (this.withHuman) this.#transport.send({ type: "cancel" });
    if (!this.#transport.send({ type: "reset" })) return this.#fail(text("offlineAct"));
    this.kept.forgetOutbox();
    this.kept.forgetLetter();
  }

  /** Out of the line, or from the human back to the robot. */
  cancel(): void {
    if (!this.#transport.send({ type: "cancel" })) this.#fail(text("offlineAct"));
  }

  /** A message for staff instead of waiting in the line. Throws as Letterbox.send does. */
  async sendLetter(letter: Letter): Promise<void> {
    await this.letterbox.send(letter);
    if (this.state === "queued") this.cancel();
  }

  typed(): void {
    if (this.state !== "human" || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.#transport.send({ type: "typing" });
  }

  #post(outgoing: Outgoing): void {
    this.notice = "";
    this.kept.post(outgoing);
    this.#deliver(outgoing);
    this.connect();
    this.#changed();
  }

  #deliver(outgoing: Outgoing): void {
    if (this.#transport.send({ type: "message", ...outgoing })) this.#underway.set(outgoing.client_id, outgoing);
  }

  #connected(online: boolean): void {
    this.online = online;
    if (online) {
      this.notice = "";
      for (const outgoing of this.kept.outbox) this.#deliver(outgoing);
    } else {
      this.typing = null;
    }
    this.#changed();
  }

  #receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.#welcome(frame.token, frame.code, frame.messages);
        this.#setStanding(frame);
        break;
      case "token":
        this.#keep(frame.token);
        break;
      case "ack": {
        const outgoing = this.kept.posted(frame.client_id) ?? this.#underway.get(frame.client_id);
        this.#underway.delete(frame.client_id);
        if (outgoing && !this.#messages.has(frame.seq)) this.#messages.store(asMessage(outgoing, frame.seq));
        break;
      }
      case "message":
        this.#store(frame.message);
        break;
      case "typing":
        this.#hearTyping(frame.author, frame.on);
        break;
      case "state":
        this.#setStanding(frame);
        break;
      case "error":
        this.#refused(frame.code, frame.text, frame.client_id, frame.retry_after);
        break;
    }
    this.#changed();
  }

  #welcome(token: string, code: string, messages: Message[]): void {
    const isOther = this.#code !== null && code !== this.#code;
    const held = this.#messages.size;
    if (isOther) {
      this.kept.forgetSeqs();
      this.#forget();
    }
    this.#code = code;
    this.#keep(token);
    messages.forEach((message) => this.#store(message));
    this.loaded = true;
    // A new conversation asked for from where the old one stood may lack its beginning.
    if (isOther && held && (messages[0]?.seq ?? 2) > 1) this.#transport.reconnect();
  }

  #store(message: Message): void {
    const isNew = !this.#messages.has(message.seq);
    this.#messages.store({ ...message, name: firstName(message.name) });
    if (message.client_id) this.kept.posted(message.client_id);
    if (message.author === this.typing) this.#setTyping(null);
    if (isNew && message.author === "human") this.#sound();
    this.#remember();
  }

  #setStanding({ state, place, name }: Standing): void {
    const before = this.state;
    // Not every answer repeats the place.
    this.place = state === "queued" ? (place ?? this.place) : null;
    this.state = state;
    this.humanName = firstName(name) ?? this.humanName;
    if (state !== before) this.#setTyping(null);
    if (before === "queued" && state === "human") this.#sound();
    this.#remember();
  }

  #sound(): void {
    if (this.loaded && this.kept.sound) chime();
  }

  #hearTyping(author: Author, on: boolean): void {
    // Over HTTP the robot is said to type at every message, also those that a human answers.
    if (author === "bot" && this.withHuman) return;
    if (on) this.#setTyping(author);
    else if (author === this.typing) this.#setTyping(null);
  }

  #setTyping(author: Author | null): void {
    window.clearTimeout(this.#typingTimer);
    this.typing = author;
    if (author) {
      this.#typingTimer = window.setTimeout(() => {
        this.typing = null;
        this.#changed();
      }, TYPING_LASTS_MS);
    }
  }

  #refused(code: string, sentence: string, clientId?: string | null, retryAfter = RETRY_AFTER_S): void {
    this.#setTyping(null);
    this.notice = sentence || text("unknownError");
    if (!clientId) return;
    if (PASSING.has(code)) {
      window.setTimeout(() => this.#sendAgain(clientId), retryAfter * 1000);
      return;
    }
    const outgoing = this.kept.posted(clientId);
    if (outgoing) this.#rejected.set(clientId, outgoing);
  }

  #sendAgain(clientId: string): void {
    const outgoing = this.kept.outbox.find(({ client_id }) => client_id === clientId);
    if (!outgoing) return;
    this.notice = "";
    this.#deliver(outgoing);
    this.#changed();
  }

  #fail(sentence: string): void {
    this.notice = sentence;
    this.#changed();
  }

  #keep(token: string): void {
    if (!this.#code) return;
    const before = this.kept.session;
    const isSame = before?.code === this.#code;
    this.kept.session = { token, code: this.#code, live: isSame && before.live, seen: isSame ? before.seen : 0 };
  }

  /** What the next page must know. Written only when it has changed: other tabs hear of every writing. */
  #remember(seen = this.kept.session?.seen ?? 0): void {
    const { session } = this.kept;
    if (!session || session.code !== this.#code) return;
    const live = this.withHuman || this.#messages.unread(seen) > 0;
    if (live !== session.live || seen !== session.seen) this.kept.session = { ...session, live, seen };
  }

  #otherTabChanged(): void {
    const session = this.kept.session;
    if (session && session.code !== this.#code) {
      this.#forget();
      this.kept.forgetLetter();
      this.#code = session.code;
      if (this.online !== null) this.#transport.reconnect();
    }
    this.#changed();
  }

  #forget(): void {
    this.#messages.clear();
    this.#rejected.clear();
    this.#underway.clear();
    this.#setTyping(null);
    this.letterbox.forget();
    this.notice = "";
    this.humanName = null;
  }
}

/** Never more than the first name of whoever answers. */
function firstName(name: string | null | undefined): string | null {
  return name?.trim().split(/\s+/)[0] || null;
}

function asMessage(outgoing: Outgoing, seq: number): Message {
  return { seq, author: "citizen", text: outgoing.text ?? outgoing.title ?? "", client_id: outgoing.client_id };
}
