// Marks, in the list of what the chapter holds, the section that is being read. Without this the list is plain links.
"use strict";

{
  const links = new Map();
  for (const link of document.querySelectorAll(".chapter-contents a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const headings = [...links.keys()];
  const list = document.querySelector(".chapter-contents");
  let here = null;
  let waiting = false;

  // The last heading that has passed the upper third of the window; at the end of the page, the last one in sight.
  const reading = () => {
    const end = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
    const line = end ? window.innerHeight : window.innerHeight / 3;
    return headings.findLast((heading) => heading.getBoundingClientRect().top <= line);
  };

  const follow = () => {
    waiting = false;
    const now = reading();
    if (now === here) return;
    links.get(here)?.removeAttribute("aria-current");
    here = now;
    const link = links.get(here);
    if (!link) return;
    link.setAttribute("aria-current", "location");
    if (list.scrollHeight > list.clientHeight) {
      // Only the list moves, never the page.
      const [above, below] = [link.offsetTop - list.clientHeight / 3, link.offsetTop - (2 * list.clientHeight) / 3];
      if (list.scrollTop > above || list.scrollTop < below) list.scrollTop = link.offsetTop - list.clientHeight / 2;
    }
  };

  const soon = () => {
    if (!waiting) requestAnimationFrame(follow);
    waiting = true;
  };

  if (headings.length) {
    document.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
    follow();
  }
}
