// Before the editor starts (it is a module and waits): the fields hold plain text for those without JavaScript,
// the editor takes formatted text.
document.querySelectorAll("textarea[data-prose]").forEach((field) => {
  field.value = field.dataset.prose;
});
