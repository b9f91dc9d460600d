// The page knows no municipality: name, address and numbers come from the chat's own configuration.

/** @param {Record<string, unknown>} config */
function fillIn(config) {
  for (const element of document.querySelectorAll("[data-config]")) {
    const key = element.dataset.config;
    const value = config[key];
    if (typeof value !== "string" || !value) continue;
    element.textContent = key === "web" ? new URL(value).hostname.replace(/^www\./, "") : value;
    if (key === "phone") element.href = `tel:${value.replaceAll(" ", "")}`;
    if (key === "web") element.href = value;
    element.closest("[hidden]")?.removeAttribute("hidden");
  }
  if (config.municipality) document.title = `${document.title} | ${config.municipality}`;
  if (/^#[0-9a-f]{6}$/i.test(config.colour)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:root{--brand:${config.colour}}`);
    document.adoptedStyleSheets = [sheet];
  }
}

function ask(question) {
  document.querySelector("odder-chat")?.ask(question);
}

document.querySelector("#ask")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.currentTarget.elements.namedItem("question");
  ask(field.value);
  field.value = "";
});

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => ask(button.dataset.ask));
}

fetch("/api/chat/config")
  .then((response) => response.json())
  .then(fillIn)
  .catch(() => {
    // The page keeps its neutral names.
  });
