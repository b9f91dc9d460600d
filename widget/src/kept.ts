import type { Letter, Outgoing, Rating } from "./protocol";

export interface Session {
  token: string;
  code: string;
  /** A person has the conversation, is on the way, or wrote what is not yet seen: listened to even while closed. */
  live: boolean;
  /** The highest `seq` shown in an open panel. */
  seen: number;
}

interface Waiting extends Outgoing {
  at: number;
}

/**
 * What the browser remembers between pages. The session, ratings, unsent messages and the sound belong to all tabs
 * (localStorage); whether the panel is open and what is half-written belong to one tab (sessionStorage).
 */
export class Kept {
  readonly #prefix: string;
  readonly #shared = area("localStorage");
  readonly #tab = area("sessionStorage");

  constructor(server: string) {
    this.#prefix = `odder-chat ${server} `;
  }

  get session(): Session | null {
    return this.#read<Session>(this.#shared, "session");
  }

  set session(session: Session | null) {
    this.#write(this.#shared, "session", session);
  }

  get open(): boolean {
    return this.#read<boolean>(this.#tab, "open") ?? false;
  }

  set open(open: boolean) {
    this.#write(this.#tab, "open", open);
  }

  get draft(): string {
    return this.#read<string>(this.#tab, "draft") ?? "";
  }

  set draft(draft: string) {
    this.#write(this.#tab, "draft", draft || null);
  }

  /** The half-written message for staff. */
  get letter(): Letter | null {
    return this.#read<Letter>(this.#tab, "letter");
  }

  set letter(letter: Letter | null) {
    this.#write(this.#tab, "letter", letter);
  }

  /** The last `seq` when the citizen opened the form for it, 0 for never. */
  get letterOpened(): number {
    return this.#read<number>(this.#tab, "letter opened") ?? 0;
  }

  set letterOpened(seq: number) {
    this.#write(this.#tab, "letter opened", seq || null);
  }

  /** The last `seq` when one was sent, 0 for never: the forms until then are done with. */
  get letterSent(): number {
    return this.#read<number>(this.#shared, "letter sent") ?? 0;
  }

  set letterSent(seq: number) {
    this.#write(this.#shared, "letter sent", seq || null);
  }

  get sound(): boolean {
    return this.#read<boolean>(this.#shared, "sound") ?? false;
  }

  set sound(on: boolean) {
    this.#write(this.#shared, "sound", on || null);
  }

  /** Messages not yet acknowledged, oldest first. One key each: two tabs never overwrite each other's. */
  get outbox(): Outgoing[] {
    const waiting: Waiting[] = [];
    for (let i = 0; i < this.#shared.length; i++) {
      const key = this.#shared.key(i) ?? "";
      if (!key.startsWith(`${this.#prefix}out `)) continue;
      const item = this.#read<Waiting>(this.#shared, key.slice(this.#prefix.length));
      if (item) waiting.push(item);
    }
    return waiting.sort((a, b) => a.at - b.at).map(({ at: _, ...outgoing }) => outgoing);
  }

  post(outgoing: Outgoing): void {
    this.#write(this.#shared, `out ${outgoing.client_id}`, { ...outgoing, at: Date.now() });
  }

  /** The message with this id is out of our hands; the answer is what it was. */
  posted(clientId: string): Outgoing | null {
    const item = this.#read<Waiting>(this.#shared, `out ${clientId}`);
    this.#write(this.#shared, `out ${clientId}`, null);
    return item;
  }

  rating(seq: number): Rating | null {
    return this.#ratings[seq] ?? null;
  }

  rate(seq: number, value: Rating): void {
    this.#write(this.#shared, "ratings", { ...this.#ratings, [seq]: value });
  }

  forgetOutbox(): void {
    for (const { client_id } of this.outbox) this.posted(client_id);
  }

  /** What was kept by `seq` means nothing in another conversation. */
  forgetSeqs(): void {
    this.#write(this.#shared, "ratings", null);
    this.letterSent = 0;
  }

  forgetLetter(): void {
    this.letter = null;
    this.letterOpened = 0;
  }

  /** Call `changed` when another tab has written. */
  onChange(changed: () => void): () => void {
    const listener = (event: StorageEvent): void => {
      if (event.key === null || event.key.startsWith(this.#prefix)) changed();
    };
    window.addEventListener("storage", listener);
    return () => window.removeEventListener("storage", listener);
  }

  get #ratings(): Record<number, Rating> {
    return this.#read(this.#shared, "ratings") ?? {};
  }

  #read<T>(store: Storage, key: string): T | null {
    try {
      return JSON.parse(store.getItem(this.#prefix + key) ?? "null") as T | null;
    } catch {
      return null;
    }
  }

  #write(store: Storage, key: string, value: unknown): void {
    try {
      if (value === null) store.removeItem(this.#prefix + key);
      else store.setItem(this.#prefix + key, JSON.stringify(value));
    } catch {
      // The store is full: the conversation goes on, it just isn't remembered by this browser.
    }
  }
}

/** The browser's store, or one in memory when the citizen has blocked it. */
function area(name: "localStorage" | "sessionStorage"): Storage {
  try {
    const store = window[name];
    store.setItem("odder-chat", "1");
    store.removeItem("odder-chat");
    return store;
  } catch {
    const memory = new Map<string, string>();
    return {
      get length() {
        return memory.size;
      },
      key: (i) => [...memory.keys()][i] ?? null,
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
      removeItem: (key) => void memory.delete(key),
      clear: () => memory.clear(),
    };
  }
}
