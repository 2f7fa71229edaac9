// Saving while somebody types.

function autosave(form) {
  const QUIET_MS = 1200;
  const line = document.querySelector("[data-saved]");
  const check = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m4.5 12.5 5 5 10-11"/></svg>';
  let timer = 0;
  let waiting = false;
  let sending = false;
  let failures = 0;
  let flight = null;

  const say = (words, good) => {
    line.className = good ? "saved" : "saved saved-not";
    line.textContent = words;
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  };
  const dirty = (ms) => {
    waiting = true;
    later(ms);
  };
  const again = () => {
    waiting = true;
    failures += 1;
    say("网络不可用，正在重试", false);
    later(Math.min(30000, 2000 * Math.pow(2, failures - 1)));
  };
  async function send() {
    if (sending || !waiting || form.dataset.sent) return;
    sending = true;
    waiting = false;
    flight = new AbortController();
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        headers: { "X-Requested-With": "fetch" },
        signal: flight.signal,
      });
      if (answer.ok) {
        const body = await answer.json();
        failures = 0;
        say(`已保存 · ${body.saved_at}`, true);
        line.insertAdjacentHTML("afterbegin", check);
      } else if (answer.status >= 500 || answer.status === 429) {
        again();
      } else {
        say("还没保存，点“下一步”就能保存", false);
      }
    } catch (error) {
      if (error.name === "AbortError") waiting = true;
      else again();
    }
    sending = false;
    if (waiting && !failures) later(QUIET_MS);
  }

  // An older text still on its way must not arrive after the newer one of “下一步”.
  form.addEventListener("submit", () => flight && flight.abort());
  form.addEventListener("input", () => dirty(QUIET_MS));
  form.addEventListener("change", () => dirty(200));
  addEventListener("online", () => waiting && later(0));
  // The camera, another app or the lock may end this page without another word.
  const leave = () => {
    if (waiting && !form.dataset.sent && navigator.sendBeacon) navigator.sendBeacon(form.dataset.save, new FormData(form));
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
}
all("form[data-save]").forEach(autosave);
