// Dialogs in which something is chosen or asked for. Escape closes them and gives the focus back.

import { word } from "../words.js";

const REST = 200; // milliseconds after the last key

/** Opens a dialog; answers what `read` makes of it once it is confirmed, or nothing. */
function opened(dialog, read) {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const { signal } = controller;
    let answer = null;
    const form = dialog.querySelector("form");
    const confirm = (event) => {
      event?.preventDefault();
      const value = read();
      if (!value) return;
      answer = value;
      dialog.close();
    };
    form.addEventListener("submit", confirm, { signal });
    dialog.addEventListener("click", (event) => event.target.closest("[data-cancel]") && dialog.close(), { signal });
    dialog.addEventListener(
      "close",
      () => {
        controller.abort();
        resolve(answer);
      },
      { signal },
    );
    dialog.confirm = confirm;
    dialog.showModal();
  });
}

function complain(dialog, words, input = null) {
  dialog.querySelector(".writing-complaint").textContent = words;
  input?.focus();
}

// --- Link and table ----------------------------------------------------------------------------------------

export function askForLink(words, address) {
  const dialog = document.getElementById("writing-link");
  const form = dialog.querySelector("form");
  form.elements.words.value = words.replace(/\s+/g, " ").trim();
  form.elements.address.value = /^(https?:|mailto:|tel:)/.test(address) ? address : "";
  complain(dialog, "");
  return opened(dialog, () => {
    const typed = form.elements.address.value.trim();
    const shown = form.elements.words.value.trim();
    if (!typed) return complain(dialog, word("giveAddress"), form.elements.address);
    if (!shown) return complain(dialog, word("sayWhere"), form.elements.words);
    return { address: completed(typed), words: shown };
  });
}

function completed(typed) {
  let address = typed;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) address = `mailto:${typed}`;
  else if (!/^(https?:\/\/|mailto:|tel:)/i.test(typed)) address = `https://${typed}`;
  // Signs that would end the link too early.
  return address.replace(/\s/g, "%20").replace(/\(/g, "%28").replace(/\)/g, "%29");
}

export function askForTable() {
  const dialog = document.getElementById("writing-table");
  const form = dialog.querySelector("form");
  const heads = dialog.querySelector(".writing-heads");
  const adjust = () => {
    const columns = Math.min(8, Math.max(1, Number(form.elements.columns.value) || 1));
    while (heads.children.length > columns) heads.lastElementChild.remove();
    while (heads.children.length < columns) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "text";
      input.name = "head";
      label.append(word("column", { number: heads.children.length + 1 }), input);
      heads.append(label);
    }
  };
  form.elements.columns.oninput = adjust;
  heads.replaceChildren();
  form.reset();
  adjust();
  complain(dialog, "");
  return opened(dialog, () => {
    const inputs = [...heads.querySelectorAll("input")];
    const empty = inputs.find((input) => !input.value.trim());
    if (empty) return complain(dialog, word("sayColumns"), empty);
    const rows = Math.min(50, Math.max(1, Number(form.elements.rows.value) || 1));
    return { headers: inputs.map((input) => input.value), rows };
  });
}

// --- Pickers -----------------------------------------------------------------------------------------------

// Of each picker, the words for its heading and for its search field.
const TITLES = {
  chapters: ["pickChapter", "searchChapters"],
  keywords: ["pickKeyword", "searchKeywords"],
  contacts: ["pickContact", "searchContacts"],
  documents: ["pickDocument", "searchDocuments"],
};

/** Lets somebody choose a chapter or section, a keyword, a contact or a document. */
export function pick(server, what) {
  const dialog = document.getElementById("writing-picker");
  const [title, search] = TITLES[what];
  dialog.querySelector("h2").textContent = word(title);
  dialog.querySelector("label[for=writing-picker-search]").textContent = word(search);
  const ways = dialog.querySelector(".writing-ways");
  ways.hidden = what !== "contacts";
  const choices = new Choices(dialog, server, what);
  complain(dialog, "");
  choices.load();
  return opened(dialog, () => {
    const chosen = choices.chosen;
    if (!chosen) return complain(dialog, word("chooseFirst"), choices.input);
    const asPassage = what === "contacts" && ways.querySelector("input:checked").value === "passage";
    return { ...chosen, asPassage };
  }).finally(() => choices.stop());
}

