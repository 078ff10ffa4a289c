// Where the address names a section that this chapter never had, says so instead of silently showing the beginning.
// Sections that it had once have a notice of their own, which needs no script.
"use strict";

{
  const notice = document.getElementById("site-lost-section");

  const look = () => {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      // An address that was cut off in the middle of a sign names nothing here either.
    }
    const found = !name || name.toLowerCase() === "top" || name.startsWith(":~:") || document.getElementById(name);
    notice.hidden = Boolean(found);
    notice.classList.toggle("lost-section-shown", !found);
    const shown = found ? document.querySelector(".lost-section:target") : notice;
    if (!shown) return;
    // So that it is read out, and the next key goes on from here.
    shown.tabIndex = -1;
    shown.focus({ preventScroll: true });
    shown.scrollIntoView({ block: "start" });
  };

  if (notice) {
    addEventListener("hashchange", look);
    look();
  }
}
