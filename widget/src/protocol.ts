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
  /** The citizen is asked to leave a message for staff. */
  form?: "contact";
}

/** What the citizen sends: free text, or a button's payload with the title shown to the citizen. */
export interface Outgoing {
  client_id: string;
  text?: string;
  payload?: string;
  title?: string;
}

/** A message for staff, who answer by telephone or e-mail. */
export interface Letter {
  client_id: string;
  name: string;
  contact: string;
  text: string;
}

export type LetterField = "name" | "contact" | "text";

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
  text?: string;
}

/** Who answers: `place` in line (1 is next) while queued, `name` with a human. */
export interface Standing {
  state: State;
  place?: number | null;
  name?: string | null;
}

export type ClientFrame =
  | { type: "hello"; token: string | null; after: number }
  | ({ type: "message" } & Outgoing)
  | { type: "feedback"; seq: number; value: Rating; comment?: string }
  | { type: "reset" }
  | { type: "typing" }
  | { type: "cancel" }
  | { type: "ping" };

export type ServerFrame =
  | ({ type: "welcome"; token: string; code: string; messages: Message[] } & Standing)
  | { type: "ack"; client_id: string; seq: number }
  | { type: "message"; message: Message }
  | { type: "typing"; author: Author; on: boolean }
  | ({ type: "state" } & Standing)
  | { type: "token"; token: string }
  | { type: "error"; code: string; text: string; client_id?: string | null; retry_after?: number }
  | { type: "pong" };
