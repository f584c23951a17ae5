// The caseload in the browser. Every page works without this file.
(() => {
  "use strict";

  const REST = 15 * 60 * 1000; // as the server counts it
  let seen = Date.now();

  // One press hides the page at once; the server is told while nothing is to be seen any more.
  const hide = () => { document.documentElement.hidden = true; };
  document.querySelectorAll("form.leave").forEach((form) => form.addEventListener("submit", hide));

  // A page left open shows nothing after the rest, and asks anew.
  addEventListener("pointerdown", () => { seen = Date.now(); });
  addEventListener("keydown", () => { seen = Date.now(); });
  setInterval(() => {
    if (Date.now() - seen > REST && !document.documentElement.hidden) {
      hide();
      location.reload();
    }
  }, 10000);
  // Nor does it come back by the browser's arrow.
  addEventListener("pageshow", (event) => { if (event.persisted) { hide(); location.reload(); } });
})();
