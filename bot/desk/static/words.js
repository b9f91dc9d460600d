// The sentences that scripts show. They stand in the template _live.html.
const words = document.querySelector("[data-words]")?.dataset ?? {};

/** The sentence with that key; `{n}` becomes `value`. */
export function say(key, value = "") {
  return (words[key] ?? "").replace("{n}", value);
}

export function limit(key) {
  return Number(words[key]);
}
