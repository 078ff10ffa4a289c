// The writing page. Without this it is an ordinary form; with it, it saves and shows by itself.

import { Field } from "./field.js";
import { Panes } from "./panes.js";
import { tidyPasting } from "./pasting.js";
import { Saving } from "./saving.js";
import { Server } from "./server.js";
import { Toolbar } from "./toolbar.js";
import { word } from "../words.js";

const form = document.getElementById("writing-form");
const text = form?.elements.text;

if (form) {
  const server = new Server(form);
  const field = text ? new Field(text, document.getElementById("writing-line-number")) : null;
  const panes = new Panes(document.getElementById("writing-tabs"), server, field);
  const saving = new Saving(form, server, document.getElementById("writing-status"));
  if (field) {
    new Toolbar(document.getElementById("writing-toolbar"), field, server);
    tidyPasting(field, server, tell);
  }
  saving.addEventListener("saved", ({ detail }) => {
    showErrors(detail.errors);
    panes.refresh(detail);
  });
  saving.addEventListener("overtaken", ({ detail }) => showOvertaken(detail.panel));
  wireButtons(saving, panes);
  wireSignificance();
  wireAreas();
  wireOvertaken(saving);
  if (document.getElementById("writing-overtaken").childElementCount) saving.pause();
  offerKept(saving, field);
} else {
  const tabs = document.getElementById("writing-tabs");
  if (tabs) new Panes(tabs, new Server(document.getElementById("writing-reading")), null);
}

/** Lines about what was just pasted, until the next ones. */
function tell(lines, busy = false) {
  const place = document.getElementById("writing-told");
  place.replaceChildren(
    ...lines.map((words) => {
      const line = document.createElement("p");
      line.textContent = words;
      return line;
    }),
  );
  place.classList.toggle("busy", busy);
}

function showErrors(errors) {
  for (const place of form.querySelectorAll("[data-errors]")) {
    const lines = errors[place.dataset.errors] ?? [];
    place.replaceChildren(
      ...lines.map((words) => {
        const line = document.createElement("p");
        line.textContent = words;
        return line;
      }),
    );
    const input = form.elements[place.dataset.errors];
    if (input?.setAttribute) {
      if (lines.length) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}

function firstError() {
  const place = [...form.querySelectorAll("[data-errors]")].find((each) => each.childElementCount);
  if (!place) return;
  place.closest("details")?.setAttribute("open", "");
  const input = form.elements[place.dataset.errors];
  (input?.focus ? input : place).focus();
}

function wireButtons(saving, panes) {
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.name === "over") return; // the panel that asks which words to keep has its own way
    event.preventDefault();
    const done = await saving.now();
    if (!done) {
      const asked = document.getElementById("writing-overtaken-title");
      if (asked) asked.focus();
      else firstError();
      return;
    }
    if (button?.value === "submit") saving.leave(form.dataset.recordUrl);
    else if (button?.value === "preview") {
      panes.select("preview");
      document.getElementById("writing-tab-preview").focus();
    }
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saving.now();
    }
  });
}

/** What to read instead is asked only of a withdrawal. */
function wireSignificance() {
  const successor = document.getElementById("writing-successor");
  if (!successor) return;
  const show = () => {
    successor.hidden = form.elements.significance.value !== "withdrawn";
  };
  form.addEventListener("change", show);
  show();
}

/** The chapter for another area is asked only of what is for some areas. */
function wireAreas() {
  const counterpart = document.getElementById("writing-counterpart");
  if (!counterpart) return;
  const show = () => {
    counterpart.hidden = !form.querySelector("input[name=areas]:checked");
  };
  form.addEventListener("change", show);
  show();
}

// --- Two windows, or two people ----------------------------------------------------------------------------

/** The panel comes from the site, made of escaped and cleaned text. */
function showOvertaken(panel) {
  const place = document.getElementById("writing-overtaken");
  const parsed = new DOMParser().parseFromString(panel, "text/html");
  place.replaceChildren(...[...parsed.body.children].map((each) => document.adoptNode(each)));
  place.querySelector("h2").focus();
}

function wireOvertaken(saving) {
  const place = document.getElementById("writing-overtaken");
  place.addEventListener("click", async (event) => {
    const keep = event.target.closest("button[name=over]");
    const take = event.target.closest("a[data-take]");
    if (keep) {
      event.preventDefault();
      place.replaceChildren();
      await saving.resume(keep.value);
      (text ?? form.elements.title).focus();
    } else if (take) {
      event.preventDefault();
      saving.leave(take.href);
    }
  });
}

// --- Words that were not saved -----------------------------------------------------------------------------

function sameWords(fields, saving) {
  const here = saving.fields();
  const plain = (value) => String(value ?? "").replace(/\r\n?/g, "\n").trimEnd();
  return [...new Set([...Object.keys(here), ...Object.keys(fields)])].every((name) => plain(here[name]) === plain(fields[name]));
}

function offerKept(saving, field) {
  const panel = document.getElementById("writing-kept");
  const left = saving.kept.left().filter((each) => {
    if (!sameWords(each.fields, saving)) return true;
    saving.kept.forget(each.key);
    return false;
  });
  if (!left.length) return;
  const [newest] = left;
  const moment = new Date(newest.at);
  const { lang } = document.documentElement;
  const day = moment.toLocaleDateString(lang, { day: "numeric", month: "long", year: "numeric" });
  const hour = moment.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  panel.querySelector("[data-when]").textContent = word("when", { hour, day });
  panel.querySelector("[data-words]").textContent = newest.fields.text || newest.fields.title || "";
  panel.hidden = false;
  panel.addEventListener("click", (event) => {
    const what = event.target.closest("button")?.value;
    if (!what) return;
    if (what === "back") {
      putBack(newest.fields, field);
      saving.changed += 1;
      saving.keep();
      saving.onChange();
    }
    saving.kept.forget(newest.key);
    panel.hidden = true;
    (text ?? form.elements.title).focus();
  });
}

function putBack(fields, field) {
  for (const input of form.elements) {
    if (!input.name || input === text || input.type === "hidden") continue;
    const value = fields[input.name];
    if (input.type === "checkbox") input.checked = (value ?? []).includes(input.value);
    else if (input.type === "radio") input.checked = value === input.value;
    else if (input.type !== "submit" && typeof value !== "undefined") input.value = value;
  }
  if (field && typeof fields.text !== "undefined") field.replaceAll(fields.text);
  form.dispatchEvent(new Event("change"));
}
