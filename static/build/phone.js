// What JavaScript adds to the phone's pages; every page works without it.
// Plain ES2017: Chrome 78 (WeChat's older Android engine) and iOS 12 run it as it stands.
// Nothing is kept on the phone: what is typed goes to the server's draft, and only there.
const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
document.documentElement.classList.add("js");

// ---- one tap, one request ----

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

// ---- saving while typing ----

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

// ---- counting, growing ----

all("[data-count]").forEach((line) => {
  const area = document.getElementById(line.dataset.count);
  const count = () => {
    // Code points without line breaks: as the server counts.
    const letters = Array.from(area.value.replace(/[\r\n]/g, "")).length;
    line.querySelector("b").textContent = letters;
    line.classList.toggle("over", letters > Number(line.dataset.most));
    if (area.scrollHeight > area.clientHeight) area.style.height = `${area.scrollHeight + 4}px`;
  };
  area.addEventListener("input", count);
  count();
});

// ---- “无” ----

all("[data-none]").forEach((box) => {
  const answer = document.getElementById(box.dataset.none);
  let typed = "";
  box.addEventListener("change", () => {
    if (box.checked) typed = answer.value;
    answer.value = box.checked ? box.value : typed;
    answer.dispatchEvent(new Event("input", { bubbles: true }));
  });
  answer.addEventListener("input", () => {
    box.checked = answer.value.trim() === box.value;
  });
});

// ---- what an ID number says ----

function readId(typed) {
  const number = typed.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return null;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * number[place], 0);
  const year = Number(number.slice(6, 10));
  const month = Number(number.slice(10, 12));
  const day = Number(number.slice(12, 14));
  const date = new Date(year, month - 1, day);
  const real = year >= 1900 && date.getMonth() === month - 1 && date.getDate() === day && date <= new Date();
  if (!real || "10X98765432"[sum % 11] !== number[17]) return null;
  return { sex: number[16] % 2 ? "男" : "女", year, month };
}

all("[data-derived]").forEach((line) => {
  const number = document.getElementById(line.dataset.derived);
  const asked = all("#sex, #birth_month-q");
  const show = () => {
    const id = readId(number.value);
    line.hidden = !id;
    line.textContent = id ? `${id.sex}，${id.year}年${id.month}月出生` : "";
    asked.forEach((question) => {
      question.hidden = Boolean(id);
    });
  };
  number.addEventListener("input", show);
  show();
});

// ---- photos, each by itself ----

function complain(form, words) {
  const slot = form.closest("[data-slot]");
  all(".error", slot).forEach((old) => old.remove());
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = words;
  slot.querySelector(".frames").before(line);
}

function upload(form) {
  const SLOWEST_MS = 180000;
  const file = form.elements.photo.files[0];
  if (!file || form.dataset.sent) return;
  if (file.size > Number(form.dataset.mostMb) * 1e6) {
    complain(form, `这张照片有 ${Math.ceil(file.size / 1e6)} MB，请换一张 ${form.dataset.mostMb} MB 以内的`);
    form.reset();
    return;
  }
  const words = form.querySelector("[data-words]");
  const bar = form.querySelector("progress");
  const shown = words.innerHTML;
  const request = new XMLHttpRequest();
  const fail = (sentence) => {
    delete form.dataset.sent;
    words.innerHTML = shown;
    bar.hidden = true;
    form.reset();
    complain(form, sentence);
  };
  form.dataset.sent = "1";
  words.textContent = "正在上传…";
  bar.hidden = false;
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = (event.loaded / event.total) * 100;
    words.textContent = event.loaded < event.total ? `已传 ${Math.floor(bar.value)}%` : "正在保存…";
  };
  request.onload = () => {
    const fragment = request.responseText;
    const slot = form.closest("[data-slot]");
    // A refused photo comes back as its slot too, with the sentence in it.
    if (/^\s*<section[^>]*data-slot/.test(fragment)) {
      const id = slot.id;
      slot.outerHTML = fragment;
      const fresh = document.getElementById(id);
      listen(fresh);
      if (!fresh.querySelector(".error")) settle(id);
    } else if (request.status === 413) {
      fail(`照片太大，请换一张 ${form.dataset.mostMb} MB 以内的`);
    } else {
      fail("这张没传上去，请再选一次。已经传好的照片都在");
    }
  };
  request.onerror = () => fail("网络断了，这张没传上去，请再选一次。已经传好的照片都在");
  request.ontimeout = () => fail("网络太慢，这张没传上去。请换个信号好的地方再选一次");
  request.open("POST", form.action);
  request.timeout = SLOWEST_MS;
  request.setRequestHeader("X-Requested-With", "fetch");
  request.send(new FormData(form));
}

// What the top of the page asked for is there now.
function settle(id) {
  all(`#summary a[href="#${id}"]`).forEach((link) => link.parentNode.remove());
  const box = document.getElementById("summary");
  if (!box || box.querySelector("li")) return;
  box.remove();
  document.title = document.title.replace(/^错误：/, "");
}

function listen(root) {
  all("form[data-upload]", root).forEach((form) => {
    form.elements.photo.addEventListener("change", () => upload(form));
  });
}
listen(document);

// “下一步” while a photo is still on its way would lose it.
all("form[data-leave]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const going = document.querySelector("form[data-upload][data-sent]");
    if (!going) return;
    event.preventDefault();
    event.stopPropagation();
    complain(going, "这张还在上传，请等它传完再点“下一步”");
    going.scrollIntoView({ block: "center" });
  });
});

// ---- WeChat's own menu ----

// By its bridge, which takes this without a signature: what is somebody's own cannot be passed on by mistake.
function tellWeixin() {
  if (!window.WeixinJSBridge) return;
  const hidden = document.body.dataset.share === "hide";
  window.WeixinJSBridge.call(hidden ? "hideOptionMenu" : "showOptionMenu");
}
document.addEventListener("WeixinJSBridgeReady", tellWeixin);
addEventListener("pageshow", tellWeixin);

// ---- mistakes first ----

const summary = document.getElementById("summary");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const control = target.matches("fieldset, section") ? target.querySelector("input, button") : target;
    target.scrollIntoView({ block: "center" });
    (control || target).focus({ preventScroll: true });
  });
}
