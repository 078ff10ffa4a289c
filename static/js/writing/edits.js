// What the formatting buttons do to a text. Pure: a text and a selection to an edit,
// { from, to, insert, start, end }: what is replaced by what, and what is selected afterwards; or nothing.

const HEADING = /^(#{1,6})[ \t]+(.*?)[ \t]*$/;
const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+/;
const BULLET = /^[ \t]*[-*+][ \t]+/;
const ATTRIBUTES = /[ \t]*\{:([^{}\n]*)\}[ \t]*$/;
const BOX = /^([ \t]*)!!![ \t]?([\w-]+)/;
const LINK = /!?\[([^\]\n]*)\]\(([^()\s]*)\)/g;
const WORD = /[\p{L}\p{N}'’-]/u;
const STATUSES = ["policy", "procedure", "guidance", "protocol"];

export function lineStart(text, at) {
  return at <= 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

export function lineEnd(text, at) {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** The number of the line, from 1, on which a place in the text is. */
export function lineNumber(text, at) {
  let count = 1;
  for (let n = text.indexOf("\n"); n >= 0 && n < at; n = text.indexOf("\n", n + 1)) count += 1;
  return count;
}

/** Where a line, counted from 1, begins and ends. */
export function placeOfLine(text, number) {
  let from = 0;
  for (let n = 1; n < number; n += 1) {
    const next = text.indexOf("\n", from);
    if (next < 0) break;
    from = next + 1;
  }
  return { from, to: lineEnd(text, from) };
}

function lineAt(text, at) {
  return text.slice(lineStart(text, at), lineEnd(text, at));
}

function wholeLines(text, start, end) {
  // A selection that ends where a line begins does not mean that line.
  const last = end > start && text[end - 1] === "\n" ? end - 1 : end;
  return { from: lineStart(text, start), to: lineEnd(text, last) };
}

function paragraphs(text, start, end) {
  let { from, to } = wholeLines(text, start, end);
  if (!lineAt(text, from).trim() && from === lineStart(text, to)) return { from, to };
  const goesOn = (at) => lineAt(text, at).trim() && !BOX.test(lineAt(text, at));
  while (from > 0 && goesOn(from) && goesOn(from - 1)) from = lineStart(text, from - 1);
  while (to < text.length && goesOn(to) && goesOn(to + 1)) to = lineEnd(text, to + 1);
  return { from, to };
}

function trimmed(text, start, end) {
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return { start, end };
}

/** Replaces a stretch by lines that stand by themselves, with an empty line before and behind them. */
function block(text, from, to, words, selectFrom = words.length, selectTo = selectFrom) {
  const before = text.slice(Math.max(0, from - 2), from);
  const behind = text.slice(to, to + 2);
  let lead = "\n\n";
  if (from === 0 || before === "\n\n" || (from === 1 && before === "\n")) lead = "";
  else if (before.endsWith("\n")) lead = "\n";
  let tail = "\n\n";
  if (behind === "\n\n" || (behind === "\n" && to + 1 === text.length)) tail = "";
  else if (behind.startsWith("\n") || to === text.length) tail = "\n";
  const start = from + lead.length;
  return { from, to, insert: lead + words + tail, start: start + selectFrom, end: start + selectTo };
}

/** Where something new can stand by itself without tearing a paragraph apart; and how far boxes indent it. */
function placeForBlock(text, start, end) {
  const here = lineAt(text, end);
  if (!here.trim() && start === end) return { from: lineStart(text, end), to: lineEnd(text, end), indent: "" };
  const { to } = paragraphs(text, end, end);
  const indent = enclosingBox(text, end) ? "    " : "";
  return { from: to, to, indent };
}

function indented(words, indent) {
  return words
    .split("\n")
    .map((line) => (line ? indent + line : line))
    .join("\n");
}

function newBlock(text, start, end, words, select = "") {
  const { from, to, indent } = placeForBlock(text, start, end);
  const written = indented(words, indent);
  const at = select ? written.indexOf(select) : written.length;
  return block(text, from, to, written, at, at + select.length);
}

// --- Phrases -----------------------------------------------------------------------------------------------

function wordAround(text, at) {
  let [start, end] = [at, at];
  while (start > 0 && WORD.test(text[start - 1])) start -= 1;
  while (end < text.length && WORD.test(text[end])) end += 1;
  return { start, end };
}

function stars(text, at, step) {
  let count = 0;
  while (text[at + count * step] === "*" && count < 3) count += 1;
  return count;
}

const HAS = { "**": (count) => count >= 2, "*": (count) => count === 1 || count === 3 };

// What belongs to no words: how lines begin, what marks them at their end, addresses, the row under a table's head.
const SIGNS = /^[ \t]*!!!.*$|^[ \t|:-]+$|^[ \t]*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)[ \t]+|\|)|\{:[^{}\n]*\}|!?\[(?=[^\]\n]*\]\()|\]\([^()\s]*\)/gm;

