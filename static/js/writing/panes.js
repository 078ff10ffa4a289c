// Beside the text: the preview, the tracked changes, the problems and the offers.

import { linkInLine } from "./edits.js";
import { word } from "../words.js";

export class Panes {
  constructor(tabs, server, field) {
    this.tabs = tabs;
    this.server = server;
    this.field = field;
    this.buttons = [...tabs.querySelectorAll("[role=tab]")];
    this.frame = document.getElementById("writing-frame");
    this.unshown = document.getElementById("writing-unshown");
    this.wide = matchMedia("(min-width: 70rem)");
    this.stale = { preview: false, changes: true };
    tabs.hidden = false;
    document.documentElement.classList.add("writing-has-tabs");
    tabs.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) this.select(tab.dataset.pane);
    });
    tabs.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("click", (event) => this.onLine(event));
    document.addEventListener("click", (event) => this.onOffer(event));
    this.wide.addEventListener("change", () => this.arrange());
    this.frame?.addEventListener("load", () => {
      this.guardLinks();
      this.startAtDraft();
    });
    this.guardLinks();
    this.selected = "write";
    this.arrange();
  }

  get shown() {
    return this.buttons.filter((tab) => !(this.wide.matches && tab.dataset.pane === "write"));
  }

  arrange() {
    const write = document.getElementById("writing-pane-write");
    // Beside the other panes the form is no pane of its own.
    if (this.wide.matches) {
      write.removeAttribute("role");
      write.removeAttribute("aria-labelledby");
      write.hidden = false;
    } else {
      write.setAttribute("role", "tabpanel");
      write.setAttribute("aria-labelledby", "writing-tab-write");
    }
    this.buttons[0].hidden = this.wide.matches;
    const want = this.wide.matches && this.selected === "write" ? "preview" : this.selected;
    this.select(want);
  }

  onKey(event) {
    const { shown } = this;
    const here = shown.indexOf(event.target);
    if (here < 0) return;
    const last = shown.length - 1;
    const to = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here ? here - 1 : last, Home: 0, End: last }[event.key];
    if (typeof to === "undefined") return;
    event.preventDefault();
    this.select(shown[to].dataset.pane);
    shown[to].focus();
  }

  select(pane) {
    this.selected = pane;
    for (const tab of this.buttons) {
      const on = tab.dataset.pane === pane;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls"));
      if (tab.dataset.pane !== "write" || !this.wide.matches) panel.hidden = !on;
    }
    if (pane === "preview") this.startAtDraft();
    this.freshen();
  }

  /** After the draft was saved. */
  refresh(data) {
    this.stale = { preview: true, changes: true };
    if (data) this.showProblems(data);
    this.freshen();
  }

  async freshen() {
    const pane = this.selected;
    if (!this.stale[pane] || this.freshening) return;
    this.freshening = true;
    this.stale[pane] = false;
    const done = pane === "preview" ? await this.freshenPreview() : await this.freshenChanges();
    this.freshening = false;
    if (!done) this.stale[pane] = true;
    else this.freshen();
  }

  async freshenPreview() {
    const page = await this.server.page(this.frame.dataset.src ?? this.frame.src);
    const old = this.frame.contentDocument?.querySelector("main");
    const main = page?.querySelector("main");
    if (!main || !old) return false;
    const problem = page.getElementById("draft-unshown");
    this.unshown.hidden = !problem;
    this.unshown.textContent = problem?.textContent.replace(/\s+/g, " ").trim() ?? "";
    // While a text cannot be shown, the last that could be stays.
    if (problem && !this.frame.contentDocument.getElementById("draft-unshown")) return true;
    // The banner above it says whether there is a note yet.
    const banner = page.querySelector(".banner-dated");
    if (banner) this.frame.contentDocument.querySelector(".banner-dated")?.replaceWith(this.frame.contentDocument.adoptNode(banner));
    const view = this.frame.contentDocument.scrollingElement;
    const top = view?.scrollTop ?? 0;
    const banners = [this.frame.contentDocument, page].map((each) => each.querySelector(".banner-dated"));
    if (banners.every(Boolean)) banners[0].replaceWith(this.frame.contentDocument.adoptNode(banners[1]));
    old.replaceWith(this.frame.contentDocument.adoptNode(main));
    if (view) view.scrollTop = top;
    return true;
  }

  async freshenChanges() {
    const panel = document.getElementById("writing-changes");
    const page = await this.server.page(`${this.server.addresses.changesUrl}?part=1`);
    const part = page?.getElementById("writing-tracked");
    if (!part) return false;
    panel.replaceChildren(document.adoptNode(part));
    return true;
  }

  /** What is the same on every page need not be in the way; it is a little further up. */
  startAtDraft() {
    const page = this.frame?.contentDocument;
    const banner = page?.querySelector(".banner-dated");
    // While the frame is hidden there is nothing to scroll.
    if (!banner?.offsetTop || page.begun) return;
    page.begun = true;
    page.scrollingElement.scrollTop = banner.offsetTop;
  }

  /** Links of the preview open beside it: the frame shows nothing but the draft. */
  guardLinks() {
    const page = this.frame?.contentDocument;
    if (!page || page.guarded) return;
    page.guarded = true;
    page.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link) return;
      const address = new URL(link.getAttribute("href"), page.location.href);
      event.preventDefault();
      if (address.hash && address.pathname === page.location.pathname) {
        page.getElementById(decodeURIComponent(address.hash.slice(1)))?.scrollIntoView();
      } else {
        open(address, "_blank", "noopener");
      }
    });
    page.addEventListener("submit", (event) => event.preventDefault());
  }

  showProblems({ problems, questions, offers, words_said: words }) {
    document.getElementById("writing-word-count").textContent = words;
    const tab = document.getElementById("writing-problem-count");
    const count = problems.length + questions.length;
    tab.textContent = count ? `(${count})` : "";
    const list = document.getElementById("writing-problems");
    list.replaceChildren(...problems.map((problem) => this.problem(problem)), ...questions.map((words) => this.problem({ message: words, question: true })));
    document.getElementById("writing-no-problems").hidden = count > 0;
    this.showOffers(offers ?? []);
  }

  showOffers(offers) {
    const place = document.getElementById("writing-offers");
    if (!place) return;
    place.hidden = !offers.length;
    place.querySelector("ul").replaceChildren(...offers.map((offer) => this.offer(offer)));
  }

  offer({ key, line, column, words, instead, message }) {
    const item = this.problem({ line, message });
    const button = document.createElement("button");
    button.type = "submit";
    button.className = "writing-offer";
    button.setAttribute("form", "writing-form");
    button.name = "offer";
    button.value = key;
    Object.assign(button.dataset, { at: line, column, words, instead });
    const told = document.createElement("span");
    told.className = "visually-hidden";
    told.textContent = ` ${word("offerOf", { words, line })}`;
    button.append(word("makeItALink"), told);
    item.append(" ", button);
    return item;
  }

  /** In place, so that it can be undone; where the words moved meanwhile, nothing but saving, which lists them anew. */
  onOffer(event) {
    const button = event.target.closest("button[name=offer]");
    if (!button || !this.field) return;
    event.preventDefault();
    const { at, column, words, instead } = button.dataset;
    const edit = instead && linkInLine(this.field.area.value, Number(at), Number(column), words, instead);
    const item = button.closest("li");
    const next = item.nextElementSibling ?? item.previousElementSibling;
    if (edit) {
      if (!this.wide.matches) this.select("write");
      this.field.apply(edit);
      this.moveOffers(Number(at), Number(column), instead.length - words.length);
      item.remove();
    } else {
      item.textContent = word("wordsGone");
    }
    if (this.wide.matches) (next?.querySelector("button") ?? this.tabs.querySelector("[aria-selected=true]")).focus();
    const place = document.getElementById("writing-offers");
    place.hidden = !place.querySelector("li");
  }

  /** What stands behind a new link in the same line has moved. */
  moveOffers(line, column, by) {
    for (const { dataset } of document.querySelectorAll(`#writing-offers button[data-at="${line}"]`)) {
      if (Number(dataset.column) > column) dataset.column = String(Number(dataset.column) + by);
    }
  }

  problem({ line, message, blocking, question }) {
    const item = document.createElement("li");
    if (line) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "writing-line";
      button.dataset.line = line;
      button.textContent = word("line", { line });
      item.append(button, " ");
    }
    if (blocking || question) {
      const mark = document.createElement("strong");
      mark.textContent = word(question ? "toConfirm" : "toPutRight");
      item.append(mark, " ");
    }
    item.append(message);
    return item;
  }

  onLine(event) {
    const button = event.target.closest("[data-line]");
    if (!button || !this.field) return;
    if (!this.wide.matches) this.select("write");
    this.field.goTo(Number(button.dataset.line));
  }
}
