// One tap, one request.

function busy(form, on) {
  const button = form.querySelector("button[type=submit]");
  if (!button || !form.dataset.busy) return;
  if (on && !form.dataset.sent) {
    form.dataset.sent = "1";
    form.dataset.words = button.innerHTML;
    button.textContent = form.dataset.busy;
    button.disabled = true;
  } else if (!on && form.dataset.sent) {
    button.innerHTML = form.dataset.words;
    button.disabled = false;
    delete form.dataset.sent;
  }
}

const LONGEST_SUBMIT_MS = 30000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  // After the browser has taken the form's data; back again if no page came.
  setTimeout(() => busy(form, true), 0);
  setTimeout(() => busy(form, false), LONGEST_SUBMIT_MS);
});

addEventListener("pageshow", (event) => {
  all("form").forEach((form) => busy(form, false));
  // Pages that show what the server holds would be out of date when they come back from memory.
  if (event.persisted && document.querySelector("[data-fresh], [data-slot]")) location.reload();
});