/** A selection drawn back from signs that it cuts through; nothing where there is nothing else in it. */
function amongWords(text, start, end) {
  const [from, to] = [lineStart(text, start), lineEnd(text, end)];
  const caret = start === end;
  for (const found of text.slice(from, to).matchAll(SIGNS)) {
    const [a, b] = [from + found.index, from + found.index + found[0].length];
    if (caret && a < start && start < b) return null;
    if (a <= start && start < b && !caret) start = b;
    else if (a < end && end < b) end = a;
  }
  if (caret) return BOX.test(lineAt(text, start)) ? null : { start, end };
  ({ start, end } = trimmed(text, start, end));
  return start < end ? { start, end } : null;
}

/** Bold ("**") or italic ("*") on a phrase, or off again. */
export function emphasise(text, start, end, mark, placeholder) {
  const among = amongWords(text, start, end);
  if (!among) return null;
  ({ start, end } = among);
  if (start !== end && text.slice(start, end).includes("\n")) return emphasiseLines(text, start, end, mark);
  ({ start, end } = start === end ? wordAround(text, start) : trimmed(text, start, end));
  const size = mark.length;
  if (start === end) {
    const around = Math.min(stars(text, start - 1, -1), stars(text, end, 1));
    if (around && HAS[mark](around)) {
      return { from: start - size, to: end + size, insert: "", start: start - size, end: start - size };
    }
    return { from: start, to: end, insert: mark + placeholder + mark, start: start + size, end: start + size + placeholder.length };
  }
  const words = text.slice(start, end);
  const outside = Math.min(stars(text, start - 1, -1), stars(text, end, 1));
  if (HAS[mark](outside)) {
    return { from: start - size, to: end + size, insert: words, start: start - size, end: end - size };
  }
  const inside = Math.min(stars(words, 0, 1), stars(words, words.length - 1, -1));
  if (HAS[mark](inside) && words.length > 2 * size) {
    const bare = words.slice(size, -size);
    return { from: start, to: end, insert: bare, start, end: start + bare.length };
  }
  return { from: start, to: end, insert: mark + words + mark, start: start + size, end: end + size };
}

function emphasiseLines(text, start, end, mark) {
  const size = mark.length;
  const lines = text.slice(start, end).split("\n");
  const parts = lines.map((line) => {
    const before = line.match(/^[ \t]*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)[ \t]+)?/)[0];
    const body = line.slice(before.length);
    const words = body.trimEnd();
    return { before, words, behind: body.slice(words.length), skip: !words || /^(\||!!!)/.test(line.trimStart()) };
  });
  const on = (words) => words.length > 2 * size && HAS[mark](Math.min(stars(words, 0, 1), stars(words, words.length - 1, -1)));
  const off = parts.every((part) => part.skip || on(part.words));
  const insert = parts
    .map(({ before, words, behind, skip }) => {
      if (skip || (!off && on(words))) return before + words + behind;
      return before + (off ? words.slice(size, -size) : mark + words + mark) + behind;
    })
    .join("\n");
  return { from: start, to: end, insert, start, end: start + insert.length };
}

