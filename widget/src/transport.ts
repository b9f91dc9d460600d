import type { Answer, ClientFrame, Config, Letter, LetterField, ServerFrame } from "./protocol";

const OPEN_TIMEOUT_MS = 6_000;
const HTTP_TIMEOUT_MS = 12_000;
const HEARTBEAT_MS = 25_000;
const PONG_TIMEOUT_MS = 8_000;
const POLL_MS = 2_500;
const POLL_HIDDEN_MS = 15_000;
const SOCKET_AGAIN_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const STORAGE_SPREADS_MS = 300;

export interface Sink {
  /** The token to show the server, or null when there is no conversation yet. */
  token(): string | null;
  /** The highest `seq` already held. */
  after(): number;
  /** The server does not know the token any more. */
  tokenRefused(): void;
  /** Everything the server says, in WebSocket frames whichever way it came. */
  receive(frame: ServerFrame): void;
  connected(online: boolean): void;
}

/** The server refused the request itself; trying the same again will not help. */
export class Refused extends Error {
  readonly text: string;
  readonly retryAfter: number | undefined;
  readonly field: LetterField | undefined;

  constructor(readonly code: string, { text, retry_after, field }: ErrorBody) {
    super(code);
    this.text = text;
    this.retryAfter = retry_after;
    this.field = field;
  }
}

interface ErrorBody {
  code: string;
  text: string;
  retry_after?: number;
  field?: LetterField;
}

/** Keeps a line to the server: WebSocket when it can, HTTP with polling when it must, and again by itself. */
export class Transport {
  #mode: "off" | "opening" | "socket" | "polling" = "off";
  #socket: WebSocket | null = null;
  #failures = 0;
  #retryTimer = 0;
  #heartbeatTimer = 0;
  #pollTimer = 0;
  #heardAt = 0;
  #socketTriedAt = 0;
  #wanted = false;
  /** One HTTP act at a time keeps the citizen's messages in order. */
  #acts: Promise<unknown> = Promise.resolve();
  /** Grows when the line is dropped, so that what an older line still delivers is ignored. */
  #line = 0;

  readonly #server: string;
  readonly #sink: Sink;

