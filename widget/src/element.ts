import { brandProperties } from "./colour";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { h, icon, setText } from "./dom";
import { Kept } from "./kept";
import { Log } from "./log";
import css from "./style.css";
import { text } from "./texts";

/** Where the script came from; the server is there unless told otherwise. */
const script = document.currentScript as HTMLScriptElement | null;
const SCRIPT_SERVER = script?.dataset["server"] || (script ? new URL(".", script.src).href : location.origin);

/** The panel then fills the screen. The same condition stands in style.css. */
const FILLS_SCREEN = "(max-width: 480px), (max-height: 480px)";

/**
 * `<odder-chat server="https://…">`: launcher and chat panel. Without `server` it talks to where the script came from.
 */
export class OdderChat extends HTMLElement {
  #conversation!: Conversation;
  #log!: Log;
  #composer!: Composer;
  readonly #brand = new CSSStyleSheet();
  readonly #fit = new CSSStyleSheet();
  readonly #fillsScreen = window.matchMedia(FILLS_SCREEN);

  readonly #launcherLabel = h("span", { class: "launcher-label" });
  readonly #unread = h("span", { class: "unread", hidden: true });
  readonly #launcher = h("button", { type: "button", class: "launcher", "aria-haspopup": "dialog" });
  readonly #panel = h("div", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true });
  readonly #titleLine = h("h2", { class: "title", id: "title" });
  readonly #municipality = h("p", { class: "municipality" });
  readonly #closeButton = h("button", { type: "button", class: "icon-button close" }, icon("close"));
  readonly #restartButton = h("button", { type: "button" }, icon("restart"), h("span", {}));
  readonly #humanButton = h("button", { type: "button" }, icon("person"), h("span", {}));
  readonly #confirm = h("div", { class: "confirm", role: "group", "aria-labelledby": "confirm", hidden: true });
  readonly #confirmQuestion = h("p", { id: "confirm" });
  readonly #confirmYes = h("button", { type: "button", class: "primary" });
  readonly #confirmNo = h("button", { type: "button", class: "secondary" });
  readonly #privacy = h("span", {});
  readonly #stateLine = h("p", { class: "state", role: "status" });
  readonly #connection = h("p", { class: "connection", role: "status" });
  readonly #notice = h("p", { class: "notice", role: "alert" });

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const server = (this.getAttribute("server") || SCRIPT_SERVER).replace(/\/$/, "");
    const kept = new Kept(server);
    this.#conversation = new Conversation(kept, server, () => this.#render());
    this.#log = new Log(this.#conversation, this.#privacyNote());
    this.#composer = new Composer({
      draft: kept.draft,
      maxLength: () => this.#conversation.maxLength,
      send: (words) => this.#conversation.say(words),
      typed: (draft) => {
        kept.draft = draft;
        if (draft) this.#conversation.typed();
      },
    });
    this.#build();
    this.#listen();
    this.#render();
    // Without its texts and colour the widget still works, so a failure here needs no word to the citizen.
    this.#conversation.configure().then(
      () => this.#paint(),
      () => undefined,
    );
    if (kept.open) this.#show();
    else if (kept.session?.live) this.#conversation.connect();
  }

  open(): void {
    this.#show();
    this.#composer.focus();
  }

  close(): void {
    this.#panel.hidden = true;
    this.#launcher.hidden = false;
    this.#conversation.kept.open = false;
    this.#launcher.focus();
    this.#render();
  }

  /** Open the panel and ask, as from the page's own search field. */
  ask(words: string): void {
    this.open();
    const question = words.trim().slice(0, this.#conversation.maxLength);
    if (question) this.#conversation.say(question);
  }

  /** Without taking the focus: a panel that was open before a page change opens again quietly. */
  #show(): void {
    this.#panel.hidden = false;
    this.#launcher.hidden = true;
    this.#conversation.kept.open = true;
    this.#conversation.connect();
    this.#render();
  }

  #build(): void {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    // Constructed sheets need no inline style, so the strictest policy of the page around us lets them through.
    root.adoptedStyleSheets = [sheet, this.#brand, this.#fit];
    this.#launcher.append(icon("chat"), this.#launcherLabel, this.#unread);
    const names = h("div", { class: "names" }, this.#titleLine, this.#municipality);
    const header = h("div", { class: "header" }, h("span", { class: "mark" }, icon("chat")), names, this.#closeButton);
    const actions = h("div", { class: "actions" }, this.#restartButton, this.#humanButton);
    this.#confirm.append(this.#confirmQuestion, h("div", { class: "answers" }, this.#confirmYes, this.#confirmNo));
    const lines = h("div", { class: "lines-below" }, this.#notice, this.#connection);
    const top = h("div", { class: "top" }, header, actions);
    this.#panel.append(top, this.#confirm, this.#stateLine, this.#log.element, lines, this.#composer.element);
    root.append(this.#launcher, this.#panel);
  }

  #privacyNote(): HTMLElement {
    return h("p", { class: "privacy" }, icon("lock"), this.#privacy);
  }

  #listen(): void {
    this.#launcher.addEventListener("click", () => this.open());
    this.#closeButton.addEventListener("click", () => this.close());
    this.#restartButton.addEventListener("click", () => this.#askRestart());
    this.#confirmYes.addEventListener("click", () => this.#restart());
    this.#confirmNo.addEventListener("click", () => this.#endConfirm());
    this.#humanButton.addEventListener("click", () => {
      if (this.#humanButton.getAttribute("aria-disabled") !== "true") this.#conversation.askForHuman();
    });
    this.#panel.addEventListener("keydown", (event) => this.#keydown(event));
    this.#fillsScreen.addEventListener("change", () => this.#render());
    window.visualViewport?.addEventListener("resize", () => this.#fitAboveKeyboard());
  }

  #keydown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.#confirm.hidden) this.close();
      else this.#endConfirm();
    } else if (event.key === "Tab" && this.#fillsScreen.matches) {
      this.#keepFocusInside(event);
    }
  }

  /** When the panel covers the page, Tab must not wander off behind it. */
  #keepFocusInside(event: KeyboardEvent): void {
    const all = [...this.#panel.querySelectorAll<HTMLElement>("a[href], button, textarea, [tabindex]")];
    const reachable = all.filter((element) => element.getClientRects().length > 0);
    const [from, to] = event.shiftKey ? [reachable[0], reachable.at(-1)] : [reachable.at(-1), reachable[0]];
    if (this.shadowRoot?.activeElement === from) {
      event.preventDefault();
      to?.focus();
    }
  }

  #askRestart(): void {
    if (!this.#conversation.begun) return this.#restart();
    this.#confirm.hidden = false;
    this.#confirmYes.focus();
  }

  #endConfirm(): void {
    this.#confirm.hidden = true;
    this.#restartButton.focus();
  }

  #restart(): void {
    this.#confirm.hidden = true;
    this.#conversation.restart();
    this.#composer.focus();
  }

  #render(): void {
    const { config, state, place, humanName, online, notice } = this.#conversation;
    const isOpen = !this.#panel.hidden;
    setText(this.#titleLine, config.name || text("title"));
    setText(this.#municipality, config.municipality ?? "");
    setText(this.#restartButton.lastElementChild!, text("restart"));
    setText(this.#humanButton.lastElementChild!, text("human"));
    const withHuman = state === "queued" || state === "human";
    this.#humanButton.setAttribute("aria-disabled", String(withHuman));
    this.#closeButton.setAttribute("aria-label", text("close"));
    this.#closeButton.title = text("close");
    setText(this.#confirmQuestion, text("restartQuestion"));
    setText(this.#confirmYes, text("restartYes"));
    setText(this.#confirmNo, text("restartNo"));
    this.#panel.setAttribute("aria-modal", String(this.#fillsScreen.matches));
    setText(this.#privacy, config.privacy || text("privacy"));
    setText(this.#stateLine, this.#stateWords(state, place, humanName));
    setText(this.#connection, isOpen && online === false ? text("offline") : "");
    setText(this.#notice, notice);
    this.#composer.render();
    if (isOpen) this.#log.render();
    this.#renderLauncher(isOpen);
  }

  #renderLauncher(isOpen: boolean): void {
    if (isOpen) this.#conversation.markSeen();
    const hasUnread = this.#conversation.hasUnread;
    this.#unread.hidden = !hasUnread;
    setText(this.#launcherLabel, text("launcher"));
    this.#launcher.setAttribute("aria-label", text(hasUnread ? "launcherUnread" : "launcher"));
    this.#launcher.setAttribute("aria-expanded", String(isOpen));
  }

  #stateWords(state: string, place: number | null, name: string | null): string {
    if (state === "queued") return place ? text("queuedPlace", { place }) : text("queued");
    if (state === "human") return text("withHuman", { name: name || text("humanUnnamed").toLowerCase() });
    return state === "closed" ? text("closed") : "";
  }

  /** iOS lays its keyboard over the page; the panel must end above it. Pinch zoom is left alone. */
  #fitAboveKeyboard(): void {
    const { height, scale } = window.visualViewport!;
    if (scale === 1) this.#fit.replaceSync(`:host{--visible-height:${height}px}`);
  }

  /** The municipality's own colour, with readable text on it. */
  #paint(): void {
    const properties = brandProperties(this.#conversation.config.colour);
    if (!properties) return;
    const rules = Object.entries(properties).map(([name, value]) => `${name}:${value}`);
    this.#brand.replaceSync(`:host{${rules.join(";")}}`);
  }
}
