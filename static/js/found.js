// From one marked word to the next, and without marks to the same section. Without this the line over the text leads
// to the first of them, and the marks are removed all the same.
"use strict";

{
  const places = [...document.querySelectorAll(".found[id]")];
  const remove = document.querySelector(".found-remove");
  let here = -1;

  /** The section that the reader has come to, as the address can name it. */
  function section() {
    const asked = document.getElementById(location.hash.slice(1));
    const place = places[here] ?? (places.includes(asked) ? asked : null);
    return place ? (place.closest("section[id]")?.id ?? "") : location.hash.slice(1);
  }

  remove?.addEventListener("click", () => {
    remove.hash = section();
  });

  const isInSight = (place) => {
    const { top, bottom } = place.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  /** Forwards or back; from where the reader is, if that is no longer the place stepped to last. */
  function step(by) {
    const { length } = places;
    if (here >= 0 && isInSight(places[here])) return (here + by + length) % length;
    const top = (place) => place.getBoundingClientRect().top;
    const found = by > 0 ? places.findIndex((place) => top(place) >= 0) : places.findLastIndex((place) => top(place) < 0);
    return found >= 0 ? found : by > 0 ? 0 : length - 1;
  }

  // In the language of the site, with a % in place of each number.
  const says = document.querySelector(".found-line")?.dataset;
  const text = places.length > 1 && places[0].closest(".chapter-text");
  if (text) {
    const steps = document.createElement("div");
    steps.className = "found-steps";
    steps.setAttribute("role", "group");
    steps.setAttribute("aria-label", says.name);
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    told.textContent = says.count.replace("%", places.length);
    const button = (words, by) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = words;
      made.addEventListener("click", () => {
        places[here]?.classList.remove("found-here");
        here = step(by);
        places[here].classList.add("found-here");
        places[here].scrollIntoView({ block: "center" });
        told.textContent = says.place.replace("%", here + 1).replace("%", places.length);
      });
      return made;
    };
    steps.append(button(says.previous, -1), button(says.next, 1), told);
    text.append(steps);
  }
}
