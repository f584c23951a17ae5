// Answering works without this file. With it: the code comes out of the link, what is chosen stays in this tab until
// it is sent, and the progress is told in numbers. Nothing goes anywhere before the form is sent.
(() => {
  "use strict";

  const key = `ilmapuntari:${location.pathname.replace(/^\/(sv|en)(?=\/)/, "")}`;
  const SENT = "sent";
  // A browser that keeps nothing for a page may refuse even to be asked.
  const kept = (use) => { try { return use(sessionStorage); } catch { return null; } };
  const keep = (text) => kept((store) => store.setItem(key, text));

  if (document.querySelector("[data-sent]")) {
    keep(SENT); // and with it the draft is gone
    return;
  }
  document.querySelector("#error-summary")?.focus();
  const form = document.querySelector(".answers");
  if (!form) return;
  const field = form.elements.koodi;
  const here = form.querySelector(".code-here");
  const send = form.querySelector(".send");

  // The code of the link: into its field, and out of the address bar and the history.
  const foldCode = (folded) => {
    field.closest(".code").hidden = folded;
    here.hidden = !folded;
  };
  const takeCode = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (!field || !/^[0-9a-z]{4}(-?[0-9a-z]{4}){3}$/i.test(code)) return false;
    field.value = code;
    history.replaceState(history.state, "", location.pathname + location.search);
    foldCode(true);
    return true;
  };

  const draft = () => JSON.stringify(Object.fromEntries(new FormData(form)));
  const restore = (text) => {
    for (const [name, value] of Object.entries(JSON.parse(text))) {
      const part = form.elements[name];
      if (part === field) { if (!field.value) field.value = value; } else if (part) part.value = value;
    }
  };

  const themes = [...form.querySelectorAll(".theme")];
  const end = form.querySelector(".answer-end");
  const tell = () => {
    let answered = 0, all = 0;
    for (const theme of themes) {
      const statements = theme.querySelectorAll(".statement").length;
      const chosen = theme.querySelectorAll(":checked").length;
      theme.querySelector(".count").textContent = `${chosen}/${statements}`;
      answered += chosen;
      all += statements;
    }
    const told = form.querySelector(".progress-told");
    told.hidden = false;
    told.firstChild.textContent = answered;
    form.querySelector(".progress-plain").hidden = true;
    const { none, one, many, blank } = end.dataset;
    const open = all - answered;
    if (many) end.textContent = !answered ? blank : open > 1 ? many.replace("{}", open) : open ? one : none;
  };

  // Also when the page comes back by the back button, or the browser has filled in what it remembers of it.
  let sentAt = 0;
  const begin = () => {
    sentAt = 0;
    if (send) send.textContent = send.dataset.label ??= send.textContent;
    const text = kept((store) => store.getItem(key));
    const fresh = takeCode();
    if (text === SENT) {
      const code = fresh ? field.value : "";
      form.reset(); // an answer that has been sent is shown to nobody
      if (field) field.value = code;
      if (!fresh && field) foldCode(false);
      keep(draft());
    } else if (text && !("kept" in form.dataset)) {
      restore(text);
      if (field?.value && field.value === JSON.parse(text).koodi && !form.querySelector(".code.invalid")) foldCode(true);
    }
    if (fresh) keep(draft());
    tell();
  };
  addEventListener("pageshow", begin);
  addEventListener("hashchange", () => { if (takeCode()) keep(draft()); });
  form.addEventListener("input", () => { keep(draft()); tell(); });
  here?.querySelector("button").addEventListener("click", () => { foldCode(false); field.focus(); });

  // Enter in a field sends nothing: what is sent cannot be taken back.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
  // A second press within some seconds of the first is the same press. Later ones go: the portal knows what it has.
  form.addEventListener("submit", (event) => {
    if (!send || (sentAt && event.timeStamp - sentAt < 8000)) { event.preventDefault(); return; }
    sentAt = event.timeStamp;
    send.textContent = send.dataset.sending;
  });

  // The next theme: opened, with its name in view and in focus.
  form.addEventListener("click", (event) => {
    const link = event.target.closest(".next");
    if (!link) return;
    event.preventDefault();
    const theme = document.querySelector(link.hash).closest("details");
    theme.open = true;
    const name = theme.firstElementChild;
    name.focus({ preventScroll: true });
    name.scrollIntoView();
  });
  // Opening a theme folds the one above it: what was opened stays in view.
  form.addEventListener("toggle", (event) => {
    if (event.newState === "open" && event.oldState === "closed") event.target.firstElementChild.scrollIntoView({ block: "nearest" });
  }, true);
})();
