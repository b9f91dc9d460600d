/** The frames and answers of docs/chat-protocol.md. */

export type Author = "citizen" | "bot" | "human" | "system";
export type State = "bot" | "queued" | "human" | "closed";
export type Rating = "up" | "down";

export interface Link {
  label: string;
  url: string;
  kind?: "self_service" | "information";
  note?: string | null;
}

export interface Button {
  title: string;
  payload: string;
}

export interface Message {
  seq: number;
  author: Author;
  name?: string | null;
  text: string;
  links?: Link[];
  buttons?: Button[];
  client_id?: string | null;
}

/** What the citizen sends: free text, or a button's payload with the title shown to the citizen. */
export interface Outgoing {
  client_id: string;
  text?: string;
  payload?: string;
  title?: string;
}

export interface Config {
  name?: string;
  municipality?: string;
  phone?: string;
  web?: string;
  privacy?: string;
  greeting?: string;
  colour?: string;
  texts?: Record<string, unknown>;
  max_length?: number;
}

/** The body of any HTTP answer that is not an error. */
export interface Answer {
  token?: string;
  code?: string;
  state?: State;
  place?: number | null;
  name?: string | null;
  messages?: Message[];
}

export type ClientFrame =
  | { type: "hello"; token: string | null; after: number }
  | ({ type: "message" } & Outgoing)
  | { type: "feedback"; seq: number; value: Rating; comment?: string }
  | { type: "reset" }
  | { type: "typing" }
  | { type: "ping" };

export type ServerFrame =
  | { type: "welcome"; token: string; code: string; state: State; messages: Message[] }
  | { type: "ack"; client_id: string; seq: number }
  | { type: "message"; message: Message }
  | { type: "typing"; author: Author; on: boolean }
  | { type: "state"; state: State; place?: number | null; name?: string | null }
  | { type: "token"; token: string }
  | { type: "error"; code: string; text: string; client_id?: string | null; retry_after?: number }
  | { type: "pong" };
