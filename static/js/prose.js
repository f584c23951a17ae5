// Before the editor starts: it is a module and waits for this file.
(() => {
  "use strict";

  const fields = document.querySelectorAll("textarea[data-prose]");
  const words = JSON.parse(fields[0]?.dataset.words ?? "{}");

  // The dialogs of the editor ask here for their words; its buttons do not, so theirs are changed as they appear.
  window.gettext ??= (text) => words[text] ?? text;
  const rename = (menu) => {
    menu.querySelectorAll("button").forEach((button) => {
      ["title", "aria-label"].forEach((name) => {
        const word = words[button.getAttribute(name)];
        if (word && word !== button.getAttribute(name)) button.setAttribute(name, word);
      });
    });
    menu.querySelectorAll(".prose-menubar__option").forEach((option) => {
      const part = option.firstElementChild ?? option;
      const word = words[part.textContent];
      if (word && word !== part.textContent) part.textContent = word;
    });
  };

  fields.forEach((field) => {
    // The field holds plain text for those without JavaScript; the editor takes formatted text.
    field.value = field.dataset.prose;
    field.addEventListener("prose-editor:ready", () => {
      const editor = field.closest(".prose-editor");
      const renameAll = () => editor.querySelectorAll(".prose-menubar").forEach(rename);
      renameAll();
      new MutationObserver(renameAll).observe(editor, { childList: true, subtree: true });
    });
  });
})();
