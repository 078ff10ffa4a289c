// Arranges the contents without loading the page anew: by drag and drop, by Alt and an arrow key, and by the buttons.
// Every move is a click on a button that the page has without this too; what it then shows is the server's answer.

import { word } from "../words.js";

const ARROWS = { ArrowUp: "Up", ArrowDown: "Down", ArrowRight: "In", ArrowLeft: "Out" };
const IMPOSSIBLE = { Up: "firstAlready", Down: "lastAlready", In: "nothingAbove", Out: "nothingToLeave" };
const EDGE = 70; // of the window, in pixels: there a drag scrolls the page
const SPEED = 14;
const SLACK = 5; // a click with an unsteady hand is no drag

const said = document.getElementById("tree-said");
let busy = false;

function say(words, wrong = false) {
  said.classList.toggle("tree-said-wrong", wrong);
  // Said once, however often the pointer moves.
  if (said.textContent !== words) said.textContent = words;
}

function branchOf(element) {
  return element?.closest(".tree-branch");
}

function titleOf(branch) {
  return branch.querySelector(".tree-title").textContent;
}

// --- What the server answers -------------------------------------------------------------------------------

async function send(name, value, focus) {
  if (busy) return;
  const form = document.getElementById("tree-form");
  const fields = new URLSearchParams({
    csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
    [name]: value,
  });
  busy = true;
  document.body.classList.add("tree-busy");
  try {
    const response = await fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = answer.getElementById("arrange");
    if (!response.ok || !fresh) {
      say(word("notDone"), true);
      return;
    }
    show(fresh, focus);
    const message = answer.querySelector(".messagelist li");
    say(message?.textContent.trim() ?? word("done"), message?.classList.contains("error") ?? false);
  } catch {
    say(word("noAnswer"), true);
  } finally {
    busy = false;
    document.body.classList.remove("tree-busy");
  }
}

/** Puts the server's tree in the place of this one: what was open or closed stays so, and the focus where it was. */
function show(fresh, focus) {
  const open = new Map();
  for (const part of document.querySelectorAll(".tree-part")) open.set(branchOf(part).id, part.open);
  const outlook = [...document.querySelectorAll(".outlook-more")].map((each) => each.open);
  document.getElementById("arrange").replaceWith(document.importNode(fresh, true));
  for (const part of document.querySelectorAll(".tree-part")) {
    const branch = branchOf(part);
    const around = branch.contains(document.getElementById(`row-${focus.chapter}`));
    part.open = around || (open.get(branch.id) ?? part.open);
  }
  if (outlook.length) {
    document.querySelectorAll(".outlook-more").forEach((each, n) => (each.open = outlook[n] ?? each.open));
  }
  prepare();
  const branch = document.getElementById(`row-${focus.chapter}`);
  if (!branch) return;
  const wanted = focus.way && branch.querySelector(`:scope > .tree-row [data-way="${focus.way}"]:not(:disabled)`);
  const target = wanted || branch.querySelector(":scope > .tree-row .tree-title");
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

// --- Buttons and keys --------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.id !== "tree-form" || !button?.name) return;
  event.preventDefault();
  send(button.name, button.value, { chapter: branchOf(button).dataset.chapter, way: button.dataset.way });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) {
    event.preventDefault();
    end();
    say(word("nothingMoved"));
    return;
  }
  const row = event.target.closest?.(".tree-row");
  const way = ARROWS[event.key];
  if (!row || !way || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const button = row.querySelector(`[data-way="${way}"]`);
  if (button.disabled) {
    say(word(IMPOSSIBLE[way], { title: titleOf(branchOf(row)) }));
    return;
  }
  const focused = event.target.dataset.way;
  send("move", button.value, { chapter: branchOf(row).dataset.chapter, way: focused });
});

// --- Drag and drop -----------------------------------------------------------------------------------------

let drag = null; // { branch, from, started, drop, scrolling }

function prepare() {
  document.getElementById("tree")?.classList.add("tree-with-handles");
  for (const words of document.querySelectorAll("#tree .tree-words")) {
    const handle = document.createElement("span");
    handle.className = "tree-handle";
    handle.setAttribute("aria-hidden", "true");
    handle.textContent = "⠿";
    words.prepend(handle);
  }
  const help = document.querySelector(".tree-help-more");
  if (help) help.hidden = false;
}

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.(".tree-handle");
  if (!handle || event.button !== 0 || busy) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  drag = { branch: branchOf(handle), handle, x: event.clientX, y: event.clientY, started: false, drop: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.started) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLACK) return;
    drag.started = true;
    drag.branch.classList.add("tree-taken");
    document.body.classList.add("tree-dragging");
    requestAnimationFrame(scroll);
  }
  drag.x = event.clientX;
  drag.y = event.clientY;
  aim();
});

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { branch, drop } = drag;
  end();
  if (!drop) return;
  const { chapter, under, after } = branch.dataset;
  send("move", [chapter, under, after, drop.under, drop.after].join(" "), { chapter });
});

document.addEventListener("pointercancel", () => drag && end());

function end() {
  unmark();
  drag.branch.classList.remove("tree-taken");
  document.body.classList.remove("tree-dragging");
  drag = null;
}

function unmark() {
  for (const row of document.querySelectorAll(".drop-before, .drop-after, .drop-first, .drop-into")) {
    row.classList.remove("drop-before", "drop-after", "drop-first", "drop-into");
  }
}

/** Marks where the row would fall if it were let go now, and says so. */
function aim() {
  unmark();
  drag.drop = null;
  const row = document.elementFromPoint(drag.x, drag.y)?.closest("#tree .tree-row");
  const branch = branchOf(row);
  if (!branch || drag.branch.contains(branch)) {
    say("");
    return;
  }
  const box = row.getBoundingClientRect();
  const height = (drag.y - box.top) / box.height;
  const below = childrenOf(branch).filter((child) => child !== drag.branch);
  const { chapter, under, after } = branch.dataset;
  if (height < 0.3) {
    // After the one before it; should that be the row in hand, it stands there already.
    if (after === drag.branch.dataset.chapter) return say(word("standsThere"));
    mark(row, "drop-before", { under, after }, "before");
  } else if (height < 0.7 || (below.length && !isOpen(branch))) {
    const last = below.at(-1);
    mark(row, "drop-into", { under: chapter, after: last?.dataset.chapter ?? 0 }, "underLast");
  } else if (below.length) {
    mark(row, "drop-first", { under: chapter, after: 0 }, "underFirst");
  } else {
    mark(row, "drop-after", { under, after: chapter }, "after");
  }
}

function mark(row, where, drop, said) {
  row.classList.add(where);
  drag.drop = drop;
  say(word(said, { title: titleOf(drag.branch), other: titleOf(branchOf(row)) }));
}

function childrenOf(branch) {
  return [...branch.querySelectorAll(":scope > .tree-below > .tree-branch, :scope > .tree-part > .tree-below > .tree-branch")];
}

function isOpen(branch) {
  return branch.querySelector(":scope > .tree-part")?.open ?? true;
}

function scroll() {
  if (!drag?.started) return;
  if (drag.y < EDGE) window.scrollBy(0, -SPEED);
  else if (drag.y > window.innerHeight - EDGE) window.scrollBy(0, SPEED);
  if (drag.y < EDGE || drag.y > window.innerHeight - EDGE) aim();
  requestAnimationFrame(scroll);
}

prepare();