/** The link in which the cursor stands, if it stands in one. */
export function linkAt(text, start, end) {
  const from = lineStart(text, start);
  const line = text.slice(from, lineEnd(text, start));
  for (const found of line.matchAll(LINK)) {
    const at = from + found.index;
    if (start >= at && end <= at + found[0].length && start < at + found[0].length) {
      return { from: at, to: at + found[0].length, words: found[1], address: found[2] };
    }
  }
  return null;
}

/** A link, cross reference, keyword or document on the words selected; without words the page fills them in. */
export function link(text, start, end, address, words = null) {
  const old = linkAt(text, start, end);
  let place = old ?? { from: start, to: end };
  if (!old && start !== end) {
    const tight = trimmed(text, start, end);
    place = { from: tight.start, to: tight.end };
  }
  const shown = (words ?? (old ? old.words : text.slice(place.from, place.to))).replace(/[[\]]/g, "").replace(/\s+/g, " ").trim();
  // Put in between words, it keeps its distance.
  const alone = !old && start === end;
  const before = alone && WORD.test(text[start - 1] ?? "") ? " " : "";
  const behind = alone && WORD.test(text[end] ?? "") ? " " : "";
  // The line that opens a box, or shows a passage, holds nothing else.
  if (alone && BOX.test(lineAt(text, start))) return putIn(text, start, end, `[${shown}](${address})`);
  const insert = `${before}[${shown}](${address})${behind}`;
  const at = place.from + insert.length;
  return { from: place.from, to: place.to, insert, start: at, end: at };
}

// --- Lines -------------------------------------------------------------------------------------------------

function indentOf(line) {
  return line.match(/^[ \t]*/)[0];
}

function bare(line) {
  const heading = line.trim().match(HEADING);
  if (heading) return indentOf(line) + heading[2].replace(ATTRIBUTES, "");
  return line.replace(ITEM, "$1");
}

/** Makes headings of the lines selected, or paragraphs again of headings that are of this level already. */
export function heading(text, start, end, level, placeholder) {
  const { from, to } = wholeLines(text, start, end);
  const lines = text.slice(from, to).split("\n").filter((line) => line.trim());
  const sign = "#".repeat(level);
  if (!lines.length) return block(text, from, to, `${sign} ${placeholder}`, level + 1, level + 1 + placeholder.length);
  if (lines.every((line) => line.trim().match(HEADING)?.[1] === sign)) return paragraph(text, start, end);
  // In a box it stays in the box.
  const indent = enclosingBox(text, from) ? indentOf(lines[0]) : "";
  const written = lines.map((line) => {
    const old = line.trim().match(HEADING);
    return `${indent}${sign} ${old ? old[2] : bare(line).trim()}`;
  });
  return block(text, from, to, written.join("\n\n"));
}

/** Takes the signs of headings and lists away. */
export function paragraph(text, start, end) {
  const { from, to } = wholeLines(text, start, end);
  const written = text.slice(from, to).split("\n").map(bare).join("\n");
  return block(text, from, to, written);
}

/** A list of the lines selected, bulleted or numbered; or plain lines again of a list that is so already. */
export function list(text, start, end, numbered, placeholder) {
  let { from, to } = wholeLines(text, start, end);
  if (start === end && !ITEM.test(lineAt(text, start))) ({ from, to } = paragraphs(text, start, end));
  const lines = text.slice(from, to).split("\n").filter((line) => line.trim());
  const sign = (n) => (numbered ? `${n}. ` : "- ");
  if (!lines.length) {
    const written = sign(1) + placeholder;
    return joined(text, block(text, from, to, written, sign(1).length, written.length));
  }
  const is = (line) => ITEM.test(line) && BULLET.test(line) !== numbered;
  if (lines.every(is)) return block(text, from, to, lines.map(bare).join("\n\n"));
  let count = 0;
  // With the cursor in a paragraph of several lines, those behind the first go on with it.
  const oneItem = start === end && lines.length > 1;
  const written = lines.map((line, n) => {
    if (oneItem && n) return `    ${line.trim()}`;
    const indent = indentOf(line);
    count += 1;
    return indent + sign(count) + bare(line).trim();
  });
  return joined(text, block(text, from, to, written.join("\n")));
}

