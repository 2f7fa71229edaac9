// Saving while somebody types.

function autosave(form) {
  const QUIET_MS = 1200;
  const LONGEST_MS = 6000;
  const LONGEST_REST_MS = 30000;
  let timer = 0;
  let changes = 0;
  let since = 0;
  let failures = 0;
  let flight = null;
  let refused = false;

  // Beside the button, where somebody looks before he goes on.
  const warn = (body) => {
    const told = document.createElement("section");
    told.className = "summary";
    told.setAttribute("role", "alert");
    told.innerHTML = '<h2></h2><p>您这里填的还没有存，都还在。</p><p><a class="tap"></a></p>';
    told.querySelector("h2").textContent = body.message;
    const link = told.querySelector("a");
    link.textContent = body.label;
    link.href = body.url;
    if (!body.url) link.parentNode.remove();
    form.querySelector(".go").before(told);
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  };
  const changed = (ms) => {
    if (!form.dataset.unsaved) since = Date.now();
    changes += 1;
    form.dataset.unsaved = "1";
    // Who dictates makes no pause.
    later(failures ? Math.max(ms, 3000) : Math.max(0, Math.min(ms, since + LONGEST_MS - Date.now())));
  };
  const saved = (body, at) => {
    failures = 0;
    since = Date.now();
    if (at === changes) delete form.dataset.unsaved;
    else later(QUIET_MS);
    tell(body.closed || `已保存 · ${body.saved_at}`, !body.closed);
    const code = document.querySelector("[data-resume]");
    if (!code || !body.code) return;
    code.hidden = false;
    code.querySelector("b").textContent = body.code;
  };
  async function send() {
    if (flight || refused || form.dataset.sent || !form.dataset.unsaved) return;
    const at = changes;
    flight = new AbortController();
    try {
      const { ok, status, body } = await post(form.dataset.save, form, flight);
      if (ok) {
        saved(body, at);
      } else if (status === 409) {
        refused = true;
        tell("没有保存", false);
        warn(body);
      } else {
        tell(`还没保存，点“${form.querySelector("button[type=submit]").textContent}”就能保存`, false);
      }
    } catch (error) {
      failures += 1;
      if (!form.dataset.sent) tell("网络不可用，正在重试", false);
      later(Math.min(LONGEST_REST_MS, 2000 * Math.pow(2, failures - 1)));
    }
    flight = null;
  }

  // An older text still on its way need not arrive after the newer one of the button.
  form.addEventListener("submit", () => flight && flight.abort());
  form.addEventListener("input", () => changed(QUIET_MS));
  form.addEventListener("change", () => changed(200));
  // The camera, another app or the lock may end this page without another word.
  const leave = () => {
    if (form.dataset.unsaved && !refused && navigator.sendBeacon) navigator.sendBeacon(form.dataset.save, contents(form));
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : later(0)));
  addEventListener("online", () => later(0));
  addEventListener("pageshow", () => later(0));

  // A browser that came back may have put in what was typed before, over what the server said: that is no answer to it.
  addEventListener("load", () => setTimeout(() => {
    if (changes || !all("input, textarea, select", form).some(restored)) return;
    form.elements.seen.value = "";
    changed(0);
  }, 0));
}

function restored(control) {
  if (control.type === "hidden") return false;
  if (control.options) return all("option", control).some((option) => option.selected !== option.defaultSelected) && control.value !== "";
  return control.value !== control.defaultValue || Boolean(control.checked) !== Boolean(control.defaultChecked);
}

all("form[data-save]").forEach(autosave);
