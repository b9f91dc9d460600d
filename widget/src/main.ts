import { OdderChat } from "./element";

/** One script tag is enough: the widget puts itself on the page, unless the page has placed it. */
function mount(): void {
  if (!document.querySelector("odder-chat")) document.body.append(document.createElement("odder-chat"));
}

if (!customElements.get("odder-chat")) {
  customElements.define("odder-chat", OdderChat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
  else mount();
}