  constructor(server: string, sink: Sink) {
    this.#server = server;
    this.#sink = sink;
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.#lost());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#wake();
    });
  }

  config(): Promise<Config> {
    return this.#http<Config>("GET", "config");
  }

  connect(): void {
    this.#wanted = true;
    if (this.#mode === "off") void this.#open();
  }

  /** Leave this line and take up a new one, for another conversation. */
  reconnect(): void {
    this.#drop();
    this.connect();
  }

  /** True when the frame was handed to a live line. */
  send(frame: ClientFrame): boolean {
    if (this.#mode === "socket") {
      this.#socket?.send(JSON.stringify(frame));
      return true;
    }
    if (this.#mode !== "polling") return false;
    const line = this.#line;
    this.#acts = this.#acts.then(() => (line === this.#line ? this.#act(frame) : undefined));
    return true;
  }

  /**
   * Leave a message for staff, over HTTP whichever way the chat goes. Answers with the promise of a reply.
   * Throws Refused, or another Error when the message may not have come through.
   */
  async leave(letter: Letter): Promise<string> {
    try {
      const { token, text = "" } = await this.#http<Answer>("POST", "contact", letter);
      if (token) this.#sink.receive({ type: "token", token });
      return text;
    } catch (error) {
      // Without a token there is no conversation any more: take up a new one.
      if (!this.#sink.token()) this.#lost();
      throw error;
    }
  }

  #wake(): void {
    if (this.#mode === "socket") this.#probe();
    else if (this.#mode === "off" && this.#wanted) {
      this.#failures = 0;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    window.clearTimeout(this.#retryTimer);
    this.#mode = "opening";
    const line = ++this.#line;
    try {
      if (!this.#sink.token()) await this.#newSession();
      if (line !== this.#line) return;
      await this.#openSocket(line).catch(() => this.#openPolling(line));
      if (line !== this.#line) return;
      this.#failures = 0;
      this.#sink.connected(true);
    } catch {
      if (line === this.#line) this.#lost();
    }
  }

  /** One tab at a time, so that two tabs opened together share one conversation. */
  async #newSession(): Promise<void> {
    const create = async (): Promise<void> => {
      if (!this.#sink.token()) this.#take(await this.#http<Answer>("POST", "session", {}));
    };
    // The lock exists on https and localhost only; without it the tabs agree through localStorage a moment later.
    if (!navigator.locks) return create();
    await new Promise<void>((resolve, reject) => {
      void navigator.locks.request(`odder-chat ${this.#server}`, async () => {
        await create().then(resolve, reject);
        // What this tab wrote to localStorage reaches the other tabs a little later: they wait till it has.
        await new Promise((passed) => window.setTimeout(passed, STORAGE_SPREADS_MS));
      });
    });
  }

  /** Settles when the server has said welcome; rejects when it can't be reached this way. */
  #openSocket(line: number): Promise<void> {
    this.#socketTriedAt = Date.now();
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${this.#server.replace(/^http/, "ws")}/api/chat/ws`);
      const timer = window.setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
      socket.onopen = () => {
        const hello: ClientFrame = { type: "hello", token: this.#sink.token(), after: this.#sink.after() };
        socket.send(JSON.stringify(hello));
      };
      socket.onmessage = ({ data }) => {
        if (line !== this.#line) return socket.close();
        this.#heardAt = Date.now();
        const frame = parse(data);
        if (frame?.type === "welcome" && this.#socket !== socket) {
          window.clearTimeout(timer);
          window.clearTimeout(this.#pollTimer);
          this.#socket = socket;
          this.#mode = "socket";
          this.#heartbeatTimer = window.setInterval(() => this.#probe(), HEARTBEAT_MS);
          resolve();
        }
        if (frame?.type === "error" && frame.code === "unauthorised") this.#unauthorised();
        else if (frame) this.#sink.receive(frame);
      };
      socket.onclose = () => {
        window.clearTimeout(timer);
        reject(new Error("closed"));
        if (line === this.#line && this.#socket === socket) this.#lost();
      };
    });
  }

  /** A line can be dead without the browser knowing (a phone that slept, a train in a tunnel). */
  #probe(): void {
    const line = this.#line;
    const asked = Date.now();
    this.send({ type: "ping" });
    window.setTimeout(() => {
      if (line === this.#line && this.#heardAt < asked) this.#lost();
    }, PONG_TIMEOUT_MS);
  }

  async #openPolling(line: number): Promise<void> {
    await this.#poll();
    if (line !== this.#line) return;
    this.#mode = "polling";
    this.#pollLater(line);
  }

  #pollLater(line: number): void {
    const delay = document.visibilityState === "visible" ? POLL_MS : POLL_HIDDEN_MS;
    this.#pollTimer = window.setTimeout(async () => {
      try {
        if (Date.now() - this.#socketTriedAt > SOCKET_AGAIN_MS && (await this.#socketOpens(line))) return;
        await this.#poll();
        if (line === this.#line) this.#pollLater(line);
      } catch {
        if (line === this.#line) this.#lost();
      }
    }, delay);
  }

  #socketOpens(line: number): Promise<boolean> {
    return this.#openSocket(line).then(
      () => true,
      () => false,
    );
  }

  async #poll(): Promise<void> {
    const line = this.#line;
    const answer = await this.#http<Answer>("GET", `messages?after=${this.#sink.after()}`);
    if (line === this.#line) this.#take(answer);
  }

  /** The same act over HTTP. Answers become the frames the WebSocket would have brought. */
  async #act(frame: ClientFrame): Promise<void> {
    const line = this.#line;
    const clientId = frame.type === "message" ? frame.client_id : undefined;
    const { type, ...body } = frame;
    const paths = { message: "messages", feedback: "feedback", reset: "reset", cancel: "cancel" };
    const path = paths[type as keyof typeof paths];
    if (!path) return;
    try {
      if (clientId) this.#sink.receive({ type: "typing", author: "bot", on: true });
      const answer = await this.#http<Answer>("POST", path, body);
      if (line === this.#line) this.#take(answer);
    } catch (error) {
      if (line !== this.#line) return;
      if (!(error instanceof Refused)) return this.#lost();
      this.#sink.receive({
        type: "error",
        code: error.code,
        text: error.text,
        client_id: clientId,
        retry_after: error.retryAfter,
      });
    } finally {
      if (clientId && line === this.#line) this.#sink.receive({ type: "typing", author: "bot", on: false });
    }
  }

  #take(answer: Answer): void {
    const { token, code, state, place, name, messages = [] } = answer;
    if (token && code && state) {
      this.#sink.receive({ type: "welcome", token, code, state, place, name, messages });
      return;
    }
    if (token) this.#sink.receive({ type: "token", token });
    for (const message of messages) this.#sink.receive({ type: "message", message });
    if (state) this.#sink.receive({ type: "state", state, place, name });
  }

  async #http<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), HTTP_TIMEOUT_MS);
    const headers: Record<string, string> = {};
    const token = this.#sink.token();
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(`${this.#server}/api/chat/${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: abort.signal,
      });
      if (response.ok) return (await response.json()) as T;
      if (response.status >= 500) throw new Error(String(response.status));
      const { error } = (await response.json()) as { error: ErrorBody };
      if (error.code === "unauthorised") {
        this.#sink.tokenRefused();
        throw new Error(error.code);
      }
      throw new Refused(error.code, error);
    } finally {
      window.clearTimeout(timer);
    }
  }

  #unauthorised(): void {
    this.#sink.tokenRefused();
    this.#lost();
  }

  #drop(): void {
    this.#line++;
    this.#mode = "off";
    window.clearTimeout(this.#retryTimer);
    window.clearTimeout(this.#pollTimer);
    window.clearInterval(this.#heartbeatTimer);
    this.#socket?.close();
    this.#socket = null;
  }

  #lost(): void {
    if (!this.#wanted) return;
    this.#drop();
    this.#sink.connected(false);
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    // Jitter: after a restart of the server the citizens come back spread out.
    this.#retryTimer = window.setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }
}

function parse(data: unknown): ServerFrame | null {
  try {
    return JSON.parse(String(data)) as ServerFrame;
  } catch {
    return null;
  }
}
