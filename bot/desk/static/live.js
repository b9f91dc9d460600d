// The WebSocket that tells that something changed. What changed is fetched over HTTP.
import { logIn } from "./server.js";

const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const LONGEST_WAIT = 15_000;
const LOGGED_OUT = 4401;
const FORBIDDEN = 4403;

const listeners = new Map();
let socket = null;
let failures = 0;
let pongDue = 0;
let followed = null;
let leaving = false;

/** Have `listener` called with each event of a type; `up` and `down` tell of the connection itself. */
export function on(type, listener) {
  listeners.set(type, [...(listeners.get(type) ?? []), listener]);
}

/** Tell the server, if it hears; returns whether it did. */
export function tell(event) {
  const hears = socket?.readyState === WebSocket.OPEN;
  if (hears) socket.send(JSON.stringify(event));
  return hears;
}

export function connect(ticket = null) {
  followed = ticket;
  setInterval(ping, PING_EVERY);
  addEventListener("online", retryNow);
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", (event) => {
    leaving = false;
    // From the browser's memory: the page may be long out of date.
    if (event.persisted) emit({ type: "up" });
  });
  open();
}

function open() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/desk/live`);
  socket.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
  socket.addEventListener("close", ({ code }) => lost(code));
}

function hear(event) {
  clearTimeout(pongDue);
  if (event.type === "hello") {
    failures = 0;
    if (followed) tell({ type: "follow", ticket: followed });
  }
  emit(event.type === "hello" ? { type: "up" } : event);
}

function lost(code) {
  clearTimeout(pongDue);
  if (leaving) return;
  if (code === LOGGED_OUT) return logIn();
  if (code === FORBIDDEN) return emit({ type: "down" });
  emit({ type: "down" });
  const wait = Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.7 + Math.random() * 0.6);
  failures += 1;
  setTimeout(retryNow, wait);
}

function retryNow() {
  if (socket.readyState === WebSocket.CLOSED) open();
}

function ping() {
  if (socket.readyState !== WebSocket.OPEN) return;
  tell({ type: "ping" });
  clearTimeout(pongDue);
  pongDue = setTimeout(() => socket.close(), PONG_WITHIN);
}

function emit(event) {
  for (const listener of listeners.get(event.type) ?? []) listener(event);
}
