// The row of formatting buttons: one stop of the Tab key, arrow keys inside it; menus and shortcuts.

import * as edits from "./edits.js";
import { askForLink, askForTable, pick, pickDocument } from "./pickers.js";
import { word } from "../words.js";

/** An entry of a list of documents, its name, purpose and source to be written over. */
function documentToFillIn() {
  const lines = [`[${word("documentName")}](https://www.example.org/)`, word("documentAbout"), word("documentSource")];
  return lines.join("\n    :   ");
}

export class Toolbar {
  constructor(bar, field, server) {
    this.bar = bar;
    this.field = field;
    this.server = server;
    this.areas = [...bar.querySelectorAll("[data-do=area]")].map((item) => item.value);
    this.buttons = [...bar.querySelectorAll(":scope > .writing-group > button, :scope > .writing-group > .writing-menu > button")];
    bar.hidden = false;
    this.buttons.forEach((button, n) => {
      button.tabIndex = n ? -1 : 0;
    });
    bar.addEventListener("click", (event) => this.onClick(event));
    bar.addEventListener("keydown", (event) => this.onKey(event));
    bar.addEventListener("focusin", (event) => this.onFocus(event.target));
    bar.addEventListener("focusout", (event) => {
      if (this.open && !this.open.parentElement.contains(event.relatedTarget)) this.closeMenu();
    });
    document.addEventListener("pointerdown", (event) => {
      if (this.open && !this.open.parentElement.contains(event.target)) this.closeMenu();
    });
    field.area.addEventListener("keydown", (event) => this.onShortcut(event));
  }

  onFocus(target) {
    const button = this.buttons.find((each) => each === target);
    if (!button) return;
    for (const each of this.buttons) each.tabIndex = each === button ? 0 : -1;
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.getAttribute("aria-haspopup") === "menu") {
      if (this.open === button) this.closeMenu();
      else this.openMenu(button);
      return;
    }
    if (this.open) this.closeMenu();
    this.run(button.dataset.do, button.value);
  }

  onKey(event) {
    const item = event.target.closest("[role=menuitem]");
    if (item) {
      this.onMenuKey(event, item);
      return;
    }
    const here = this.buttons.indexOf(event.target);
    if (here < 0) return;
    const last = this.buttons.length - 1;
    const to = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here ? here - 1 : last, Home: 0, End: last }[event.key];
    if (typeof to !== "undefined") {
      event.preventDefault();
      if (this.open) this.closeMenu();
      this.buttons[to].focus();
      // On a narrow screen the row scrolls in itself, and one that is half in view counts as in view.
      this.buttons[to].scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "ArrowDown" && event.target.getAttribute("aria-haspopup") === "menu") {
      event.preventDefault();
      this.openMenu(event.target);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.open) this.closeMenu();
      else this.field.area.focus();
    }
  }

  onMenuKey(event, item) {
    const items = [...item.closest("[role=menu]").querySelectorAll("[role=menuitem]")];
    const here = items.indexOf(item);
    const to = {
      ArrowDown: (here + 1) % items.length,
      ArrowUp: (here + items.length - 1) % items.length,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (typeof to !== "undefined") {
      event.preventDefault();
      items[to].focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      const button = this.open;
      this.closeMenu();
      button.focus();
    } else if (event.key === "Tab") {
      this.closeMenu();
    }
  }

  openMenu(button) {
    if (this.open) this.closeMenu();
    this.open = button;
    button.setAttribute("aria-expanded", "true");
    const menu = document.getElementById(button.getAttribute("aria-controls"));
    menu.hidden = false;
    menu.querySelector("[role=menuitem]").focus();
  }

  closeMenu() {
    const button = this.open;
    this.open = null;
    button.setAttribute("aria-expanded", "false");
    document.getElementById(button.getAttribute("aria-controls")).hidden = true;
  }

  onShortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const what = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
    if (!what) return;
    event.preventDefault();
    this.run(what);
  }

  edit(make, ...words) {
    this.field.apply(make(...this.field.selection, ...words));
  }

  async run(what, value = "") {
    const { field, server } = this;
    if (field.area.readOnly) return;
    const simple = {
      heading: () => this.edit(edits.heading, 2, word("heading")),
      subheading: () => this.edit(edits.heading, 3, word("subheading")),
      paragraph: () => this.edit(edits.paragraph),
      bold: () => this.edit(edits.emphasise, "**", word("boldWords")),
      italic: () => this.edit(edits.emphasise, "*", word("italicWords")),
      bullets: () => this.edit(edits.list, false, word("listItem")),
      numbers: () => this.edit(edits.list, true, word("listItem")),
      status: () => this.edit(edits.status, value, word("paragraph")),
      area: () => this.edit(edits.area, value, this.areas, word("paragraph")),
      box: () => this.edit(edits.box, value, word("paragraph"), ["note", "warning"]),
      contactbox: () => this.edit(edits.contactBox, word("team"), ["telephone", "mail", "hours"].map((line) => word(line))),
      library: () => this.edit(edits.box, "library", documentToFillIn()),
      appendix: () => this.edit(edits.appendix, word("appendix")),
      undo: () => this.command("undo"),
      redo: () => this.command("redo"),
    }[what];
    if (simple) {
      simple();
      return;
    }
    // While a dialog is open nothing is written, so what was selected before is what is meant.
    const place = field.selection;
    const [text, start, end] = place;
    const words = text.slice(start, end);
    const old = what === "link" ? edits.linkAt(text, start, end) : null;
    let chosen;
    if (what === "table") chosen = await askForTable();
    else if (what === "link") chosen = await askForLink(old?.words ?? words, old?.address ?? "");
    else if (what === "document") chosen = await pickDocument(server);
    else chosen = await pick(server, what);
    const put = (make, ...more) => field.apply(make(...place, ...more));
    if (!chosen) field.area.setSelectionRange(start, end);
    else if (what === "table") put(edits.table, chosen.headers, chosen.rows);
    else if (what === "link") put(edits.link, chosen.address, chosen.words);
    else if (chosen.picture) put(edits.picture, chosen.address, chosen.description);
    else if (chosen.asPassage) put(edits.include, chosen.address);
    else put(edits.link, chosen.address, words ? null : chosen.words);
  }

  command(name) {
    this.field.area.focus();
    document.execCommand(name);
  }
}
