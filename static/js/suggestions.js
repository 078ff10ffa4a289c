// Suggestions under the search box while somebody types: places to go to at once. Without this the box searches, as
// it does with it when no suggestion is chosen. The keys are those of the ARIA combobox with a list.
"use strict";

{
  const WAIT = 150;
  const form = document.querySelector("form[data-suggestions]");
  const input = form?.querySelector("input[name=q]");

  if (input) {
    const list = document.createElement("ul");
    const told = document.createElement("p");
    let options = [];
    let active = -1;
    let asked = null; // the words that the options are for
    let timer = 0;
    let asking = null;

    list.id = "site-suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.dataset.suggestionsName);
    told.className = "visually-hidden";
    told.setAttribute("role", "status");
    input.parentElement.append(list);
    form.append(told);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    const typed = () => input.value.trim();
    const enough = (words) => /[\p{L}\p{N}].*[\p{L}\p{N}]|\p{N}/u.test(words);

    const point = (n) => {
      options[active]?.setAttribute("aria-selected", "false");
      active = n;
      const option = options[active];
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };

    const close = () => {
      point(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };

    const open = () => {
      if (!options.length) return;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    };

    /** Nothing is asked or waited for any more. */
    const stop = () => {
      clearTimeout(timer);
      asking?.abort();
      asking = null;
    };

    const forget = () => {
      stop();
      close();
      list.replaceChildren();
      options = [];
      asked = null;
      told.textContent = "";
    };

    const optionOf = (suggestion, n) => {
      const option = document.createElement("li");
      option.id = `site-suggestion-${n + 1}`;
      option.className = "suggestion";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.address = suggestion.address;
      const label = document.createElement("span");
      label.className = "suggestion-label";
      for (const [words, marked] of suggestion.marked) {
        const piece = document.createElement(marked ? "b" : "span");
        piece.textContent = words;
        label.append(piece);
      }
      const detail = document.createElement("span");
      detail.className = "suggestion-detail";
      detail.textContent = suggestion.detail;
      option.append(label, " ", detail);
      return option;
    };

    const show = (words, suggestions, says) => {
      asked = words;
      options = suggestions.map(optionOf);
      point(-1);
      list.replaceChildren(...options);
      list.scrollTop = 0;
      told.textContent = says;
      if (options.length) open();
      else close();
    };

    const ask = async () => {
      stop();
      const words = typed();
      if (!enough(words)) {
        forget();
        return;
      }
      const mine = (asking = new AbortController());
      try {
        const address = new URL(form.dataset.suggestions, location.href);
        address.search = new URLSearchParams(new FormData(form));
        const answer = await fetch(address, { signal: mine.signal, credentials: "same-origin" });
        if (!answer.ok) throw new Error(answer.statusText);
        const { suggestions, says } = await answer.json();
        // Whoever has gone on typing, or away, is not shown what they no longer want.
        if (mine === asking && words === typed() && document.activeElement === input) show(words, suggestions, says);
      } catch {
        // The search works without.
        if (mine === asking) forget();
      }
    };

    const askSoon = () => {
      stop();
      point(-1);
      if (enough(typed())) timer = setTimeout(ask, WAIT);
      else forget();
    };

    const go = (option) => {
      stop();
      close();
      location.assign(option.dataset.address);
    };

    /** To the next option or the one before; between the last and the first lies the box itself. */
    const step = (by) => {
      const places = options.length + 1;
      point(((active + 1 + by + places) % places) - 1);
    };

    const keys = {
      ArrowDown: (event) => {
        event.preventDefault();
        if (asked !== typed()) {
          ask();
          return;
        }
        open();
        if (!list.hidden && !event.altKey) step(1);
      },
      ArrowUp: (event) => {
        event.preventDefault();
        if (event.altKey) close();
        else if (!list.hidden) step(-1);
      },
      Enter: (event) => {
        if (!list.hidden && options[active]) {
          event.preventDefault();
          go(options[active]);
        } else {
          stop();
          close();
        }
      },
      Escape: (event) => {
        if (list.hidden && !input.value) return;
        event.preventDefault();
        stop();
        if (!list.hidden) {
          close();
        } else {
          input.value = "";
          forget();
        }
      },
      Tab: () => {
        stop();
        close();
      },
    };
    // The caret moves in the box, so no option is meant any more.
    for (const key of ["ArrowLeft", "ArrowRight", "Home", "End"]) keys[key] = () => point(-1);

    input.addEventListener("keydown", (event) => {
      // Keys that choose among the letters of an input method are its own.
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
      keys[event.key]?.(event);
    });
    input.addEventListener("input", (event) => {
      if (!event.isComposing) askSoon();
    });
    input.addEventListener("compositionend", askSoon);
    input.addEventListener("blur", () => {
      stop();
      close();
    });
    // A press leaves the keyboard in the box; the list goes when it is left.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) go(option);
    });
    form.addEventListener("submit", () => {
      stop();
      close();
    });
    // A page that the way back brings to life again has no list open.
    addEventListener("pageshow", (event) => event.persisted && forget());
  }
}
