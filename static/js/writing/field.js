// The field with the text: carries out edits so that they can be undone, and finds lines in it.

import { lineNumber, newLine, placeOfLine } from "./edits.js";
import { word } from "../words.js";

export class Field {
  constructor(area, lineLabel) {
    this.area = area;
    this.lineLabel = lineLabel;
    this.waiting = 0;
    area.addEventListener("keydown", (event) => this.onKey(event));
    for (const name of ["keyup", "click", "input", "focus"]) area.addEventListener(name, () => this.showLineSoon());
    this.showLineSoon();
  }

  get selection() {
    return [this.area.value, this.area.selectionStart, this.area.selectionEnd];
  }

  /** Carries out an edit as if it had been typed, so that the browser can undo it. */
  apply(edit) {
    const { area } = this;
    area.focus();
    if (!edit) return;
    area.setSelectionRange(edit.from, edit.to);
    const done = edit.insert
      ? document.execCommand("insertText", false, edit.insert)
      : edit.from === edit.to || document.execCommand("delete");
    if (!done) {
      area.setRangeText(edit.insert, edit.from, edit.to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    area.setSelectionRange(edit.start, edit.end);
    this.showLineSoon();
  }

  /** Replaces the whole text, so that it can be undone. */
  replaceAll(text) {
    if (text !== this.area.value) {
      this.apply({ from: 0, to: this.area.value.length, insert: text, start: 0, end: 0 });
    }
  }

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.isComposing || this.area.readOnly || this.area.selectionStart !== this.area.selectionEnd) return;
    const edit = newLine(this.area.value, this.area.selectionStart);
    if (!edit) return;
    event.preventDefault();
    this.apply(edit);
  }

  // Counting lines takes the whole text, so it waits until the keys rest.
  showLineSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.lineLabel.textContent = word("line", { line: lineNumber(this.area.value, this.area.selectionStart) });
    }, 200);
  }

  /** Puts the cursor on a line, selects it and brings it into view. */
  goTo(number) {
    const { area } = this;
    const { from, to } = placeOfLine(area.value, number);
    area.focus({ preventScroll: true });
    area.setSelectionRange(from, to);
    area.scrollTop = Math.max(0, this.heightOf(area.value.slice(0, from)) - area.clientHeight / 3);
    area.scrollIntoView({ block: "nearest" });
    this.showLineSoon();
  }

  /** How high a text is in this field, its long lines wrapped. */
  heightOf(text) {
    const mirror = document.createElement("div");
    const style = getComputedStyle(this.area);
    for (const name of ["font", "letterSpacing", "lineHeight", "paddingLeft", "paddingRight", "tabSize", "boxSizing"]) {
      mirror.style[name] = style[name];
    }
    Object.assign(mirror.style, {
      position: "absolute",
      visibility: "hidden",
      whiteSpace: "pre-wrap",
      overflowWrap: "break-word",
      width: `${this.area.clientWidth}px`,
    });
    mirror.textContent = `${text}.`;
    document.body.append(mirror);
    const height = mirror.offsetHeight;
    mirror.remove();
    return height;
  }
}
