// What more than one script needs; the build puts it in front of each that does.
const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

// The corner of a page that says what is saved.
function tell(words, good) {
  const line = document.querySelector("[data-saved]");
  line.className = good ? "saved" : "saved saved-not";
  line.textContent = words;
  if (good) line.insertAdjacentHTML("afterbegin", '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m4.5 12.5 5 5 10-11"/></svg>');
}

// A page was left open for days: with the refusal comes a token that is good. What came, if anything.
function takeToken({ token }) {
  if (token) all("[name=csrf_token]").forEach((field) => (field.value = token));
  return token;
}
