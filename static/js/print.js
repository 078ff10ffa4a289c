// The button that prints the page. Without this the words beside it say how the browser does it.
"use strict";

{
  const button = document.getElementById("site-print");
  if (button && typeof window.print === "function") {
    button.addEventListener("click", () => window.print());
    button.hidden = false;
  }
}