/** Items that stand right below or above other items join their list. */
function joined(text, edit) {
  const above = edit.from > 0 && ITEM.test(lineAt(text, edit.from - 1));
  const below = edit.to < text.length && ITEM.test(lineAt(text, edit.to + 1));
  if (above && edit.insert.startsWith("\n")) {
    edit = { ...edit, insert: edit.insert.slice(1), start: edit.start - 1, end: edit.end - 1 };
  }
  return below && edit.insert.endsWith("\n") ? { ...edit, insert: edit.insert.slice(0, -1) } : edit;
}

/** What the key Enter does: the next item, row or paragraph, with nothing to type for it. */
export function newLine(text, at) {
  const from = lineStart(text, at);
  const line = text.slice(from, lineEnd(text, at));
  const before = text.slice(from, at);
  const insert = (words) => ({ from: at, to: at, insert: words, start: at + words.length, end: at + words.length });
  const item = line.match(ITEM);
  if (item && before.length >= item[0].length) {
    if (!line.slice(item[0].length).trim()) return { from, to: at, insert: "", start: from, end: from };
    const number = parseInt(item[2], 10);
    const sign = Number.isNaN(number) ? item[2] : `${number + 1}${item[2].slice(-1)}`;
    return insert(`\n${item[1]}${sign} `);
  }
  if (/^[ \t]*\|.*\|[ \t]*$/.test(line) && at === from + line.length) {
    const cells = line.split("|").length - 2;
    if (!line.replace(/[|\s]/g, "")) return { from, to: at, insert: "\n", start: from + 1, end: from + 1 };
    const row = `\n${indentOf(line)}|${"  |".repeat(cells)}`;
    const start = at + row.indexOf("|") + 2;
    return { from: at, to: at, insert: row, start, end: start };
  }
  const indent = indentOf(line);
  if (!line.trim()) {
    // On an empty line: out of the box, if the cursor was in one; else just another line.
    return indent ? { from, to: from + line.length, insert: "", start: from, end: from } : null;
  }
  if (before.trim() === "" || BOX.test(line)) return null;
  return insert(`\n\n${indent.length >= 4 ? indent : ""}`);
}

// --- Boxes, areas and statuses -----------------------------------------------------------------------------

/** The innermost box around a place in the text. */
function enclosingBox(text, at) {
  for (let from = lineStart(text, at); ; from = lineStart(text, from - 1)) {
    const line = lineAt(text, from);
    const found = line.match(BOX);
    if (found && !["include", "changes"].includes(found[2])) {
      const to = endOfBox(text, from, found[1]);
      const below = !lineAt(text, at).trim() && !text.slice(to, at).trim();
      if (at <= to || below) return { from, to, kind: found[2], indent: found[1] };
    }
    if (from === 0 || (line.trim() && !line.startsWith("    "))) return null;
  }
}

function endOfBox(text, from, indent) {
  let to = lineEnd(text, from);
  for (let next = to; next < text.length; ) {
    const end = lineEnd(text, next + 1);
    const words = text.slice(next + 1, end);
    if (words.trim() && !words.startsWith(`${indent}    `)) break;
    if (words.trim()) to = end;
    next = end;
  }
  return to;
}

