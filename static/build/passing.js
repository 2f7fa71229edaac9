// ---- words to pass on ----

// Old engines and pages without TLS have no clipboard of their own: then what is selected is copied, or at least
// stands selected for the finger.
all("[data-copy]").forEach((button) => {
  const words = document.getElementById(button.dataset.copy);
  const done = () => {
    button.textContent = button.dataset.copied;
  };
  const bySelection = () => {
    getSelection().selectAllChildren(words);
    if (document.execCommand("copy")) done();
  };
  button.addEventListener("click", () => {
    if (navigator.clipboard) navigator.clipboard.writeText(words.textContent.trim()).then(done, bySelection);
    else bySelection();
  });
});
