// What opens over the page from the masthead closes again with Escape, or when something else is used; and “/” leads to
// the search box from anywhere but a field. Without this the summaries and the box work as they are.
"use strict";

{
  const panel = document.querySelector(".display-folded");
  const search = document.querySelector("#site-search");
  const writing = (element) => element?.matches?.("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel?.open && panel.contains(document.activeElement)) {
      panel.open = false;
      panel.querySelector("summary").focus();
    }
    const wanted = !document.documentElement.classList.contains("slash-off");
    const alone = wanted && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "/" && alone && search && !writing(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  const elsewhere = (event) => {
    const floats = panel && getComputedStyle(panel.querySelector(".display-panel")).position === "absolute";
    if (floats && panel.open && !panel.contains(event.target)) panel.open = false;
  };
  document.addEventListener("pointerdown", elsewhere);
  document.addEventListener("focusin", elsewhere);
}