/** A box of this kind around the passage selected; off again in one of the same kind, and changed where `family` has both. */
export function box(text, start, end, kind, placeholder, family = []) {
  const old = enclosingBox(text, start);
  if (old && end <= old.to && lineAt(text, start).trim()) {
    const lines = text.slice(old.from, old.to).split("\n");
    if (old.kind === kind) {
      const inside = lines.slice(1).map((line) => line.replace(/^ {4}/, "")).join("\n").replace(/^\n+/, "");
      return block(text, old.from, old.to, inside);
    }
    if (family.includes(old.kind)) {
      lines[0] = lines[0].replace(old.kind, kind);
      return { from: old.from, to: old.to, insert: lines.join("\n"), start: start + kind.length - old.kind.length, end: end + kind.length - old.kind.length };
    }
  }
  let { from, to } = wholeLines(text, start, end);
  const chosen = text.slice(from, to).split("\n").filter((line) => line.trim());
  if (start === end || !chosen.every((line) => ITEM.test(line))) ({ from, to } = paragraphs(text, start, end));
  const passage = text.slice(from, to);
  if (!passage.trim()) {
    const head = `!!! ${kind}\n    `;
    return block(text, from, to, head + placeholder, head.length, head.length + placeholder.length);
  }
  const lines = passage.split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => line.match(/^ */)[0].length);
  const indent = " ".repeat(Math.floor(Math.min(...indents) / 4) * 4);
  const inside = lines.map((line) => {
    if (!line.trim()) return "";
    // What marks a heading as guidance marks nothing inside a box.
    return `    ${HEADING.test(line) ? marked(line, (words) => words.filter((word) => !word.startsWith("."))) : line}`;
  });
  return block(text, from, to, `${indent}!!! ${kind}\n${inside.join("\n")}`);
}

/** A contact box around the lines selected, or with lines to fill in; its name is selected, to be written over. */
export function contactBox(text, start, end, name, lines) {
  const edit = box(text, start, end, "contact", lines.join("\n    "));
  const opened = edit.insert.indexOf("!!! contact\n");
  if (opened < 0) return edit;
  const at = opened + "!!! contact".length;
  const insert = `${edit.insert.slice(0, at)} "${name}"${edit.insert.slice(at)}`;
  const from = edit.from + at + 2;
  return { ...edit, insert, start: from, end: from + name.length };
}

function marked(line, change) {
  const found = line.match(ATTRIBUTES);
  const words = change(found ? found[1].trim().split(/\s+/).filter(Boolean) : []);
  const before = line.replace(ATTRIBUTES, "").trimEnd();
  return words.length ? `${before} {: ${words.join(" ")} }` : before;
}

function onHeading(text, at, word, family) {
  const [from, to] = [lineStart(text, at), lineEnd(text, at)];
  const insert = marked(text.slice(from, to), (words) =>
    words.includes(`.${word}`)
      ? words.filter((each) => each !== `.${word}`)
      : [...words.filter((each) => !family.includes(each.slice(1))), `.${word}`],
  );
  return { from, to, insert, start: from + insert.length, end: from + insert.length };
}

function phrase(text, start, end, area) {
  const among = amongWords(text, start, end);
  if (!among) return null;
  ({ start, end } = among);
  // Bold and italic signs around the words belong to them.
  const around = Math.min(stars(text, start - 1, -1), stars(text, end, 1));
  start -= around;
  end += around;
  if (!around && text[start - 1] === "_" && text[end] === "_") [start, end] = [start - 1, end + 1];
  const behind = text.slice(end).match(/^\{:\s*\.([\w-]+)\s*\}/);
  if (behind) end += behind[0].length;
  const words = text.slice(start, end);
  const old = words.match(/^(\*{1,3}|_)(.*?)\1\{:\s*\.([\w-]+)\s*\}$/s);
  let insert;
  if (old && old[3] === area) insert = old[1].length > 1 ? old[1] + old[2] + old[1] : old[2];
  else if (old) insert = `${old[1]}${old[2]}${old[1]}{: .${area} }`;
  else if (/^(\*{1,3})[^*]+\1$/.test(words)) insert = `${words}{: .${area} }`;
  else {
    const sign = words.includes("*") ? "_" : "*";
    insert = `${sign}${words}${sign}{: .${area} }`;
  }
  return { from: start, to: end, insert, start, end: start + insert.length };
}

/** Marks what applies to one area only: a heading with all under it, a phrase, or whole paragraphs. */
export function area(text, start, end, word, areas, placeholder) {
  const line = lineAt(text, start);
  const inOneLine = !text.slice(start, end).includes("\n");
  if (inOneLine && HEADING.test(line)) return onHeading(text, start, word, areas);
  const item = line.match(ITEM);
  const from = lineStart(text, start);
  if (inOneLine && start !== end) {
    const inside = text.slice(start, end).trim();
    if (inside && inside !== line.trim()) return phrase(text, start, end, word);
  }
  if (item && inOneLine && line.slice(item[0].length).trim()) {
    return phrase(text, from + item[0].length, lineEnd(text, start), word);
  }
  return box(text, start, end, word, placeholder, areas);
}

