// Copy buttons beside citations; and in a chapter, the citation of a section without leaving the text.
// Without this the links lead to the page of citations, whose words can be selected.
"use strict";

{
  /** What the buttons say; the page of citations has it, in the language of the site. */
  const wordsOf = (page) => page.querySelector("[data-copied]")?.dataset;

  /** A button behind each copyable line, and beside it what came of pressing it. */
  function addButtons(place, says) {
    if (!navigator.clipboard) return;
    for (const words of place.querySelectorAll("[data-copy]")) {
      const line = document.createElement("p");
      line.className = "citation-copy";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words.dataset.copy === "citation" ? says.copyCitation : says.copyAddress;
      const told = document.createElement("span");
      told.setAttribute("role", "status");
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(words.textContent.trim());
          told.textContent = says.copied;
        } catch {
          getSelection().selectAllChildren(words);
          told.textContent = says.notCopied;
        }
      });
      line.append(button, told);
      words.after(line);
    }
  }

  function dialogWith(citation, address, says) {
    const dialog = document.createElement("dialog");
    dialog.className = "cite-dialog";
    dialog.setAttribute("aria-label", says.citation);
    const foot = document.createElement("p");
    foot.className = "cite-dialog-foot";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "cite-close";
    close.textContent = says.close;
    close.addEventListener("click", () => dialog.close());
    const more = document.createElement("a");
    more.href = address.split("?")[0];
    more.textContent = says.allCitations;
    foot.append(close, more);
    dialog.append(citation, foot);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    return dialog;
  }

  async function show(link) {
    let citation;
    let says;
    try {
      const response = await fetch(link.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      citation = response.ok && page.getElementById("site-citation");
      says = wordsOf(page);
    } catch {
      citation = null;
    }
    if (!citation) {
      location.assign(link.href);
      return;
    }
    const dialog = dialogWith(document.adoptNode(citation), link.href, says);
    addButtons(dialog, says);
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".cite-link, .cite-chapter a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    show(link);
  });

  addButtons(document, wordsOf(document));
}
