// What is pasted from Word or from a web page becomes clean headings, lists and tables.

import { pasted } from "./edits.js";
import { word } from "../words.js";

const STRUCTURE = /<(h[1-6]|[ou]l|li|table|p|div|strong|b|em|i|a|img|br)\b|mso-/i;
const LARGEST = 2_000_000;
const PATIENCE = 15000;

export function tidyPasting(field, server, told) {
  let plain = false;
  const { area } = field;
  area.addEventListener("keydown", (event) => {
    // Ctrl+Shift+V: as plain words. Browsers then offer nothing else, but not all of them say so.
    plain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
  });
  area.addEventListener("paste", async (event) => {
    const html = event.clipboardData?.getData("text/html") ?? "";
    if (plain || area.readOnly || !STRUCTURE.test(html)) {
      plain = false;
      return;
    }
    event.preventDefault();
    const words = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    // Pictures inside the text are left out by the site anyway.
    const lean = html.replace(/(src\s*=\s*)(["'])data:[^"']*\2/gi, "$1$2$2");
    told([word("tidying")], true);
    area.readOnly = true;
    const answer = lean.length > LARGEST ? { kind: "too-large" } : await tidied(server, lean);
    area.readOnly = false;
    if (answer.kind === "ok") {
      field.apply(pasted(...field.selection, answer.data.text));
      told(answer.data.remarks);
    } else {
      field.apply(pasted(...field.selection, words));
      told([why(answer)]);
    }
  });
}

async function tidied(server, html) {
  const fields = new FormData();
  fields.set("html", html);
  const late = new Promise((resolve) => setTimeout(() => resolve({ kind: "offline" }), PATIENCE));
  return Promise.race([server.post(server.addresses.pastedUrl, fields), late]);
}

function why({ kind, data }) {
  if (kind === "refused") return word("pastedPlain", { message: data.message });
  if (kind === "too-large") return word("pastedTooLarge");
  if (kind === "signed-out") return word("pastedSignedOut");
  return word("pastedOffline");
}
