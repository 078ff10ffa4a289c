// What a keyword means, beside the word: on hover, on focus by the keyboard, and on a tap. Escape puts it away.
// Without this a keyword is a link to its own page, and it is that for a click of the mouse and for Enter too.
"use strict";

{
  const KEYWORD = "a.keyword[aria-describedby]";
  // A pointer that crosses the text asks for nothing; one on its way to the box has time to get there.
  const REST = 200;
  const GRACE = 400;
  // Clear of the ring around a focused keyword, and of the edges of the window.
  const GAP = 8;
  const EDGE = 8;

  /** The only box there is, and the keyword that it belongs to. It stands as long as anything holds it. */
  let box = null;
  let keyword = null;
  const held = { pointer: false, focus: false, tap: false };
  let waiting = 0;
  let pointer = { type: "mouse", x: -1, y: -1 };
  let dismissed = null;

  const keywordAt = (target) => (target instanceof Element ? target.closest(KEYWORD) : null);

  function made(link) {
    const id = link.getAttribute("aria-describedby").split(" ").pop();
    const meaning = document.getElementById(id)?.parentElement;
    if (!meaning) return null;
    const popup = document.createElement("div");
    popup.className = "keyword-popup";
    popup.setAttribute("role", "note");
    popup.append(...meaning.cloneNode(true).childNodes);
    for (const each of popup.querySelectorAll("[id]")) each.removeAttribute("id");
    const more = document.createElement("p");
    more.className = "keyword-more";
    const all = document.createElement("a");
    all.href = link.href;
    all.textContent = meaning.dataset.more;
    more.append(all);
    popup.append(more);
    return popup;
  }

  /** Below the keyword or, where there is more room, above it: never over it. */
  function place() {
    if (!box) return;
    const lines = [...keyword.getClientRects()];
    if (!lines.length) return;
    const { clientWidth, clientHeight } = document.documentElement;
    const [first, last] = [lines[0], lines.at(-1)];
    const below = clientHeight - last.bottom - GAP - EDGE;
    const above = first.top - GAP - EDGE;
    box.style.maxBlockSize = "none";
    const upwards = box.offsetHeight > below && above > below;
    box.style.maxBlockSize = `${Math.max(0, upwards ? above : below)}px`;
    const line = upwards ? first : last;
    const left = Math.max(EDGE, Math.min(line.left, clientWidth - box.offsetWidth - EDGE));
    box.style.left = `${left}px`;
    box.style.top = `${upwards ? first.top - GAP - box.offsetHeight : last.bottom + GAP}px`;
  }

  function show(link, by) {
    clearTimeout(waiting);
    if (keyword !== link) {
      hide();
      box = made(link);
      if (!box) return;
      keyword = link;
      // Behind the keyword, so that it is the next to be read, and its links the next stops of the keyboard.
      link.after(box);
      if (box.showPopover) {
        box.popover = "manual";
        box.showPopover();
      }
      place();
    }
    held[by] = true;
  }

  function hide() {
    clearTimeout(waiting);
    box?.remove();
    box = keyword = null;
    held.pointer = held.focus = held.tap = false;
  }

  function letGo(by) {
    held[by] = false;
    if (!held.pointer && !held.focus && !held.tap) hide();
  }

  // --- The pointer

  document.addEventListener("pointermove", (event) => {
    pointer = { type: event.pointerType, x: event.clientX, y: event.clientY };
  });

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    // What comes to lie under a pointer that rests is not pointed at.
    const rests = dismissed && dismissed.x === event.clientX && dismissed.y === event.clientY;
    if (rests) return;
    dismissed = null;
    const link = keywordAt(event.target);
    if (box?.contains(event.target) || (link && link === keyword)) {
      clearTimeout(waiting);
      held.pointer = true;
    } else if (link && !link.contains(event.relatedTarget)) {
      clearTimeout(waiting);
      waiting = setTimeout(() => show(link, "pointer"), REST);
    }
  });

  document.addEventListener("pointerout", (event) => {
    if (event.pointerType === "touch") return;
    const left = keywordAt(event.target) ?? (box?.contains(event.target) ? box : null);
    if (!left || left.contains(event.relatedTarget)) return;
    clearTimeout(waiting);
    if (held.pointer) waiting = setTimeout(() => letGo("pointer"), GRACE);
  });

  // --- A tap

  document.addEventListener("pointerdown", (event) => {
    pointer = { type: event.pointerType, x: event.clientX, y: event.clientY };
    if (box && !box.contains(event.target) && keywordAt(event.target) !== keyword) hide();
  });

  document.addEventListener("click", (event) => {
    const link = keywordAt(event.target);
    // Enter clicks too, and has no place.
    if (!link || event.detail === 0 || pointer.type !== "touch") return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const again = link === keyword && held.tap;
    if (again) hide();
    else show(link, "tap");
    // Of what the page does not explain it is a link.
    if (again || box) event.preventDefault();
  });

  // --- The keyboard

  document.addEventListener("focusin", (event) => {
    const link = keywordAt(event.target);
    if (link?.matches(":focus-visible")) show(link, "focus");
  });

  document.addEventListener("focusout", (event) => {
    if (!box || !(box.contains(event.target) || event.target === keyword)) return;
    const next = event.relatedTarget;
    if (!next || !(box.contains(next) || next === keyword)) letGo("focus");
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    clearTimeout(waiting);
    if (!box) return;
    event.preventDefault();
    dismissed = pointer;
    if (box.contains(document.activeElement)) keyword.focus({ preventScroll: true });
    hide();
  });

  // --- The window

  let asked = 0;
  function moved(event) {
    if (!box || event.target === box) return;
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(place);
  }
  document.addEventListener("scroll", moved, { capture: true, passive: true });
  addEventListener("resize", moved);
}
