import { markTitle } from "./attention";
import { brandProperties } from "./colour";
import { Composer } from "./composer";
import { Confirm } from "./confirm";
import { Conversation } from "./conversation";
import { h, icon, setText } from "./dom";
import { Kept } from "./kept";
import { Log } from "./log";
import type { State } from "./protocol";
import { Standing } from "./standing";
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
  #standing!: Standing;
  readonly #brand = new CSSStyleSheet();
  readonly #fit = new CSSStyleSheet();
  readonly #fillsScreen = window.matchMedia(FILLS_SCREEN);

  readonly #launcherLabel = h("span.launcher-label");
  readonly #unread = h("span.unread", { hidden: true });
  readonly #news = h("p.vh", { role: "status" });
  readonly #launcher = h("button.launcher", { "aria-haspopup": "dialog" });
  readonly #panel = h("div.panel", { role: "dialog", "aria-labelledby": "title", hidden: true });
  readonly #titleLine = h("h2.title", { id: "title" });
  readonly #municipality = h("p.municipality");
  readonly #closeButton = h("button.icon-button.close", icon("close"));
  readonly #restartButton = h("button", icon("restart"), h("span"));
  readonly #humanButton = h("button", icon("person"), h("span"));
  readonly #confirm = new Confirm();
  #stateAsked: State = "bot";
  readonly #privacy = h("span");
  readonly #connection = h("p.connection", { role: "status" });
  readonly #notice = h("p.notice", { role: "alert" });

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const server = (this.getAttribute("server") || SCRIPT_SERVER).replace(/\/$/, "");
    const kept = new Kept(server);
    this.#conversation = new Conversation(kept, server, () => this.#render());
    this.#log = new Log(this.#conversation, this.#privacyNote());
    this.#standing = new Standing(this.#conversation, {
      leaveHuman: (from) => this.#askLeaveHuman(from),
      writeLetter: () => {
        this.#conversation.letterbox.open();
        this.#log.toLetter();
      },
    });
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
    const names = h("div.names", this.#titleLine, this.#municipality);
    const header = h("div.header", h("span.mark", icon("chat")), names, this.#closeButton);
    const actions = h("div.actions", this.#restartButton, this.#humanButton);
    const lines = h("div.lines-below", this.#notice, this.#connection);
    const top = h("div.top", header, actions);
    const { element: standing } = this.#standing;
    this.#panel.append(top, this.#confirm.element, standing, this.#log.element, lines, this.#composer.element);
    root.append(this.#launcher, this.#panel, this.#news);
  }

  #privacyNote(): HTMLElement {
    return h("p.privacy", icon("lock"), this.#privacy);
  }

  #listen(): void {
    this.#launcher.addEventListener("click", () => this.open());
    this.#closeButton.addEventListener("click", () => this.close());
    this.#restartButton.addEventListener("click", () => this.#askRestart());
    this.#humanButton.addEventListener("click", () => {
      if (this.#humanButton.getAttribute("aria-disabled") !== "true") this.#conversation.askForHuman();
    });
    this.#panel.addEventListener("keydown", (event) => this.#keydown(event));
    this.#fillsScreen.addEventListener("change", () => this.#render());
    document.addEventListener("visibilitychange", () => this.#render());
    window.visualViewport?.addEventListener("resize", () => this.#fitAboveKeyboard());
  }

  #keydown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.#confirm.asks) this.#confirm.end();
      else this.close();
    } else if (event.key === "Tab" && this.#fillsScreen.matches) {
      this.#keepFocusInside(event);
    }
  }

  /** When the panel covers the page, Tab must not wander off behind it. */
  #keepFocusInside(event: KeyboardEvent): void {
    const all = [...this.#panel.querySelectorAll<HTMLElement>("a[href], button, input, textarea, [tabindex='0']")];
    const reachable = all.filter((element) => element.getClientRects().length > 0);
    const [from, to] = event.shiftKey ? [reachable[0], reachable.at(-1)] : [reachable.at(-1), reachable[0]];
    if (this.shadowRoot?.activeElement === from) {
      event.preventDefault();
      to?.focus();
    }
  }

  #askRestart(): void {
    const { begun, withHuman, state } = this.#conversation;
    const act = (): void => {
      this.#conversation.restart();
      this.#composer.focus();
    };
    if (!begun && !withHuman) return act();
    this.#stateAsked = state;
    const question = text(withHuman ? "restartQuestionHuman" : "restartQuestion");
    this.#confirm.ask({ question, yes: text("restartYes"), no: text("restartNo"), act }, this.#restartButton);
  }

  #askLeaveHuman(from: HTMLElement): void {
    const act = (): void => {
      this.#conversation.cancel();
      this.#composer.focus();
    };
    const { state, human } = this.#conversation;
    this.#stateAsked = state;
    const question = text("leaveHumanQuestion", { name: human });
    this.#confirm.ask({ question, yes: text("leaveHumanYes"), no: text("restartNo"), act }, from);
  }

  #render(): void {
    const { config, state, withHuman, online, notice } = this.#conversation;
    const isOpen = !this.#panel.hidden;
    const focused = this.#panel.querySelector(":focus");
    setText(this.#titleLine, config.name || text("title"));
    setText(this.#municipality, config.municipality ?? "");
    setText(this.#restartButton.lastElementChild!, text("restart"));
    setText(this.#humanButton.lastElementChild!, text("human"));
    this.#humanButton.setAttribute("aria-disabled", String(withHuman));
    this.#closeButton.setAttribute("aria-label", text("close"));
    this.#closeButton.title = text("close");
    if (state !== this.#stateAsked) this.#confirm.withdraw();
    this.#panel.setAttribute("aria-modal", String(this.#fillsScreen.matches));
    setText(this.#privacy, config.privacy || text("privacy"));
    this.#standing.render();
    setText(this.#connection, isOpen && online === false ? text("offline") : "");
    setText(this.#notice, notice);
    this.#composer.render();
    if (isOpen) this.#log.render();
    this.#renderLauncher(isOpen);
    if (focused) this.#rescueFocus(focused);
  }

  /** What had the focus may be gone with the state it belonged to. */
  #rescueFocus(had: Element): void {
    const now = this.#panel.querySelector(":focus") ?? had;
    if (now === had && had.getClientRects().length === 0) this.#log.focus();
  }

  #renderLauncher(isOpen: boolean): void {
    // An open panel in a tab behind others is not seen.
    if (isOpen && !document.hidden) this.#conversation.markSeen();
    const { unread } = this.#conversation;
    this.#unread.hidden = !unread;
    setText(this.#unread, String(unread || ""));
    setText(this.#news, unread && !isOpen ? text("launcherUnread") : "");
    markTitle(unread);
    setText(this.#launcherLabel, text("launcher"));
    this.#launcher.setAttribute("aria-label", text(unread ? "launcherUnread" : "launcher"));
    this.#launcher.setAttribute("aria-expanded", String(isOpen));
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
