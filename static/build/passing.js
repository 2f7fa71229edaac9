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

// ---- what comes in from another phone ----

// While somebody looks; a page that lies behind others asks for nothing.
all("[data-poll]").forEach((place) => {
  const EVERY_MS = 4000;
  let last = "";
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(place.dataset.poll, { credentials: "same-origin" });
      if (!answer.ok) return;
      const fresh = (await answer.text()).trim();
      if (fresh !== last) place.innerHTML = fresh;
      last = fresh;
    } catch (error) {
      // The next one asks again.
    }
  };
  setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
});
