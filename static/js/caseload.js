// The caseload in the browser, instead of portal.js. Every page works without this file.
(() => {
  "use strict";

  const REST = 15 * 60 * 1000; // as the server counts it
  const DRAFT_AFTER = 4000;
  let seen = Date.now();
  // The form in which something was typed last; what has come back from before a rest counts as typed.
  let changed = document.querySelector("#kept") && document.querySelector("main form[method=post]");

  // One press hides the page at once; the server is told while nothing is to be seen any more.
  const hide = () => { document.documentElement.hidden = true; };
  document.querySelectorAll("form.leave").forEach((form) => form.addEventListener("submit", hide));

  // A page left open shows nothing after the rest, and asks anew. Nor does it come back by the browser's arrow.
  for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => { seen = Date.now(); });
  setInterval(async () => {
    if (Date.now() - seen < REST || document.documentElement.hidden) return;
    hide();
    // What has been typed is sealed by the server and comes back when the second factor has been shown.
    if (changed) {
      const body = new FormData(changed);
      await fetch(changed.action, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "X-At-Rest": "1" },
      }).catch(() => {});
    }
    // Said in the address, so that the page's own asking does not count as somebody's.
    const here = new URL(location.href);
    here.searchParams.set("lepo", "1");
    location.replace(here);
  }, 10000);
  addEventListener("input", (event) => { changed = event.target.form; });
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      hide();
      location.reload();
    }
  });

  // What went wrong is read first.
  document.querySelector("#error-summary")?.focus();

  // A letter chooses among the choices of the group in which the focus is.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (!event.target.matches("[data-keys] input")) return;
    const group = event.target.closest("[data-keys]");
    const found = group.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"] input`);
    if (!found) return;
    event.preventDefault();
    found.focus();
    found.click();
  });

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const send = (url) => fetch(url, {
    method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error",
    headers: { Accept: "application/json" },
  });

  // What has been typed is kept while it is typed.
  let timer;
  let saving = false;
  const words = document.querySelector("#draft-words");
  const keep = async () => {
    if (saving) return;
    saving = true;
    try {
      const answer = await send(form.dataset.draft);
      const told = await answer.json();
      if (told.draft) form.elements.draft.value = told.draft;
      words.textContent = told.words ?? "";
    } catch {
      words.textContent = ""; // the next change tries again
    }
    saving = false;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, DRAFT_AFTER);
  });
  form.addEventListener("submit", () => clearTimeout(timer));

  // Whether the caller has been in contact before is asked as soon as a name or a number is written.
  const caller = form.querySelector("[data-same-caller]");
  caller?.addEventListener("change", async () => {
    try {
      const answer = await send(caller.dataset.sameCaller);
      if (answer.ok) document.querySelector("#same-caller").innerHTML = await answer.text();
    } catch {
      // asked again when the form is saved
    }
  });
})();
