// Small conveniences. Every page works without this file.
(() => {
  "use strict";

  // A select that only orders the rows sends its form by itself.
  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target.closest("[data-submit-on-change]")) target.form.requestSubmit();
  });

  // What went wrong is read first: after a page load and after htmx has put a part in its place.
  const summary = () => document.querySelector("#error-summary");
  summary()?.focus();
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.closest("#error-summary") || event.target.contains(summary())) summary()?.focus();
  });

  // The prose editor hides its field and does not name itself: it takes the name and the hint of the field.
  const nameEditors = () => {
    document.querySelectorAll(".field .ProseMirror:not([aria-label])").forEach((editor) => {
      const field = editor.closest(".field");
      editor.setAttribute("aria-label", field.querySelector(".label").textContent.trim());
      const notes = field.querySelector("textarea")?.getAttribute("aria-describedby");
      if (notes) editor.setAttribute("aria-describedby", notes);
    });
  };
  addEventListener("load", nameEditors);
  document.addEventListener("htmx:afterSettle", () => setTimeout(nameEditors));

  // The folded filters lie open beside the rows from 60 rem where the style sheet alone cannot do it.
  if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
    document.querySelectorAll("details.filters").forEach((part) => { part.open = true; });
  }
})();