/** Says what a passage or section is: policy, procedure, guidance or protocol. */
export function status(text, start, end, word, placeholder) {
  if (!text.slice(start, end).includes("\n") && HEADING.test(lineAt(text, start))) {
    return onHeading(text, start, word, STATUSES);
  }
  return box(text, start, end, word, placeholder, STATUSES);
}

/** Makes an appendix of the section whose heading this is, or begins one. */
export function appendix(text, start, end, placeholder) {
  const from = lineStart(text, start);
  const line = lineAt(text, start);
  const found = line.match(HEADING);
  if (!found) return newBlock(text, start, end, `## ${placeholder} {: .appendix }`, placeholder);
  const edit = onHeading(text, start, "appendix", []);
  const insert = edit.insert.replace(/^#+/, "##");
  return { ...edit, insert, start: from + insert.length, end: from + insert.length };
}

// --- Things put in -----------------------------------------------------------------------------------------

/** A table whose first row says what the columns are. */
export function table(text, start, end, headers, rows) {
  const cell = (words) => words.replace(/\|/g, "\\|").replace(/\s+/g, " ").trim();
  const lines = [
    `| ${headers.map(cell).join(" | ")} |`,
    `| ${headers.map(() => "---").join(" | ")} |`,
    ...Array.from({ length: rows }, () => `|${"  |".repeat(headers.length)}`),
  ];
  const edit = newBlock(text, start, end, lines.join("\n"));
  // The cursor waits in the first empty cell.
  const first = edit.insert.indexOf("|  |");
  const at = first < 0 ? edit.start : edit.from + first + 2;
  return { ...edit, start: at, end: at };
}

/** Something that stands by itself; the cursor waits on an empty line below it. */
function putIn(text, start, end, words) {
  const edit = newBlock(text, start, end, words);
  if (edit.to === text.length) edit.insert += "\n";
  const behind = edit.insert.endsWith("\n") ? 0 : 1;
  const at = edit.from + edit.insert.length + behind;
  return { ...edit, start: at, end: at };
}

/** A line that shows a passage which is written once, in another chapter. */
export function include(text, start, end, address) {
  return putIn(text, start, end, `!!! include ${address}`);
}

export function picture(text, start, end, address, description) {
  return putIn(text, start, end, `![${description.replace(/[[\]]/g, "").replace(/\s+/g, " ").trim()}](${address})`);
}

/** The words of a line that are offered as a link, made one; nothing where the line has them no longer, or more than
 * once and none of them where they stood: in a link or in “section 20”, “section 2” is something else. */
export function linkInLine(text, number, column, words, instead) {
  const { from, to } = placeOfLine(text, number);
  const line = text.slice(from, to);
  const places = [];
  for (let at = line.indexOf(words); at >= 0; at = line.indexOf(words, at + 1)) {
    const [before, after] = [line.slice(0, at), line.slice(at + words.length)];
    if (!/[\p{L}\p{N}[`.]$/u.test(before) && !/^(?:[\p{L}\p{N}\]`]|[.,]\d)/u.test(after)) places.push(at);
  }
  const at = line.startsWith(words, column) ? column : places.length === 1 ? places[0] : -1;
  if (at < 0) return null;
  const start = from + at;
  return { from: start, to: start + words.length, insert: instead, start, end: start + instead.length };
}

/** What was pasted: paragraphs by themselves, a phrase where the cursor is. */
export function pasted(text, start, end, words) {
  words = words.trim();
  const standsAlone = words.includes("\n\n") || /^(#{1,6} |[-*+] |\d+[.)] |\||!!!|>)/.test(words);
  if (standsAlone) return block(text, start, end, words);
  return { from: start, to: end, insert: words, start: start + words.length, end: start + words.length };
}