/** A document; for a picture it is asked whether it is shown or linked, and what those hear who cannot see it. */
export async function pickDocument(server) {
  const chosen = await pick(server, "documents");
  if (!chosen?.picture) return chosen;
  const dialog = document.getElementById("writing-picture");
  const form = dialog.querySelector("form");
  form.elements.description.value = chosen.description;
  complain(dialog, "");
  return opened(dialog, () => {
    const shown = dialog.querySelector("input[name=as]:checked").value === "picture";
    const description = form.elements.description.value.trim();
    if (shown && !description) return complain(dialog, word("sayPicture"), form.elements.description);
    return { ...chosen, picture: shown, description };
  });
}

/** The search field and the list below it: typing searches, arrow keys walk, Enter chooses. */
class Choices {
  constructor(dialog, server, what) {
    this.dialog = dialog;
    this.server = server;
    this.what = what;
    this.input = dialog.querySelector("#writing-picker-search");
    this.list = dialog.querySelector("[role=listbox]");
    this.found = dialog.querySelector(".writing-found");
    this.items = [];
    this.at = -1;
    this.asked = 0;
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.input.value = "";
    this.list.replaceChildren();
    this.input.addEventListener("input", () => this.searchSoon(), { signal });
    this.input.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.list.addEventListener("click", (event) => this.onClick(event), { signal });
  }

  stop() {
    clearTimeout(this.waiting);
    this.controller.abort();
  }

  get chosen() {
    return this.items[this.at] ?? null;
  }

  searchSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.load(), REST);
  }

  async load() {
    const asked = (this.asked += 1);
    const address = this.server.addresses.pickUrl.replace("WHAT", this.what);
    const { kind, data } = await this.server.get(`${address}?q=${encodeURIComponent(this.input.value)}`);
    if (asked !== this.asked || this.controller.signal.aborted) return;
    if (kind !== "ok") {
      this.show([]);
      this.found.textContent =
        word(kind === "signed-out" ? "listSignedOut" : "listNotFetched");
      return;
    }
    this.show(data.items);
    const count = data.items.length;
    this.found.textContent = word(data.more ? "foundFirst" : count ? "found" : "foundNothing", { count });
  }

  show(items) {
    this.items = items;
    this.list.replaceChildren(...items.map((item, n) => this.option(item, n)));
    this.mark(items.length && this.input.value ? 0 : -1);
  }

  option(item, n) {
    const option = document.createElement("li");
    option.role = "option";
    option.id = `writing-option-${n}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.classList.toggle("within", Boolean(item.within));
    for (const [name, words] of [["name", item.name], ["where", item.where], ["hint", item.hint]]) {
      if (!words) continue;
      const span = document.createElement("span");
      span.className = `writing-option-${name}`;
      span.textContent = words;
      option.append(span, " ");
    }
    return option;
  }

  mark(at) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    const option = this.list.children[at];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  onKey(event) {
    if (event.key === "Escape") {
      // A search field would only be emptied by it.
      event.preventDefault();
      this.dialog.close();
      return;
    }
    const last = this.items.length - 1;
    const to = {
      ArrowDown: this.at >= last ? 0 : this.at + 1,
      ArrowUp: this.at <= 0 ? last : this.at - 1,
      PageDown: Math.min(last, this.at + 8),
      PageUp: Math.max(0, this.at - 8),
    }[event.key];
    if (typeof to === "undefined") return;
    event.preventDefault();
    if (last >= 0) this.mark(to);
  }

  onClick(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    this.mark([...this.list.children].indexOf(option));
    this.dialog.confirm();
  }
}
