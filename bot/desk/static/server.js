// Talking to the server over HTTP.

/** The server could not be reached, or is ill: worth another try. */
export class NoConnection extends Error {}

/** The server says no; the message is a sentence for staff. */
export class Refused extends Error {}

/** A fragment of a page. */
export async function fetchPart(address) {
  return (await ask(address, { headers: { Accept: "*/*" } })).text();
}

export async function fetchJson(address) {
  return (await ask(address, { headers: { Accept: "application/json" } })).json();
}

/** Send a form's fields; the answer is the JSON of bot/desk/acted.py, or {} after a redirect to a page. */
export async function post(address, fields) {
  const headers = { Accept: "application/json", "X-CSRF": document.querySelector("meta[name=csrf]").content };
  const answer = await ask(address, { method: "POST", headers, body: new URLSearchParams(fields) });
  return answer.redirected ? {} : answer.json();
}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { ...options, signal: AbortSignal.timeout(15_000) });
  } catch {
    throw new NoConnection();
  }
  if (answer.status === 401) logIn();
  if (answer.status >= 500) throw new NoConnection();
  if (!answer.ok && answer.status !== 304) throw new Refused(await sentence(answer));
  return answer;
}

async function sentence(answer) {
  const content = await answer.json().catch(() => ({}));
  return content.error?.text ?? "";
}

/** The session has ended: log in, and come back here. */
export function logIn() {
  location.assign(`/desk/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}
