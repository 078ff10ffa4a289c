// The contents made shorter while somebody types, or at once to what is New or Updated, without another page. Without
// this the form asks for that page.
"use strict";

{
  const form = document.querySelector(".narrowing");
  const input = form?.querySelector("input");
  const changed = form?.querySelector(".narrowing-changed");
  const count = form?.querySelector(".narrowing-count");
  const list = document.querySelector(".contents-list");
  // A page that is short already has not all that could be shown.
  const whole = form && !count.textContent.trim();

  if (whole) {
    const plain = (text) =>
      text
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[’'‘]/gu, "")
        .replace(/[^\p{L}\p{N}.]+/gu, " ")
        .trim();
    const entries = [...list.querySelectorAll(".entry")].map((entry) => {
      const row = entry.querySelector(":scope > .entry-row");
      const words = [".entry-number", ".entry-label", ".entry-title", ".entry-remark"];
      const own = words.map((name) => row.querySelector(name)?.textContent ?? "").join(" ");
      return { entry, words: ` ${plain(own)}`, flagged: Boolean(row.querySelector(".flag-new, .flag-updated")) };
    });
    const holders = [...list.querySelectorAll(".part, .group, .entries, .entries-under")].reverse();
    const nothing = document.createElement("p");
    nothing.className = "narrowing-nothing";
    nothing.hidden = true;
    nothing.textContent = count.dataset.none;
    list.prepend(nothing);
    let only = false;

    const narrow = () => {
      const sought = plain(input.value).split(" ").filter(Boolean);
      const all = !sought.length && !only;
      let shown = 0;
      for (const each of entries) {
        const found = (each.flagged || !only) && sought.every((word) => each.words.includes(` ${word}`));
        each.entry.hidden = !found;
        if (found) shown += 1;
      }
      // What holds something that is shown is shown, from the inside to the outside.
      for (const holder of holders) {
        holder.hidden = !all && !holder.querySelector(".entry:not([hidden])");
      }
      for (const { entry } of entries) {
        if (entry.hidden && entry.querySelector(".entry:not([hidden])")) entry.hidden = false;
      }
      for (const holder of holders) {
        holder.hidden = !all && !holder.querySelector(".entry:not([hidden])");
      }
      nothing.hidden = shown > 0;
      changed?.setAttribute("aria-pressed", String(only));
      count.textContent = all ? "" : count.dataset.count.replace("%", shown).replace("%", entries.length);
    };

    input.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter === changed) only = !only;
      narrow();
    });
    // What the browser had kept in the box when somebody comes back.
    if (input.value) narrow();
  }
}
