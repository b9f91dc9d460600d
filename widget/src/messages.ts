import type { Message } from "./protocol";

/** The stored messages of the conversation, each known by its `seq`. */
export class Messages {
  readonly #bySeq = new Map<number, Message>();

  get size(): number {
    return this.#bySeq.size;
  }

  /** The highest `seq`; 0 without messages. */
  get last(): number {
    return Math.max(0, ...this.#bySeq.keys());
  }

  /** The highest `seq` before the first gap: what comes after it is asked for again, as something may have been lost on the way. */
  get complete(): number {
    const numbers = [...this.#bySeq.keys()].sort((a, b) => a - b);
    const gap = numbers.findIndex((seq, place) => place > 0 && seq !== numbers[place - 1]! + 1);
    return (gap < 0 ? numbers.at(-1) : numbers[gap - 1]) ?? 0;
  }

  /** The `seq` of the last message that asks for the contact form; 0 when none does. */
  get lastForm(): number {
    return this.inOrder().findLast(({ form }) => form === "contact")?.seq ?? 0;
  }

  has(seq: number): boolean {
    return this.#bySeq.has(seq);
  }

  store(message: Message): void {
    this.#bySeq.set(message.seq, message);
  }

  clear(): void {
    this.#bySeq.clear();
  }

  inOrder(): Message[] {
    return [...this.#bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  /** How many messages the citizen has not seen when `seen` is the highest `seq` seen. */
  unread(seen: number): number {
    return this.inOrder().filter(({ seq, author }) => author !== "citizen" && seq > seen).length;
  }

  /** What the citizen last wrote; pressed buttons, also the one titled `menu`, are not the citizen's words. */
  ownWords(menu: string): string {
    const all = this.inOrder();
    const titles = new Set([menu, ...all.flatMap(({ buttons = [] }) => buttons.map(({ title }) => title))]);
    return all.findLast(({ author, text }) => author === "citizen" && !titles.has(text))?.text ?? "";
  }
}
