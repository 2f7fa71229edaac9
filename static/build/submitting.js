// One tap, one request; and one that matters is sent until somebody answers.

const SLOWEST_MS = 30000;

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

// What a form holds now. Its turn tells the server which of a page's sends is the newest, in whatever order they
// arrive; the clock keeps it rising when a phone runs a kept page's script anew.
let turn = 0;
function contents(form) {
  if (form.elements.turn) form.elements.turn.value = turn = Math.max(turn + 1, Date.now());
  return new FormData(form);
}

// A page left open too long gets a token that is good, and repeats what it has sent.
async function post(url, form, flight, again) {
  const slow = setTimeout(() => flight.abort(), SLOWEST_MS);
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: contents(form),
      credentials: "same-origin",
      headers: { "X-Requested-With": "fetch", Accept: "application/json" },
      signal: flight.signal,
    });
    const json = /json/.test(answer.headers.get("Content-Type"));
    const body = json ? await answer.json() : {};
    if (answer.status === 400 && !again && takeToken(body)) return post(url, form, flight, true);
    if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    return { ok: answer.ok, status: answer.status, body };
  } finally {
    clearTimeout(slow);
  }
}

// “下一步” and “提交推荐表”: the same thing again and again, which the server stores once, until it says where to go.
// Whatever else it says is a page, and the browser fetches that itself.
function deliver(form) {
  const button = form.querySelector("button[type=submit]");
  let tries = 1;
  let timer = 0;
  let going = false;
  const attempt = async () => {
    if (going || !form.dataset.sent) return;
    going = true;
    clearTimeout(timer);
    try {
      const { ok, body } = await post(form.action, form, new AbortController());
      if (ok && body.next) {
        delete form.dataset.unsaved;
        location[form.dataset.send || "assign"](body.next);
      } else {
        plainly(form);
      }
    } catch (error) {
      tries += 1;
      button.textContent = `${navigator.onLine && error.message === "later" ? "现在人多" : "没有网络"}，正在重试…第 ${tries} 次`;
      timer = setTimeout(attempt, Math.min(10000, 1000 * tries));
      going = false;
    }
  };
  addEventListener("online", attempt);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && attempt());
  attempt();
}

function plainly(form) {
  contents(form);
  delete form.dataset.unsaved;
  form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent || "send" in form.dataset) event.preventDefault();
  if (form.dataset.sent) return;
  if ("send" in form.dataset) {
    busy(form, true);
    deliver(form);
    return;
  }
  // After the browser has taken the form's data; back again if no page came.
  setTimeout(() => busy(form, true), 0);
  setTimeout(() => busy(form, false), SLOWEST_MS);
});

// A page that comes back from memory may be out of date, or sent already: the server knows. What it does not hold yet stays.
addEventListener("pageshow", (event) => {
  all("form").forEach((form) => busy(form, false));
  if (event.persisted && !document.querySelector("form[data-unsaved]")) location.reload();
});
